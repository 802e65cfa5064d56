"""Emphasis in Chinese, Japanese and Korean, which have no spaces beside it; in other scripts nothing changes."""

import pytest
from markdown_it import MarkdownIt

from qa.rendering.cjk_emphasis import cjk_emphasis_plugin
from qa.rendering.markdown import inline_html, to_html, to_text

pytestmark = pytest.mark.same_on_every_database


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**具体：**与", "<strong>具体：</strong>与"),
        ("这是**“重点”**的", "这是<strong>“重点”</strong>的"),
        ("これは**「重要」**です。", "これは<strong>「重要」</strong>です。"),
        ("*（注意）*してください", "<em>（注意）</em>してください"),
        ("~~終わり。~~次", "<s>終わり。</s>次"),
        ("이것은 **용어(term)**를", "이것은 <strong>용어(term)</strong>를"),
        ("用**`git`**吧", "用<strong><code>git</code></strong>吧"),
        ("读**[文档](/d/)**吧", '读<strong><a href="/d/">文档</a></strong>吧'),
        ("𠮷**(a)**𠮷", "𠮷<strong>(a)</strong>𠮷"),
        ("葛\U000e0100**(a)**城", "葛\U000e0100<strong>(a)</strong>城"),
        ("**说，\ufe00**了", "<strong>说，\ufe00</strong>了"),
        ("***强，***弱", "<em><strong>强，</strong></em>弱"),
        ("**ﾊﾝｶｸ(a)**ｶﾅ", "<strong>ﾊﾝｶｸ(a)</strong>ｶﾅ"),
    ],
)
def test_emphasis_stands_beside_punctuation(source, html):
    assert inline_html(source) == html
    assert f"<p>{html}</p>" in to_html(source)
    assert "*" not in to_text(source)


@pytest.mark.parametrize("source", ["__具体：__与", "汉_字_汉", "2**3，4**5", "** 空 **", "**没有"])
def test_what_was_no_emphasis_between_words_is_none(source):
    assert inline_html(source) in (source, "2<strong>3，4</strong>5")


@pytest.mark.parametrize(
    "source",
    ["**a.**b", "a**(b)**c", "**“a”**b", "😀**(a)**b", "**a😀.**b", "a*b*c", "a_b_c", "_(a)_b", "**(**a**)**",
     "~~a.~~b", "\u00a0**a**\u00a0", "«**a»**b", "é**(a)**é", "**a\ufe0e.**b", "*a*\ufe0f",
     "❤\ufe0f**(a)**b", "*(*a*)*", "****a", "*_a_*"],
)  # fmt: skip
def test_in_other_scripts_nothing_changes(source):
    plain, ours = MarkdownIt("commonmark"), MarkdownIt("commonmark").use(cjk_emphasis_plugin)
    for md in (plain, ours):
        md.enable("strikethrough")
    assert ours.render(source) == plain.render(source)
