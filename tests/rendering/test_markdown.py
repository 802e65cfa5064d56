"""What a writer of Markdown is promised, and what a hostile one is refused."""

import re

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction

from qa.rendering.markdown import Outline, inline_html, references, to_html, to_text
from qa.rendering.references import settle
from tests.factories import make_question

pytestmark = pytest.mark.same_on_every_database

FENCE = "```python\ndef answer():\n    return 42\n```"


def soup(source, **options):
    return BeautifulSoup(to_html(source, **options), "html.parser")


def resolved(source):
    return BeautifulSoup(settle(to_html(source)), "html.parser")


def a_picture(title="A picture", width=2000, height=1000):
    file = get_test_image_file(filename=f"{title}.png".replace(" ", "-"), size=(width, height))
    return get_image_model().objects.create(title=title, file=file)


def a_document(title="A document", **fields):
    return get_document_model().objects.create(title=title, file=ContentFile(b"words", name="words.txt"), **fields)


# References


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["page:abc", "page:999", "page:" + "9" * 30, "page:" + "9" * 120, "page:" + "9" * 5000, "page:-1", "page:0",
     "page:٢", "page:", "page:1#part", "page:a/b", "page:a%00b", "letter:nobody", "letter:ü", "document:999",
     "document:abc", "image:999", "image:" + "9" * 19, "desk:1"],
)  # fmt: skip
def test_a_reference_that_leads_nowhere_is_plain_text(column, address):
    for source in (f"See [the words]({address}).", f"See ![the words]({address})."):
        shown = resolved(source)
        assert shown.get_text().strip() == "See the words."
        assert not shown.find(["a", "img"])


@pytest.mark.django_db
def test_a_reference_to_a_published_question_is_a_link(column):
    question = make_question(letter_id="django-or-fastapi")
    shown = resolved(f"[by number](page:{question.pk}) [by id](letter:django-or-fastapi) [column](page:{column.pk})")
    assert [link["href"] for link in shown.find_all("a")] == [question.url, question.url, column.url]
    assert not shown.find("a", rel=True)


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"publish": False}, {"private": True}])
def test_a_reference_to_what_readers_may_not_see_is_plain_text(column, fields):
    hidden = make_question("Hidden?", letter_id="hidden", **fields)
    shown = resolved(f"[one](page:{hidden.pk}) and [two](letter:hidden)")
    assert shown.get_text().strip() == "one and two"
    assert not shown.find("a")


@pytest.mark.django_db
def test_a_picture_reference_has_its_text_and_sizes_to_choose_from(column):
    image = a_picture()
    picture = resolved(f'![A "plan" & <b>]({"image:" + str(image.pk)})').img
    assert picture["alt"] == 'A "plan" & <b>'
    assert (picture["width"], picture["height"]) == ("1440", "720")
    assert picture["src"].endswith(".png")
    assert [part.split()[1] for part in picture["srcset"].split(", ")] == ["480w", "960w", "1440w"]


@pytest.mark.django_db
def test_a_picture_whose_file_is_gone_is_its_text(column):
    image = a_picture()
    image.file.storage.delete(image.file.name)
    shown = resolved(f"![The plan](image:{image.pk})")
    assert shown.get_text().strip() == "The plan"
    assert not shown.img


@pytest.mark.django_db
def test_a_document_reference_is_a_link_unless_its_collection_is_private(column):
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    public, secret = a_document(), a_document(collection=private)
    shown = resolved(f"[public](document:{public.pk}) [secret](document:{secret.pk})")
    assert [(link.get_text(), link["href"]) for link in shown.find_all("a")] == [("public", public.url)]
    assert "secret" in shown.get_text()


@pytest.mark.django_db
def test_a_picture_reference_to_something_else_keeps_its_words(column):
    question = make_question()
    assert resolved(f"![the words](page:{question.pk})").get_text().strip() == "the words"


@pytest.mark.django_db
def test_forty_mixed_links_cost_no_more_queries_than_four(column, django_assert_max_num_queries):
    questions = [make_question(letter_id=f"letter-{n}") for n in range(10)]
    links = [f"[q](page:{q.pk}) [l](letter:{q.letter_id})" for q in questions]
    links += [f"[d](document:{a_document().pk})" for _ in range(10)]
    resolved(links[0])  # Wagtail remembers where its sites begin
    with django_assert_max_num_queries(5):  # pages and letters with their restrictions, documents
        assert len(resolved("\n\n".join(links)).find_all("a", href=re.compile("^/"))) == 30
    links += [f"[i](image:{a_picture(f'Picture {n}', 40, 20).pk})" for n in range(10)]
    resolved("\n\n".join(links))  # makes the pictures that links lead to
    with django_assert_max_num_queries(7):  # and pictures with their sizes
        assert len(resolved("\n\n".join(links)).find_all("a", href=re.compile("^/"))) == 40


def test_references_in_code_do_not_count():
    source = "[a](page:1) ![b](image:2) `[c](page:3)` [d][r]\n\n```\n[e](page:4)\n```\n\n[r]: letter:some-id"
    assert references(source) == {("page", "1"), ("image", "2"), ("letter", "some-id")}


@pytest.mark.django_db
def test_a_text_without_references_asks_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert resolved("[a](https://example.org/) `page:1`").a["href"] == "https://example.org/"


# What the text means


@pytest.mark.parametrize(
    "text",
    ["if x<y and y>z", "H~2~O", "a ~ b ~ c", "vector<int> and <b>", "5 < 6 > 4",
     "AT&T &c", "x</y>",
     "<?php echo 1 ?>", "<!DOCTYPE html>", "<![CDATA[x]]>", "a <!-- never closed", "< !-- no comment -->"],
)  # fmt: skip
def test_text_that_looks_like_markup_survives(text):
    assert soup(text).get_text().strip() == text
    assert to_text(text) == text


@pytest.mark.parametrize("name", ["kbd", "sub", "sup", "abbr", "mark"])
@pytest.mark.parametrize("attributes", ["", ' class="x" onclick="alert(1)"', " id=main style='color: red'", ' a="x>y"'])
def test_the_allowed_tags_work_and_lose_their_attributes(name, attributes):
    shown = soup(f"Press <{name}{attributes}>Ctrl</{name}>.")
    assert str(shown.find(name)) == f"<{name}>Ctrl</{name}>"
    assert shown.get_text().strip() == "Press Ctrl."


@pytest.mark.parametrize("title", ['title="Hyper & Text"', "title='Hyper & Text' onclick=x", 'TITLE = "Hyper & Text"'])
def test_an_abbreviation_keeps_its_title(title):
    assert soup(f"<abbr {title}>HTML</abbr>").abbr.attrs == {"title": "Hyper & Text"}


def test_details_fold_markdown_away():
    shown = soup("<details open>\n<summary>More</summary>\n\nText in **bold**\n\n</details>\n\nAfter it.")
    assert shown.details.attrs == {}
    assert shown.details.summary.get_text() == "More"
    assert shown.details.strong.get_text() == "bold"
    assert "After" not in shown.details.get_text()


def test_an_allowed_tag_left_open_swallows_nothing_but_its_own_text():
    assert to_html("<details>\n\nLeft open").count("</details>") == 1


def test_task_lists_have_boxes_that_need_no_form():
    shown = soup("- [x] done\n- [ ] open")
    assert [box.get_text() for box in shown.find_all(class_="task-box")] == ["☑", "☐"]
    assert not shown.find("input")


def test_bare_addresses_become_links_and_file_names_do_not():
    shown = soup(
        "Read https://docs.djangoproject.com/en/5.2/ and models.py, then mail me@example.org or www.example.org"
    )
    assert [link["href"] for link in shown.find_all("a")] == ["https://docs.djangoproject.com/en/5.2/"]


@pytest.mark.parametrize(("top_level", "names"), [(2, ["h2", "h2", "h3", "h6"]), (3, ["h3", "h3", "h4", "h6"])])
def test_headings_start_below_the_pages_own(top_level, names):
    shown = soup("# One\n\n## Two\n\n### Three\n\n###### Six", top_level=top_level)
    assert [heading.name for heading in shown.find_all(re.compile("^h"))] == names


def test_ids_are_unique_across_the_texts_of_a_page():
    anchors = Outline()
    text = "# Main\n\n# Fish & `chips`\n\n# 你好\n\n# !!!\n\nA note[^1] and^[another].\n\n[^1]: Its text."
    page = BeautifulSoup("".join(to_html(text, outline=anchors) for _ in range(3)), "html.parser")
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids)) == 3 * (4 + 4)
    assert {"fish-chips", "fish-chips-2", "fish-chips-3", "你好", "section"} <= set(ids)
    assert "main" not in ids
    assert {link["href"][1:] for link in page.find_all("a")} <= set(ids)


def test_no_anchor_meets_an_id_of_the_page_itself(column):
    words = ["Main", "Letter", "Topics", "Updates", "Related", "Follow-ups"]
    assert [anchor["id"] for anchor in soup("\n".join(f"# {word}" for word in words)).find_all("h2")] == [
        f"{word.lower()}-2" for word in words
    ]


def test_a_table_is_aligned_by_class_and_scrolls_by_keyboard():
    shown = soup("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |")
    assert [cell["class"] for cell in shown.find_all("td")] == [["align-left"], ["align-center"], ["align-right"]]
    assert shown.find(class_="table-scroll")["tabindex"] == "0"
    assert not shown.find(style=True)


def test_fenced_code_is_highlighted_without_inline_style():
    shown = soup(FENCE)
    assert shown.pre.get_text() == "def answer():\n    return 42\n"
    assert shown.find(class_="hl-k").get_text() == "def"
    assert not shown.find(style=True)


@pytest.mark.parametrize("language", ["", "no-such-language", '"><script>', "python title=x"])
def test_code_of_any_language_is_shown_as_written(language):
    assert soup(f"```{language}\n<b>&amp;\n```").pre.get_text() == "<b>&amp;\n"


def test_two_spaces_nest_a_list_and_code_stays_in_its_item():
    shown = soup("- outer\n  - inner\n\n    ```python\n    x = 1\n    ```\n- last\n\n1. one\n   - below one")
    assert shown.ul.li.ul.li.get_text().split() == ["inner", "x", "=", "1"]
    assert shown.ul.li.ul.li.pre
    assert shown.ol.li.ul.li.get_text() == "below one"


# Other hosts


@pytest.mark.parametrize(
    "address", ["https://example.org/", "http://example.org/", "//example.org/", "HTTPS://example.org/"]
)
def test_a_link_to_another_host_says_so(address):
    assert soup(f"[there]({address})").a["rel"] == ["external", "noopener"]


@pytest.mark.parametrize("address", ["/questions/", "#part", "?page=2", "mailto:me@example.org", "relative"])
def test_a_link_on_this_site_has_no_rel(address):
    assert soup(f"[here]({address})").a.attrs == {"href": address}


@pytest.mark.parametrize("address", ["https://e.org/a.png", "HTTP://e.org/a.png", "//e.org/a.png"])
def test_a_picture_of_another_host_is_a_link_and_never_loaded(address):
    shown = soup(f"![a *plan*]({address}) ![r][r]\n\n[r]: {address}")
    assert [link["href"] for link in shown.find_all("a")] == [address, address]
    assert shown.a.get_text() == "a plan"
    assert not shown.find(src=True)
    assert not shown.find(srcset=True)


# Hostile text

ATTACKS = [
    "<script>alert(1)</script>", "<SCRIPT SRC=//e.org/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<svg onload=alert(1)><circle/></svg>", "<svg><a xlink:href='javascript:x'>t</a>",
    "<math><mi xlink:href='javascript:alert(1)'>x", "<a href='javascript:alert(1)'>x</a>", "<iframe src=//e.org>",
    "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a]( javascript:alert(1))", "[a](<javascript:alert(1)>)",
    "[a](java&#10;script:alert(1))", "[a](java&Tab;script:alert(1))", "[a](&#106;avascript:alert(1))",
    "[a](javascript&colon;alert(1))", "[a](\\javascript:alert(1))", "[a](javascript\\:alert(1))",
    "[a](\x01javascript:alert(1))", "[a](vbscript:x)", "[a](data:text/html;base64,PHNjcmlwdD4=)", "[a](blob:x)",
    "![a](data:image/svg+xml;base64,PHN2Zz4=)", "![a](javascript:alert(1))", '![a](x" onerror="alert(1))',
    "<javascript:alert(1)>", "<data:text/html,x>", "[a][r]\n\n[r]: javascript:alert(1)",
    "[a][r]\n\n[r]: data:text/html,x",
    '[a](/x "t\\" onclick=\\"alert(1)")', '[a](/x" onclick="alert(1))', "<!-- --><script>alert(1)</script> -->",
    "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[<script>alert(1)</script>]]>",
    "<?php <script>alert(1)</script> ?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", "&amp;lt;script&amp;gt;",
    "<div>&lt;script&gt;alert(1)&lt;/script&gt;</div>", "<kbd onclick=alert(1)>x</kbd>",
    "<kbd/onclick=alert(1)>x</kbd>",
    "<details ontoggle=alert(1) open>\nx", "<mark style='background:url(//e.org)'>x</mark>",
    "<abbr title='\"><script>alert(1)</script>'>x</abbr>", '<abbr title="&quot; onclick=alert(1) x=&quot;">x</abbr>',
    "```\"><script>alert(1)</script>\nx\n```", "`<script>alert(1)</script>`", "    <script>alert(1)</script>",
    "# <script>alert(1)</script>", "| <script>alert(1)</script> |\n|---|", "x[^1]\n\n[^1]: <script>alert(1)</script>",
    "x[^\"><script>]\n\n[^\"><script>]: y", "^[<img src=x onerror=alert(1)>]", "<style>*{display:none}</style>",
    "<base href=//e.org>", "<form action=//e.org><input autofocus onfocus=alert(1)>", "<meta http-equiv=refresh>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<textarea></p><script>alert(1)</script>",
    "https://e.org/\"onmouseover=alert(1)", "<https://e.org/'onclick='alert(1)>",
    "<kbd><script>alert(1)</script></kbd>",
]  # fmt: skip
TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a", "h2", "table",
    "thead", "tbody", "tr", "th", "td", "div", "section", "kbd", "sub", "sup", "abbr", "mark", "details", "summary",
}  # fmt: skip
ATTRIBUTES = {"href", "title", "rel", "id", "class", "role", "tabindex", "aria-label"}


def assert_harmless(html):
    for element in BeautifulSoup(f"<body>{html}", "html.parser").body.find_all(True):
        assert element.name in TAGS, html
        assert set(element.attrs) <= ATTRIBUTES, html
        scheme = re.match(r"[\s\x00-\x20]*([a-z][\w+.-]*):", element.get("href", ""), re.IGNORECASE)
        assert scheme is None or scheme[1].lower() in ("http", "https", "mailto"), html


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_markdown_runs_a_script_or_loads_a_thing(attack):
    assert_harmless(to_html(attack))
    assert_harmless(inline_html(attack))
    assert_harmless(to_html(f"> - {attack}\n\n| a |\n|---|\n| {attack} |"))


HOSTILE = [">", "> ", "[", "![", "[^", "^[", "[a](", "*", "**a ", "*a_ ", "_", "`", "~", "<", "<kbd>", "<kbd a=",
           "<kbd a='", "<!--", "&", "\\", "(", "- ", "1. ", "  - a\n", "# a\n", "|a", "|a|\n|-|\n", "[a]: x\n",
           "[^1]: \n", "<details>\n", "https://", "\t", "\x00", "\u202e", "\ud7ff"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_ten_thousand_hostile_characters_are_rendered(piece):
    text = (piece * 10_000)[:10_000]
    assert_harmless(to_html(text))
    assert_harmless(inline_html(text))
    assert isinstance(to_text(text), str)
    assert references(text) == set()


# Words alone


def test_the_words_of_a_text_have_no_markup():
    source = (
        "# The *plan*\n\n> Use **one**, see [this](page:1).\n\n- [x] done\n- [ ] open\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        f'<kbd class="x">Ctrl</kbd> ![a picture](image:1) H<sub>2</sub>O note[^1]\n\n{FENCE}\n\n[^1]: Its text.'
    )
    assert to_text(source) == (
        "The plan Use one, see this. done open a b 1 2 Ctrl a picture H2O note def answer(): return 42 Its text."
    )


def test_a_line_has_no_paragraph_around_it_and_leaves_footnotes_out():
    source = "Use `models.py`, not [*this*](/that/) note^[no]"
    assert inline_html(source) == 'Use <code>models.py</code>, not <a href="/that/"><em>this</em></a> note'
    assert inline_html("") == ""


@pytest.mark.parametrize("heading", ["Fn note 1", "fn-T1-1", "Fnref T1 1", "Fn t1 1"])
def test_no_heading_has_the_id_of_a_footnote(heading):
    html = to_html(f"# {heading}\n\n# Note\n\nWords[^1] and[^1]\n\n[^1]: Below")
    ids = re.findall(r'id="([^"]*)"', html)
    assert len(set(ids)) == len(ids)
    assert "note" in ids
    assert all(f'id="{target}"' in html for target in re.findall(r'href="#([^"]*)"', html))


def test_the_way_back_from_a_footnote_has_a_name_for_those_who_hear_it():
    assert 'aria-label="Back to the text"' in to_html("A note.[^1]\n\n[^1]: Its text.")
