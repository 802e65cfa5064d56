"""What a letter's author is promised: everything in the file arrives, and what is wrong is named with its line."""

import pytest

from qa.blocks import AnswerBlock
from qa.letters.blocks.registry import FORMS
from qa.letters.blocks.values import Block
from qa.letters.errors import LetterError
from qa.letters.form import Letter, dump, parse
from tests.every_letter import CANONICAL, VALUE, code_value

pytestmark = pytest.mark.same_on_every_database


def code(source, language=""):
    return Block("code", code_value(source, language=language))


def blocks(body):
    return parse(f"---\ntitle: A question?\n---\n{body}").blocks


def test_every_block_has_a_form_in_letters():
    assert FORMS.keys() == AnswerBlock.base_blocks.keys()


def test_a_letter_is_read_block_by_block():
    letter = parse(CANONICAL)
    for read, meant in zip(letter.blocks, VALUE.blocks, strict=True):
        assert read == meant
    assert letter == VALUE


def test_a_canonical_letter_is_written_as_it_was_read():
    assert dump(VALUE) == CANONICAL


def test_a_letter_without_an_answer_is_a_letter():
    assert dump(Letter(title="Why?")) == "---\ntitle: Why?\n---\n"
    assert parse("---\ntitle: Why?\n---\n") == parse("---\ntitle: Why?\n---") == Letter(title="Why?")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("---\ntitle: a\n\nText", 1, "no closing ---"),
        ("---\ntitle: a\nasker: [b\n---\n", 4, "not YAML"),
        ("---\ntitle: a\n  b: c\n---\n", 3, "not YAML"),
        ("---\ntitle: a\nasker: b\ntitle: c\n---\n", 4, "`title` is given twice"),
        ("---\n- title\n---\n", 2, "must be a list of `key: value` lines"),
        ("---\ntitle: a\n? [b]\n: c\n---\n", 3, "a key must be a word"),
        ("---\ntitle: a\nstatus: live\n---\n", 3, "`status` must be one of draft"),
        ("---\ntitle: a\nasked: yesterday\n---\n", 3, "`asked` must be a date"),
        ("---\ntitle: a\nreviewed: 2025-02-30\n---\n", 3, "`reviewed` must be a date"),
        ("---\ntitle: a\ngo_live: soon\n---\n", 3, "`go_live` must be a time"),
        ("---\ntitle: a\nexpire: 9999-12-31T23:59:59-12:00\n---\n", 3, "`expire` is too far away"),
        ("---\ntitle: a\nasker: {b: c}\n---\n", 3, "`asker` must be text"),
        ("---\ntitle: a\ntopics: [b, [c]]\n---\n", 3, "`topics` must be text"),
        ("---\ntitle: a\nupdates: [b]\n---\n", 3, "each of `updates`"),
        ("---\ntitle: a\nupdates: [{date: 2025-01-01, note: [b]}]\n---\n", 3, "`note` must be text"),
        ('---\ntitle: "a\\0b"\n---\n', 2, "NUL"),
        ("---\ntitle: a\nb: " + "[" * 100_000 + "\n---\n", 3, "nested too deeply"),
        ("---\ntitle: a\nb: &x [*x]\n---\n", 3, "nested too deeply"),
        ("---\nasker: a\n---\nText", 1, "no `title`"),
        ("---\ntitle: a\n---\nText\n\x00", 5, "NUL"),
        ("Text", 1, "no `title`"),
        ("", 1, "no `title`"),
        ("---\ntitle: a\n---\nText\n\n::: tip\nmore", 6, "::: tip is never closed"),
        ("---\ntitle: a\n---\n::: tip\nmore\n    :::", 4, "::: tip is never closed"),
        ("---\ntitle: a\n---\n::: tip\nmore\n   ", 4, "::: tip is never closed"),
        ("---\ntitle: a\n---\n:::: tip\nmore\n:::", 4, "::: tip is never closed"),
        ("---\ntitle: a\n---\nText\n\n::: aside\nmore\n:::\n", 6, "no block is called 'aside'"),
        ("---\ntitle: a\n---\nText\n:::\n", 5, "this ::: line closes nothing"),
        ("---\ntitle: a\n---\n:::\nText\n:::\n", 4, "this ::: line closes nothing"),
        ("---\ntitle: a\n---\n::: steps\n- one\n:::\n", 5, "one numbered list and nothing else"),
        ("---\ntitle: a\n---\n::: steps\n:::\n", 5, "one numbered list and nothing else"),
        ("---\ntitle: a\n---\n::: steps\n1. **one**\n\nAnd?\n:::\n", 5, "one numbered list and nothing else"),
        ("---\ntitle: a\n---\n::: steps\n1. **one**\n2. two\n:::\n", 6, "its title in bold"),
        ("---\ntitle: a\n---\n::: pushback\nNo.\n:::\n", 4, "needs the objection on the same line"),
        ("---\ntitle: a\n---\n:::: pushback But\n\n::: tip\nNo.\n:::\n::::\n", 6, "a callout block cannot stand here"),
        ("---\ntitle: a\n---\n::: callout danger\nNo.\n:::\n", 4, "a callout is one of correction, note"),
        ("---\ntitle: a\n---\n::: callout\nNo.\n:::\n", 4, "a callout is one of correction, note"),
        ("---\ntitle: a\n---\n::: correction today\nNo.\n:::\n", 4, "comes a date or nothing"),
        ("---\ntitle: a\n---\n::: correction 2025-13-45\nNo.\n:::\n", 4, "comes a date or nothing"),
        ("---\ntitle: a\n---\n\nText\n\n::: question\nWhy?\n:::\n", 7, "::: question comes once, before everything"),
        ("---\ntitle: a\n---\n::: question\n1\n:::\n\n::: question\n2\n:::\n", 8, "::: question comes once"),
        ("---\ntitle: a\n---\n::: block quote\n{\n:::\n", 4, "::: block quote does not hold such a block"),
        ("---\ntitle: a\n---\n::: block image\n{}\n:::\n", 4, "it must have exactly src, alt, caption"),
        ('---\ntitle: a\n---\n::: block heading\n"b"\n:::\n', 4, "it must have exactly text, level"),
        ('---\ntitle: a\n---\n::: block markdown\n"\\u0000"\n:::\n', 4, "NUL"),
        ('---\ntitle: a\n---\n::: block markdown\n"\\ud800"\n:::\n', 4, "surrogate"),
        ("---\ntitle: a\n---\n::: block steps\n7\n:::\n", 4, "it must be a list"),
        ('---\ntitle: a\n---\n::: block pushback\n{"objection": "b", "reply": [[[], 1]]}\n:::\n', 4, "of a reply is"),
        ("---\ntitle: a\n---\n::: block markdown\n" + "[" * 100_000 + "\n:::\n", 4, "does not hold such a block"),
        ('---\ntitle: a\n---\n::: block paragraph\n"<p onclick=\'a\'>b</p>"\n:::\n', 4, "cannot hold"),
        ('---\ntitle: a\n---\n::: block paragraph\n"<script>a</script>"\n:::\n', 4, "cannot hold '<script>'"),
        ('---\ntitle: a\n---\n::: block paragraph\n"<a href=\\"java&#115;cript:a\\">b</a>"\n:::\n', 4, "link to"),
        ("---\ntitle: a\n---\n::: paragraph\n[b](javascript:a)\n:::\n", 4, "cannot hold '<a>'"),
        ("---\ntitle: a\n---\n::: paragraph\n[b](wagtail://page)\n:::\n", 4, "requires id"),
        ("---\ntitle: a\n---\n::: paragraph\n## b\n:::\n", 4, "cannot hold '<h2>'"),
        ("---\ntitle: a\n---\n::: related\nWhy\n:::\n", 4, "needs the id of a letter"),
        ("---\ntitle: a\n---\n::: comparison b\nText\n:::\n", 4, "one table and nothing else"),
        ("---\ntitle: a\n---\n::: comparison b\n:::\n", 4, "one table and nothing else"),
        ('---\ntitle: a\n---\n::: block comparison\n{"caption": "", "columns": [], "rows": [["b"]]}\n:::\n', 4,
         "as many cells as there are columns"),
        ('---\ntitle: a\n---\n::: block comparison\n{"caption": "", "columns": [{"type": "verdict", "heading": ""}],'
         ' "rows": [["b"]]}\n:::\n', 4, "a verdict is one of yes, no, depends"),
        ('---\ntitle: a\n---\n::: block comparison\n{"caption": "", "columns": [{"type": "b", "heading": ""}],'
         ' "rows": []}\n:::\n', 4, "type is text or verdict"),
        ("---\ntitle: a\n---\n::: block aside\n1\n:::\n", 4, "no block is called 'aside'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(text, line, reason):
    with pytest.raises(LetterError) as caught:
        parse(text)
    assert reason in caught.value.reason
    assert caught.value.line == line


@pytest.mark.parametrize("title", ["1984", "yes", "null and void", "2025-09-12", "1e3", "Größe – 大小 🙂", "Null"])
def test_a_title_is_text_whatever_yaml_makes_of_it(title):
    assert parse(f"---\ntitle: {title}\n---\n").title == title
    assert parse(dump(Letter(title=title))).title == title


@pytest.mark.parametrize("nothing", ["", "~", "null", "''"])
def test_an_empty_value_says_nothing(nothing):
    letter = parse(f"---\ntitle: a\nasker: {nothing}\nasked: {nothing}\ntopics: {nothing}\ngo_live: {nothing}\n---\n")
    assert letter == Letter(title="a")


def test_an_asker_called_null_keeps_the_name():
    assert parse(dump(Letter(title="a", asker="null"))).asker == "null"
    assert parse("---\ntitle: a\nasker: 'null'\n---\n").asker == "null"


def test_one_topic_needs_no_list():
    assert parse("---\ntitle: a\ntopics: Django\n---\n").topics == ["Django"]


@pytest.mark.parametrize("text", [CANONICAL.replace("\n", "\r\n"), CANONICAL.replace("\n", "\r"), "\ufeff" + CANONICAL])
def test_line_ends_and_marks_of_other_systems_do_not_matter(text):
    assert parse(text) == VALUE


def test_headings_of_every_style_become_headings():
    assert blocks("Big\n===\n\nSmall\n---\n\n# One\n\n### Three ###\n\n#### Four\n") == [
        Block("heading", {"text": "Big", "level": "h2"}),
        Block("heading", {"text": "Small", "level": "h2"}),
        Block("heading", {"text": "One", "level": "h2"}),
        Block("heading", {"text": "Three", "level": "h3"}),
        Block("markdown", "#### Four"),
    ]


def test_links_and_footnotes_defined_at_the_end_work_in_every_block_that_uses_them():
    assert blocks("One [a], two[^n].\n\n## H\n\nThree [A][a].\n\n> Four [a].\n\n```\n[a]\n```\n\n"
                  "[a]: https://example.org/\n\n[^n]: A *note*.\n") == [
        Block("markdown", "One [a], two[^n].\n\n[a]: https://example.org/\n\n[^n]: A *note*."),
        Block("heading", {"text": "H", "level": "h2"}),
        Block("markdown", "Three [A][a].\n\n[a]: https://example.org/"),
        Block("quote", {"text": "Four [a].\n\n[a]: https://example.org/", "who": "", "source": ""}),
        code("[a]"),
    ]  # fmt: skip


def test_a_letter_with_shared_definitions_is_written_without_repeating_them():
    once = parse("---\ntitle: a\n---\nOne [a].\n\n## H\n\nTwo [a].\n\n[a]: /b\n")
    text = dump(once)
    assert parse(text) == once
    assert text.count("[a]: /b") == 2  # each block that uses it
    assert ":::" not in text


def test_prose_of_others_stays_one_block_as_it_stands():
    prose = "Text\n\n    code\n\n    more\n\n<div>\n<b>HTML</b>\n</div>\n\n1. a\n\n   ```\n   b\n   ```\n\n| a |\n|---|"
    assert blocks(prose) == [Block("markdown", prose)]


def test_a_short_callout_is_a_callout():
    assert blocks(":::tip\nTry it.\n:::\n") == [Block("callout", {"kind": "tip", "date": None, "text": "Try it."})]


def test_a_picture_of_another_host_stays_prose():
    assert blocks("![a](https://example.org/b.png)") == [Block("markdown", "![a](https://example.org/b.png)")]


@pytest.mark.parametrize("source", ["bücher.png", "<a b.png>", "a%20b.png"])
def test_a_picture_is_named_as_its_file_is_called(source):
    name = {"<a b.png>": "a b.png", "a%20b.png": "a b.png"}.get(source, source)
    assert blocks(f"![]({source})") == [Block("image", {"src": name, "alt": "", "caption": "", "credit": ""})]


def test_a_letter_about_letters_keeps_its_examples_as_code():
    example = "::: pushback But\nNo.\n:::\n\n```python\nx\n```"
    assert blocks(f"Write:\n\n````markdown\n{example}\n````\n") == [
        Block("markdown", "Write:"),
        code(example, "markdown"),
    ]
    letter = Letter(title="How?", blocks=[Block("pushback", {"objection": "But", "reply": [code(example)]})])
    assert parse(dump(letter)) == letter
    assert ":::: pushback But\n" in dump(letter)


def test_html_in_a_paragraph_is_text():
    (block,) = blocks("::: paragraph\n<script>a</script> <b onclick='c'>d</b>\n:::\n")
    assert "<script" not in block.value
    assert "<b" not in block.value


def test_what_no_editor_can_have_made_is_written_nevertheless():
    nested = "<p><b><b>c</b></b></p>"
    letter = Letter(title="a", blocks=[Block("paragraph", nested)])
    assert parse(dump(letter)) == letter
    assert "<script>" in dump(Letter(title="a", blocks=[Block("paragraph", "<script>")]))


def test_what_the_editor_cannot_open_is_written_but_not_read():
    links = '<p><a href="/a"><a href="/b">c</a></a></p>'
    with pytest.raises(LetterError, match="the editor cannot open"):
        parse(dump(Letter(title="a", blocks=[Block("paragraph", links)])))


def test_a_carriage_return_inside_a_value_survives_readers_who_take_it_for_a_line_end():
    value = {"objection": "a\rb", "reply": [Block("markdown", "c")]}
    letter = Letter(title="d\re", blocks=[Block("pushback", value)])
    assert "\r" not in dump(letter)
    assert parse(dump(letter)) == letter


def test_a_caption_with_code_in_it_needs_no_json():
    value = code_value("~~~", language="text", caption="What `ls` says")
    text = dump(Letter(title="a", blocks=[Block("code", value)]))
    assert "::: block" not in text
    assert parse(text).blocks == [Block("code", value)]


def test_blocks_as_json_from_before_a_field_was_added_are_read():
    old_code = '{"code": "x", "language": "", "filename": "", "caption": ""}'
    old_image = '{"src": "image:5", "alt": "", "caption": ""}'
    assert blocks(f"::: block code\n{old_code}\n:::\n\n::: block image\n{old_image}\n:::") == [
        code("x"),
        Block("image", {"src": "image:5", "alt": "", "caption": "", "credit": ""}),
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("::: image\n![a](b.png)\n:::", "a picture on one line"),
        ("::: image\nWords\nCredit: Me\n:::", "a picture on one line"),
        ("::: image\n:::", "a picture on one line"),
        ("::: document\nThe slides\n:::", "needs a file"),
        ('::: block code\n{"code": "x", "line_numbers": "yes"}\n:::', "line_numbers is true or false"),
        ("::: block code\n[]\n:::", "it must have exactly code"),
    ],
)
def test_a_block_of_media_that_cannot_be_read_is_named_with_its_line(body, reason):
    with pytest.raises(LetterError, match=f"line 4.*{reason}"):
        blocks(body)
