"""An answer is rendered once, and its links are right all the same."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import PageViewRestriction, ReferenceIndex

from qa.blocks import code
from qa.models import QuestionPage
from qa.rendering import markdown
from qa.rendering.answers import render
from tests.factories import make_question

pytestmark = pytest.mark.django_db


def answer_of(*blocks):
    return QuestionPage(answer=list(blocks)).answer


def soup(html):
    return BeautifulSoup(html, "html.parser")


def show(client, page):
    response = client.get(page.url, headers={"host": "localhost"})
    return soup(response.content).find(id="letter")


@pytest.fixture
def work(monkeypatch):
    """How often Markdown was parsed and code highlighted."""
    done = []
    highlight, parse = code.highlight, markdown._MARKDOWN.parse
    monkeypatch.setattr(code, "highlight", lambda *given: done.append("highlight") or highlight(*given))
    monkeypatch.setattr(markdown._MARKDOWN, "parse", lambda *given: done.append("parse") or parse(*given))
    return done


def test_footnotes_of_all_blocks_stand_at_the_end_of_the_letter_numbered_through(column):
    page = make_question(
        question="Mine[^1]\n\n[^1]: The reader's own.",
        answer=[
            ("markdown", "First[^a] and again[^a].\n\n[^a]: Note one.\n\nMore."),
            (
                "pushback",
                {"objection": "But…", "reply": [("markdown", "Second[^1] third[^2]\n\n[^1]: Two.\n[^2]: Three.")]},
            ),
            ("paragraph", "<p>The end.</p>"),
        ],
    )
    rendered = render(page.answer, page.question)
    letter = BeautifulSoup(rendered.html, "html.parser")
    assert "The reader's own." in rendered.question_html
    assert [link.text for link in letter.select(".footnote-ref a")] == ["[1]", "[1:1]", "[2]", "[3]"]
    notes = letter.select(".footnotes li")
    assert [note.p.contents[0].strip() for note in notes] == ["Note one.", "Two.", "Three."]
    assert letter.select_one(".footnotes").find_next_siblings() == []  # nothing comes after them
    ids = {element["id"] for element in letter.select("[id]")}
    assert {link["href"][1:] for link in letter.select(".footnotes a, .footnote-ref a")} <= ids


def test_a_second_reader_costs_no_rendering(client, work):
    question = make_question(
        answer=[("markdown", "Some *words*."), ("code", {"code": "x = 1", "language": "python"})], summary="Short."
    )
    first = show(client, question)
    assert {"highlight", "parse"} <= set(work)
    work.clear()
    assert show(client, question) == first
    assert not work


def test_a_change_is_shown_at_once(client):
    question = make_question(answer=[("markdown", "Before.")])
    assert "Before." in show(client, question).get_text()
    question.answer = [("markdown", "After.")]
    question.save_revision().publish()
    assert "After." in show(client, question).get_text()


@pytest.mark.parametrize(
    "link",
    [("markdown", "See [there](page:{pk})."), ("paragraph", '<p>See <a linktype="page" id="{pk}">there</a>.</p>')],
    ids=["markdown", "paragraph"],
)
def test_links_follow_their_page_though_the_answer_was_rendered_before(client, link):
    target = make_question()
    kind, text = link
    question = make_question(answer=[(kind, text.format(pk=target.pk))])
    assert show(client, question).find("a", string="there")["href"] == target.url

    target.slug = "elsewhere"
    target.save_revision().publish()
    assert show(client, question).find("a", string="there")["href"].endswith("/elsewhere/")

    restriction = PageViewRestriction.objects.create(page=target, restriction_type=PageViewRestriction.LOGIN)
    shown = show(client, question)
    assert not shown.find("a")
    assert "See there." in shown.get_text()

    restriction.delete()
    assert show(client, question).find("a", string="there")
    target.unpublish()
    assert not show(client, question).find("a")


def related(target, note="Worth it."):
    return ("related", {"question": target, "note": note})


def test_a_related_question_is_shown_as_it_is_at_the_moment(client, work):
    target = make_question("Before?", asker_name="Robert B.")
    question = make_question(answer=[related(target), ("markdown", "Text.")], summary="Short.")

    def shown():
        return show(client, question).find(class_="related-question")

    assert shown().a["href"] == target.url
    assert shown().get_text(" ", strip=True) == "Related question Before? Robert B. · January 15, 2026 Worth it."
    work.clear()

    target.title, target.asker_name, target.slug = "After?", "", "elsewhere"
    target.save_revision().publish()
    assert "After? Anonymous" in shown().get_text(" ", strip=True)
    assert shown().a["href"].endswith("/elsewhere/")

    restriction = PageViewRestriction.objects.create(page=target, restriction_type=PageViewRestriction.LOGIN)
    assert not shown()
    restriction.delete()
    assert shown()
    target.unpublish()
    assert not shown()
    target.save_revision().publish()
    assert shown()
    target.delete()
    letter = show(client, question)
    assert letter.get_text(" ", strip=True) == "Short answer Short. Text."
    assert not letter.find("aside")
    assert not work


def test_the_note_and_the_title_of_a_hidden_question_reach_nobody(client):
    target = make_question("A secret?", private=True)
    question = make_question(answer=[related(target, "Known only to us."), ("markdown", "Text.")])
    html = client.get(question.url).content.decode()
    assert "A secret?" not in html
    assert "Known only to us." not in html


def test_related_questions_cost_two_queries_however_many_there_are(django_assert_num_queries):
    targets = [make_question() for _number in range(6)]
    few, many = answer_of(related(targets[0])), answer_of(*map(related, targets))
    for answer in (few, many):
        render(answer)
        with django_assert_num_queries(2):  # the questions, and what is private
            assert render(answer).html.count("<aside") == len(answer)


def test_a_related_question_is_known_to_be_in_use():
    target = make_question()
    user = make_question(answer=[related(target)])
    assert [found.pk for found, _references in ReferenceIndex.get_grouped_references_to(target)] == [user.pk]


def test_the_short_answer_is_the_summary_if_none_is_written(django_assert_num_queries):
    blocks = [("markdown", "Hello."), ("short_answer", "No, `never`.")]
    question = QuestionPage(answer=blocks, summary="Written.")
    assert question.short_answer == "Written."
    question = QuestionPage.objects.get(pk=make_question(answer=blocks).pk)
    with django_assert_num_queries(0):
        assert question.short_answer == "No, never."
    assert make_question(answer=[("short_answer", ""), ("markdown", "Hello.")]).short_answer == "Hello."


def test_what_a_text_links_to_is_known_to_be_in_use():
    """wagtail-markdown's own block leaves no trace in the reference index: linked pages are deleted without a word."""
    by_number, by_id = make_question(), make_question(letter_id="some-id")
    reply = [("markdown", f"[by number](page:{by_number.pk}) [gone](page:99999) [odd](page:abc)")]
    user = make_question(
        answer=[("markdown", "[by id](letter:some-id)"), ("pushback", {"objection": "?", "reply": reply})]
    )
    for target in (by_number, by_id):
        users = [found.pk for found, _references in ReferenceIndex.get_grouped_references_to(target)]
        assert users == [user.pk]


def test_the_contents_are_headings_and_pushbacks_in_order():
    rendered = render(
        answer_of(
            ("heading", {"text": "Why `async`", "level": "h2"}),
            ("markdown", "### Inside Markdown\n\nText."),
            ("pushback", {"objection": "But it is slow…", "reply": [("markdown", "## In the reply\n\nNo.")]}),
            ("heading", {"text": "Why async", "level": "h3"}),
        )
    )
    assert [(entry.anchor, entry.level, entry.kind) for entry in rendered.contents] == [
        ("why-async", 2, "heading"),
        ("inside-markdown", 3, "heading"),
        ("but-it-is-slow", 2, "pushback"),
        ("in-the-reply", 3, "heading"),
        ("why-async-2", 3, "heading"),
    ]
    assert rendered.pushbacks == 1
    page = soup(rendered.html)
    assert all(page.find(id=entry.anchor) for entry in rendered.contents)


def test_ids_of_the_letter_and_of_the_answer_are_different():
    text = "## Why\n\nA note.[^1]\n\n[^1]: Text."
    rendered = render(answer_of(("markdown", text), ("markdown", text)), text)
    ids = [element["id"] for element in soup(rendered.question_html + rendered.html).find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert [entry.anchor for entry in rendered.contents] == ["why-2", "why-3"]


def test_words_are_counted_without_markup_and_reading_takes_at_least_a_minute():
    assert render(answer_of(("markdown", "One **two** [three](https://example.org)."))).word_count == 3
    assert render(answer_of()).reading_minutes == 1
    assert render(answer_of(("markdown", "word " * 500))).reading_minutes == 3


def test_a_paragraph_passes_the_same_gate_as_markdown():
    text = '<p onclick="x">Hi<script>alert(1)</script> <a href="javascript:x">a</a></p>'
    html = render(answer_of(("paragraph", text))).html
    assert "script" not in html
    assert "onclick" not in html


def test_a_link_out_of_a_paragraph_says_so():
    html = render(answer_of(("paragraph", '<p><a href="https://example.org">a</a></p>'))).html
    assert soup(html).a["rel"] == ["external", "noopener"]
