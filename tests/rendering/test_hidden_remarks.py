"""What an author hid in a comment stays hidden from readers, wherever they meet the text, and is in no search."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from qa.letters.exporting import letter_of
from qa.letters.form import dump
from qa.models import SearchEntry
from qa.rendering.answers import render
from qa.rendering.markdown import hidden_parts, inline_html, inline_text, leads, to_html, to_text
from tests.factories import make_question
from tests.letter_files import get, run, the, write

SECRET = "zqsecret"
REMARK = f"<!-- {SECRET}: ask *legal* first -->"

PLACES = [
    f"Before.\n\n{REMARK}\n\nBehind.",
    f"Before {REMARK} behind.",
    f"Before\n{REMARK}\nbehind.",
    f"{REMARK} behind.",
    f"<!--\n{SECRET}\n\n    {SECRET}\n\n- {SECRET}\n-->\n\nBehind.",
    f"Before <!--\n{SECRET}\n--> behind.",
    f"- one\n- two {REMARK}\n  - three\n\n    {REMARK}",
    f"1. one\n\n   <!--\n   {SECRET}\n   -->\n\n2. two",
    f"| a {REMARK} | b |\n|---|---|\n| {REMARK} | c |",
    f"> quoted {REMARK}\n>\n> {REMARK}",
    f"## A heading {REMARK}\n\nWords.",
    f"{REMARK}\n===\n\nWords.",
    f"**strong {REMARK}** [link {REMARK}](https://example.org/) ~~gone {REMARK}~~",
    f"![a picture {REMARK}](image:1) ![another {REMARK}](https://example.org/a.png)",
    f"A note[^1] and^[another {REMARK}]\n\n[^1]: Its text {REMARK}",
    f"A note.\n\n[^never]: {SECRET}",
    f"<details>\n{REMARK}\n<summary>More {REMARK}</summary>\n\nText\n\n</details>",
    f"<div>\n{REMARK}\nshown\n</div>",
    f"<!-- {SECRET} <b> -- ---> behind",
    f"Before.\n\n<!-- never closed {SECRET}\n\nMore {SECRET}.",
    f"Before.\n\n> <!-- never closed {SECRET}\n> {SECRET}\n\nBehind.",
    f"[//]: # ({SECRET})\n[comment]: <> ({SECRET})\n\nBehind.",
    f"x<!-->y<!--->z {REMARK}",
]


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("source", PLACES)
def test_a_comment_is_in_no_form_of_the_text(source):
    assert SECRET in source
    for form in (to_html(source), to_text(source), repr(leads(source)), inline_html(REMARK), inline_text(REMARK)):
        assert SECRET not in form
        assert "legal" not in form
        assert "--&gt;" not in form.replace("---&gt; behind", "")
        assert "\ufffd" not in form


@pytest.mark.same_on_every_database
def test_what_stands_around_a_comment_is_there():
    assert to_text(f"Before {REMARK} behind.") == "Before behind."
    assert BeautifulSoup(to_html(f"a{REMARK}b"), "html.parser").get_text().strip() == "ab"
    assert to_text("x<!-->y<!--->z") == "xyz"
    assert to_text(f"{REMARK}\n\nBehind.") == "Behind."
    assert BeautifulSoup(to_html(f"> <!-- open {SECRET}\n\nBehind."), "html.parser").get_text().strip() == "Behind."
    assert 'id="a-heading"' in to_html(f"## A heading {REMARK}")


@pytest.mark.same_on_every_database
@pytest.mark.parametrize(
    "source", [f"`{REMARK}`", f"```html\n{REMARK}\n```", f"    {REMARK}", f"\\{REMARK}", f"&lt;!-- {SECRET} --&gt;"]
)
def test_a_comment_in_code_or_escaped_is_there_to_be_read(source):
    shown = BeautifulSoup(to_html(source), "html.parser").get_text()
    assert f"<!-- {SECRET}" in shown
    assert SECRET in to_text(source)
    assert hidden_parts(source) == []


@pytest.mark.same_on_every_database
@pytest.mark.parametrize(
    ("source", "line"),
    [
        (f"Before.\n\nBehind <!-- {SECRET}\n\n{SECRET} -->", 2),
        (f"One {REMARK}\ntwo\nthree <!-- {SECRET}", 2),
        (f"- a\n- b <!-- {SECRET}\n\n-->", 1),
        (f"## Heading <!-- {SECRET}\n\n-->", 0),
        (f"| a | b |\n|---|---|\n| <!-- {SECRET} | c --> |", 2),
    ],
)
def test_a_comment_that_hides_nothing_because_its_paragraph_ends_is_named(source, line):
    assert SECRET in to_text(source)  # CommonMark has it so
    assert [(part.line, part.beginning[:13]) for part in hidden_parts(source) if part.outcome == "broken"] == [
        (line, f"<!-- {SECRET}")
    ]


@pytest.mark.django_db
def test_editors_and_operators_are_told_of_it(client, column, editor, folder):
    body = f"One.\n\nTwo <!-- {SECRET}\n\n{SECRET} -->"
    path = write(folder, "one", body, status="published")
    line = path.read_text().split("\n").index(f"Two <!-- {SECRET}") + 1
    assert f"{path}:{line}: comment `<!-- {SECRET}` has no end in its paragraph" in run(folder)
    client.force_login(editor)
    checks = client.get(reverse("question_checks", args=[the("one").pk])).content.decode()
    assert "A comment (&lt;!--) has no end in its paragraph" in checks


@pytest.mark.same_on_every_database
@pytest.mark.parametrize(
    "attack", ["<!--><script>alert(1)</script>-->", "<scr<!-- -->ipt>alert(1)</script>", "<!<!---->-- x"]
)
def test_hiding_comments_makes_nothing_else_of_the_text(attack):
    for html in (to_html(attack), to_html(f"<div>{attack}</div>"), inline_html(attack)):
        assert "<script" not in html


EVERYWHERE = [
    ("markdown", f"Shown. {REMARK}"),
    ("heading", {"text": f"Heading {REMARK}", "level": "h2"}),
    ("short_answer", f"In short. {REMARK}"),
    ("pushback", {"objection": f"But {REMARK}", "reply": [("markdown", REMARK)]}),
    ("callout", {"kind": "tip", "date": None, "text": f"Tip {REMARK}"}),
    ("quote", {"text": f"Said {REMARK}", "who": "", "source": ""}),
    ("steps", [{"title": f"First {REMARK}", "text": f"Then {REMARK}", "stop": ""}]),
    (
        "comparison",
        {
            "caption": f"Caption {REMARK}",
            "columns": [{"type": "text", "heading": ""}, {"type": "text", "heading": f"Column {REMARK}"}],
            "rows": [{"values": ["Row", f"Cell {REMARK}"]}],
        },
    ),
]


@pytest.mark.django_db
def test_readers_meet_no_comment_on_the_page_in_the_feed_or_by_searching(client, column):
    question = make_question("Hidden?", question=f"My letter. {REMARK}", answer=EVERYWHERE)
    for address in (question.url, column.url, f"{column.url}feed/", "/sitemap.xml", f"/search/?q={SECRET}"):
        html = get(client, address).content.decode().replace(f'value="{SECRET}"', "").replace(f"“{SECRET}”", "")
        assert f"{SECRET}:" not in html
        assert "ask legal" not in html
    assert "Nothing was found." in get(client, f"/search/?q={SECRET}").content.decode()
    assert "1 question" in get(client, "/search/?q=caption").content.decode()
    assert SECRET not in repr(list(SearchEntry.objects.values()))
    rendered = render(question.answer, question.question)
    assert SECRET not in f"{rendered.html}{rendered.question_html}{rendered.plain_text}{rendered.contents}"
    assert rendered.word_count == len(rendered.plain_text.split())
    assert question.short_answer == "In short."


@pytest.mark.django_db
def test_the_first_words_of_an_answer_are_those_that_readers_see(column):
    assert make_question(answer=[("markdown", f"{REMARK}\n\nHello there.")]).short_answer == "Hello there."


@pytest.mark.django_db
def test_a_letter_keeps_its_comments_and_the_import_names_them(folder):
    body = (
        f"One.\n\n{REMARK}\n\n::: callout tip\nTwo <!-- {SECRET} -->\n:::\n\n```html\n<!-- code -->\n```\n\n<!-- open"
    )
    path = write(folder, "one", body)
    printed = run(folder)
    lines = path.read_text().split("\n")
    first, second = (number for number, line in enumerate(lines, 1) if SECRET in line)
    assert f"{path}:{first}: hidden comment `{REMARK}`: readers do not see it" in printed
    assert f"{path}:{second}: hidden comment `<!-- {SECRET} -->`" in printed
    assert f"{path}:{len(lines) - 1}: hidden comment `<!-- open` is never closed" in printed
    assert f":{lines.index('<!-- code -->') + 1}" not in printed
    exported = dump(letter_of(the("one")))
    assert exported.count(SECRET) == 2
    assert "1 unchanged" in run(folder)


@pytest.mark.same_on_every_database
@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a\n\nb <!-- c -->\n\n<!--\nd\n-->", [(2, "comment"), (4, "comment")]),
        ("a\nb `x` \\\nc <!-- d\ne --> f <!-- g -->", [(2, "comment"), (3, "comment")]),
        ("- a\n\n  <!-- b", [(2, "unclosed")]),
        ("<div>\na\n<!-- b -->\n</div>", [(2, "comment")]),
        ("<template>\na\n</template>", [(0, "shown")]),
        ("a <span hidden>b</span>", [(0, "shown")]),
        ('a\n\n<p class="x" style="color: red; DISPLAY :none">b</p>', [(2, "shown")]),
        ("<!-- <template> -->", [(0, "comment")]),
        ("A <p>hidden</p> <kbd>a</kbd> a < b `<span hidden>`", []),
    ],
)
def test_what_is_hidden_is_found_with_its_line(source, found):
    assert [(part.line, part.outcome) for part in hidden_parts(source)] == found


@pytest.mark.django_db
def test_an_import_names_what_was_hidden_elsewhere_and_is_text_here(folder):
    path = write(folder, "one", "Words.\n\n<div hidden>ask legal first</div>")
    assert f"{path}:7: `<div hidden>ask legal first</div>` hides nothing here" in run(folder, strict=True)


@pytest.mark.django_db
def test_the_checks_tell_of_comments_that_hide_too_much_and_of_html_that_hides_nothing(client, writer):
    reply = [("markdown", "<template>words</template>")]
    draft = make_question(
        answer=[
            ("markdown", "a <!-- b --> c"),
            ("markdown", "a\n\n<!-- b"),
            ("pushback", {"objection": "?", "reply": reply}),
        ],
        publish=False,
    )
    client.force_login(writer)
    said = client.get(reverse("question_checks", args=[draft.pk])).content.decode()
    assert said.count("is never closed") == 1
    assert said.count("is shown to readers as text") == 1
