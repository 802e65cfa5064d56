"""What an editor is promised by the page form of the desk."""

from datetime import date
from http import HTTPStatus

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset

from qa.models import QuestionPage
from qa.models.question import RESERVED_SLUGS
from qa.models.surroundings import surroundings
from tests.factories import ExpertFactory, TopicFactory, make_question
from tests.question_form import (
    INCOMPLETE,
    PARAGRAPH,
    add,
    assert_refused,
    edit_address,
    every_block,
    form,
    library,
    saved,
    table,
)


def assert_every_block(answer, image, document, related=None):
    code = {"code": "    x = 1\n\n\ty = 2", "language": "python", "filename": "a.py", "caption": "A caption"}
    code |= {"highlight_lines": "1, 3", "line_numbers": True}
    assert [block.block_type for block in answer] == list(QuestionPage.answer.field.stream_block.child_blocks)
    paragraph, heading, markdown, quote, short_answer, steps, pushback, comparison, callout, sample, *others = (
        block.value for block in answer
    )
    figure, embed, file, link = others
    assert '<b>bold</b> <a href="https://example.org/">words</a>' in paragraph.source
    assert "<li" in paragraph.source
    assert dict(heading) == {"text": "What `EXPLAIN` says", "level": "h3"}
    assert markdown == "One\n\n- two  \n  - three"
    assert dict(quote) == {"text": "It works.\nHere.", "who": "Everybody", "source": "https://example.org/"}
    assert [dict(step) for step in steps] == [
        {"title": "First", "text": "a\nb", "stop": "done"},
        {"title": "Second", "text": "", "stop": ""},
    ]
    assert pushback["objection"] == "But…"
    assert pushback["reply"][0].value == "No.\nNever."
    assert dict(pushback["reply"][1].value) == code
    assert dict(callout) == {"kind": "correction", "date": date(2026, 2, 3), "text": "Wrong:\nright."}
    assert dict(sample) == code
    assert (figure["image"].pk, figure["caption"], figure["credit"]) == (image.pk, "A caption", "A person")
    assert dict(embed) == {"address": "https://example.org/talks/42", "title": "A talk"}
    assert dict(file) == {"document": document, "title": "The slides"}
    assert figure["image"].contextual_alt_text == "A plan"
    assert short_answer == "No,\n*never*."
    assert comparison.caption == "What each has"
    assert [(column["block"].name, column["heading"]) for column in comparison.columns] == [
        ("text", ""),
        ("verdict", "Django"),
    ]
    assert [row["values"] for row in comparison.row_data] == [["Forms", "yes"], ["Chat", "depends"]]
    assert dict(link) == {"question": related, "note": "The other side"}


def test_every_type_of_block_survives_saving_opening_and_publishing(client, column, editor):
    (image, document), related = library(), make_question()
    response = add(client, editor, column, *every_block(image, document, related))
    assert response.status_code == HTTPStatus.FOUND
    question = saved()
    assert_every_block(question.answer, image, document, related)

    assert client.get(edit_address(question)).status_code == HTTPStatus.OK
    client.post(edit_address(question), form(*every_block(image, document, related)) | {"action-publish": "on"})
    published = QuestionPage.objects.live().get(slug="a-question")
    assert_every_block(published.answer, image, document, related)
    assert related.title in client.get(published.url).content.decode()


def test_the_desk_opens_a_question_with_every_type_of_block_as_it_was_saved(client, column, editor):
    (image, document), related = library(), make_question()
    add(client, editor, column, *every_block(image, document, related))
    opened = client.get(edit_address(saved())).context["form"].initial["answer"]
    assert_every_block(opened, image, document, related)


@pytest.mark.parametrize("code", ["    x = 1\r\n    y = 2", "\tx\r\n\r\n\r\ny", "x  \r\ny  "])
def test_code_is_stored_as_it_was_typed(client, column, writer, code):
    add(client, writer, column, ("code", {"code": code, "language": "", "filename": "", "caption": ""}))
    assert saved().answer[0].value["code"] == code.replace("\r\n", "\n")


def test_text_with_a_nul_byte_is_stored_without_it(client, column, writer):
    add(client, writer, column, ("markdown", "be\x00fore"), ("code", {"code": "a\x00b", "language": ""}))
    assert [saved().answer[0].value, saved().answer[1].value["code"]] == ["before", "ab"]


def test_topics_keep_the_editors_order(client, column, writer):
    last, first, middle = TopicFactory(name="Zebra"), TopicFactory(name="Apple"), TopicFactory(name="Middle")
    add(client, writer, column, PARAGRAPH, topics=[first, last, middle])
    assert saved().topics == [first, last, middle]


def test_everything_else_in_the_form_is_stored(client, column, writer):
    earlier, expert = make_question("The earlier one?"), ExpertFactory()
    add(
        client, writer, column, PARAGRAPH, title="The new one?", slug="new", asker_name="Robert B.",
        question="Dear\r\nexpert", summary="In short.",
        answered_by=str(expert.pk), reviewed_on="2026-03-01", review_after="2027-03-01",
        follow_up_to=str(earlier.pk), updates=inline_formset([{"date": "2026-04-01", "note": "A new number"}]),
        related_questions=inline_formset([{"question": str(earlier.pk)}]),
    )  # fmt: skip
    question = QuestionPage.objects.get(slug="new").get_latest_revision_as_object()
    assert (question.asker, question.summary, question.answered_by) == ("Robert B.", "In short.", expert)
    assert (question.reviewed_on, question.review_after) == (date(2026, 3, 1), date(2027, 3, 1))
    assert (question.follow_up_to, surroundings(question)["related"]) == (earlier, [earlier])
    assert [(update.date, update.note) for update in question.updates.all()] == [(date(2026, 4, 1), "A new number")]
    assert question.question == "Dear\nexpert"


def test_a_draft_is_saved_incomplete_and_opens_again(client, column, writer):
    response = add(client, writer, column, *INCOMPLETE.values())
    assert response.status_code == HTTPStatus.FOUND
    question = saved()
    assert [block.block_type for block in question.answer] == [name for name, value in INCOMPLETE.values()]
    for view in ("edit", "view_draft"):
        assert client.get(reverse(f"wagtailadmin_pages:{view}", args=[question.pk])).status_code == HTTPStatus.OK


def test_a_draft_needs_no_more_than_its_title(client, column, writer):
    # The browser makes the slug from the title, and the date is today's until somebody changes it.
    assert add(client, writer, column).status_code == HTTPStatus.FOUND
    assert saved().title == "A question?"


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("block", INCOMPLETE.values(), ids=INCOMPLETE)
def test_an_incomplete_block_is_not_published_and_says_what_is_missing(client, column, editor, block):
    assert_refused(add(client, editor, column, block, publish=True), "This field is required.")


def test_a_correction_is_drafted_but_not_published_without_its_date(client, column, editor):
    correction = ("callout", {"kind": "correction", "date": "", "text": "It was wrong."})
    message = "A correction needs the date on which it was made."
    assert_refused(add(client, editor, column, correction, publish=True), message)
    assert add(client, editor, column, correction).status_code == HTTPStatus.FOUND


@pytest.mark.same_on_every_database
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (table("", [("text", ""), ("verdict", "a")], [["b", "yes"]]), "needs a caption that says what is compared"),
        (table("What each has", [("text", "")], [["b"]]), "needs two columns and a row, or more"),
        (table("What each has", [("text", ""), ("text", "a")], []), "needs two columns and a row, or more"),
        (table("", [], []), "needs a caption that says what is compared"),
    ],
)
def test_a_comparison_is_drafted_but_not_published_before_it_compares(client, column, editor, given, message):
    assert_refused(add(client, editor, column, ("comparison", given), publish=True), message)
    assert add(client, editor, column, ("comparison", given)).status_code == HTTPStatus.FOUND
    assert client.get(edit_address(saved())).status_code == HTTPStatus.OK


def test_a_second_short_answer_is_refused(client, column, editor):
    twice = [("short_answer", "Yes."), ("short_answer", "No.")]
    assert_refused(add(client, editor, column, *twice, publish=True), "The maximum number of items is 1")


def test_a_related_question_that_is_private_is_drafted_but_not_published(client, column, editor):
    target = make_question("The hidden one?", private=True)
    block = ("related", {"question": str(target.pk), "note": ""})
    response = add(client, editor, column, block, publish=True)
    assert response.status_code == HTTPStatus.OK
    errors = response.context["form"].errors["answer"].as_data()[0].block_errors[0].as_json_data()["blockErrors"]
    assert errors["question"]["messages"] == [f"page:{target.pk} is private: “The hidden one?”."]
    assert not QuestionPage.objects.filter(slug="a-question").exists()
    assert add(client, editor, column, block).status_code == HTTPStatus.FOUND


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("language", ["klingon", "python3.99", "<script>"])
def test_an_unknown_language_of_code_is_not_published(client, column, editor, language):
    block = ("code", {"code": "x", "language": language, "filename": "", "caption": ""})
    assert_refused(add(client, editor, column, block, publish=True), "is not the name of a language")


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("source", ["javascript:alert(1)", "data:text/html,x", "example"])
def test_a_quotes_source_must_be_an_address(client, column, editor, source):
    block = ("quote", {"text": "Words", "who": "Somebody", "source": source})
    assert_refused(add(client, editor, column, block, publish=True), "Enter a valid URL.")


def test_an_editor_publishes(client, column, editor):
    add(client, editor, column, ("markdown", "The answer."), publish=True)
    question = QuestionPage.objects.live().get()
    assert "The answer." in client.get(question.url).content.decode()


def test_a_writer_does_not_publish(client, column, writer):
    add(client, writer, column, ("markdown", "The answer."), publish=True)
    question = QuestionPage.objects.get()
    assert not question.live
    client.post(edit_address(question), form(("markdown", "Again.")) | {"action-publish": "on"})
    question.refresh_from_db()
    assert not question.live


def test_a_writer_does_not_change_what_is_published(client, column, writer):
    question = make_question("Published?", answer=[("markdown", "As published.")])
    client.force_login(writer)
    client.post(edit_address(question), form(("markdown", "As changed.")) | {"action-publish": "on"})
    assert "As published." in client.get(question.url).content.decode()
    question.refresh_from_db()
    assert question.get_latest_revision_as_object().answer[0].value == "As changed."


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_slug_that_is_an_address_of_the_column_is_refused(client, column, editor, slug):
    response = add(client, editor, column, PARAGRAPH, slug=slug)
    assert_refused(response, f"“{slug}” is an address of the column itself; choose another slug.")
    assert not QuestionPage.objects.exists()


# Preview


def test_a_form_that_is_not_the_desks_is_a_bad_request(client, column, editor):
    page = make_question("X?")
    client.force_login(editor)
    block = {"answer-count": "1", "answer-0-deleted": "", "answer-0-order": "0"}
    for fields in (
        {},
        {"answer-count": "x"},
        {"answer-count": "9" * 5000},
        {"answer-count": "1"},
        block | {"answer-0-type": "steps"},
        block | {"answer-0-type": "comparison"},
        block | {"answer-0-type": "heading", "answer-0-order": "x"},
    ):
        for address in (edit_address(page), reverse("wagtailadmin_pages:add", args=["qa", "questionpage", column.pk])):
            assert client.post(address, fields).status_code == HTTPStatus.BAD_REQUEST, (address, fields)
