"""A heading shows everything that is written in it, leads to itself, and is in the contents as words."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import ReferenceIndex
from wagtail.test.utils.form_data import streamfield

from qa.models import QuestionPage
from qa.rendering.answers import render
from tests.factories import make_question
from tests.letter_files import get, run, the, write
from tests.question_form import add, table
from tests.rendering.test_markdown import a_picture

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.django_db]

CONTENT = [
    ("Use `EXPLAIN` first", "Use <code>EXPLAIN</code> first", "Use EXPLAIN first"),
    ("*Not* **yet** ~~ever~~", "<em>Not</em> <strong>yet</strong> <s>ever</s>", "Not yet ever"),
    ("<kbd>C</kbd> H<sub>2</sub>O <mark>x</mark>", "<kbd>C</kbd> H<sub>2</sub>O <mark>x</mark>", "C H2O x"),
    ('<abbr title="Object mapper">ORM</abbr>', '<abbr title="Object mapper">ORM</abbr>', "ORM"),
    ("See [the *docs*](/docs/) first", 'See <a href="/docs/">the <em>docs</em></a> first', "See the docs first"),
    ("Why https://example.org/a", 'Why <a href="https://example.org/a" rel="external noopener">https://example.org/a</a>',
     "Why https://example.org/a"),
    ("A [link](desk:1) nowhere", "A link nowhere", "A link nowhere"),
    ("x < y & z", "x &lt; y &amp; z", "x < y & z"),
    ("1. Install it", "1. Install it", "1. Install it"),
    ("vector<int> \\*as is\\*", "vector&lt;int&gt; *as is*", "vector<int> *as is*"),
    ("Plan <!-- hidden -->", "Plan", "Plan"),
    ("**具体：**与", "<strong>具体：</strong>与", "具体：与"),
]  # fmt: skip


def shown(*blocks):
    """Return the letter of a question with these blocks, and its contents."""
    rendered = render(QuestionPage(answer=list(blocks)).answer)
    return BeautifulSoup(rendered.html, "html.parser"), rendered.contents


def words_in(heading):
    """Return the HTML of a heading without what leads to itself."""
    own = heading.find("a", class_="own-link")
    if "own-link-sign" in own["class"]:
        own.extract()
        said = heading.find(class_="said") or heading
        return said.decode_contents().strip()
    return own.decode_contents().strip()


@pytest.mark.parametrize(("source", "html", "words"), CONTENT)
@pytest.mark.parametrize("level", ["h2", "h3"])
def test_a_heading_block_shows_what_is_written(source, html, words, level):
    page, contents = shown(("heading", {"text": source, "level": level}))
    (entry,) = contents
    heading = page.find(level)
    assert entry.text == words
    assert heading["id"] == entry.anchor
    assert heading.find("a", class_="own-link")["href"] == f"#{entry.anchor}"
    assert not heading.select("a a")
    assert words_in(heading) == html


@pytest.mark.parametrize(("source", "html", "words"), CONTENT)
def test_an_objection_shows_what_is_written(source, html, words):
    page, (entry,) = shown(("pushback", {"objection": source, "reply": [("markdown", "No.")]}))
    heading = page.find(class_="objection")
    assert (entry.text, heading["id"]) == (words, entry.anchor)
    assert not heading.select("a a")
    assert words_in(heading) == html


@pytest.mark.parametrize(("source", "html", "words"), [case for case in CONTENT if not case[0].startswith("<abbr")])
@pytest.mark.parametrize("mark", ["##", "###"])
def test_a_heading_in_markdown_shows_what_is_written(source, html, words, mark):
    page, contents = shown(("markdown", f"{mark} {source}\n\nText."))
    (entry,) = contents
    heading = page.find(id=entry.anchor)
    assert entry.text == words
    assert heading.decode_contents().strip() == html


@pytest.mark.parametrize(("source", "html", "words"), CONTENT)
def test_a_step_and_a_comparison_show_what_is_written(source, html, words):
    columns = [{"type": "text", "heading": ""}, {"type": "text", "heading": source}]
    comparison = {"caption": source, "columns": columns, "rows": [{"values": ["a", source]}]}
    page, _contents = shown(("steps", [{"title": source, "text": "", "stop": ""}]), ("comparison", comparison))
    places = [page.find(class_="step-title"), page.caption, page.thead.find_all(["th", "td"])[1], page.tbody.td]
    assert [place.decode_contents().strip() for place in places] == [html] * 4
    assert page.find(class_="comparison")["aria-label"] == words


def test_a_hard_break_a_footnote_and_a_picture_are_there(column):
    image = a_picture()
    text = f"One\\\ntwo^[A *note* on [it](/it/).] ![the plan](image:{image.pk})"
    page, (entry,) = shown(("markdown", "Before.^[The first.]"), ("heading", {"text": text, "level": "h2"}))
    assert entry.text == "One two the plan"
    assert page.h2.br
    assert page.h2.img["alt"] == "the plan"
    assert page.h2.find(class_="footnote-ref").get_text() == "[2]"
    assert [note.p.contents[0].strip() for note in page.select(".footnotes li")] == ["The first.", "A"]
    assert page.select_one(".footnotes li:last-child a")["href"] == "/it/"
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in page.select("a[href^='#']")} <= set(ids)


def test_a_reference_in_a_heading_follows_its_page_and_is_words_while_that_is_a_draft(client, column):
    target = make_question("The target?")
    question = make_question(
        answer=[
            ("heading", {"text": f"See [it](page:{target.pk})", "level": "h2"}),
            ("pushback", {"objection": f"But [it](page:{target.pk})…", "reply": [("markdown", "No.")]}),
        ]
    )

    def letter():
        return BeautifulSoup(get(client, question.url).content, "html.parser").find(id="letter")

    assert [link["href"] for link in letter().find_all("a", string="it")] == [target.url] * 2
    target.unpublish()
    assert not letter().find("a", string="it")
    assert letter().find("h2").get_text().startswith("See it")


def test_a_reference_to_what_readers_may_not_see_is_not_published(client, column, editor):
    hidden = make_question("Hidden?", private=True)
    text = f"See [it](page:{hidden.pk})"
    for block in (
        ("heading", {"text": text, "level": "h2"}),
        ("pushback", {"objection": text, "reply": streamfield([("markdown", "No.")])}),
        ("comparison", table(text, [("text", ""), ("text", "b")], [["a", "b"]])),
        ("comparison", table("Caption", [("text", ""), ("text", text)], [["a", "b"]])),
    ):
        response = add(client, editor, column, block, publish=True)
        assert response.status_code == 200
        assert "is private: “Hidden?”" in response.content.decode().replace("\\u201c", "“").replace("\\u201d", "”")


@pytest.mark.indexed
def test_a_page_that_a_heading_a_step_an_objection_or_a_caption_links_to_is_known_to_be_in_use():
    columns = [{"type": "text", "heading": "a"}, {"type": "text", "heading": "b"}]
    blocks = [
        lambda text: ("comparison", {"caption": text, "columns": columns, "rows": [{"values": ["a", "b"]}]}),
        lambda text: ("heading", {"text": text, "level": "h2"}),
        lambda text: ("steps", [{"title": text, "text": "", "stop": ""}]),
        lambda text: ("pushback", {"objection": text, "reply": [("markdown", "No.")]}),
    ]
    for make in blocks:
        target = make_question()
        user = make_question(answer=[make(f"See [it](page:{target.pk})")])
        assert [page.pk for page, _found in ReferenceIndex.get_grouped_references_to(target)] == [user.pk]


def test_links_and_footnotes_of_a_heading_survive_the_import(client, folder):
    body = "## See [the docs](https://example.org/) and [these][d]\n\nText.\n\n### Why[^1]\n\nMore.\n\n"
    write(folder, "one", f"{body}[d]: /these/\n[^1]: A note.", status="published")
    run(folder)
    letter = BeautifulSoup(get(client, the("one").url).content, "html.parser").find(id="letter")
    assert [link["href"] for link in letter.h2.find_all("a")][:2] == ["https://example.org/", "/these/"]
    assert letter.h3.find(class_="footnote-ref")
    assert "A note." in letter.find(class_="footnotes").get_text()
    assert "1 unchanged" in run(folder)
