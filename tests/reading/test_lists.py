"""What readers are promised of lists of questions."""

import re
from datetime import date, timedelta

import pytest

import qa.rendering.answers
from qa.models import QuestionPage, listing
from qa.rendering.answers import WORDS_PER_MINUTE
from tests.factories import TopicFactory, make_question

pytestmark = pytest.mark.django_db


def read(client, address):
    response = client.get(address, headers={"host": "localhost"})
    assert response.status_code == 200
    return response.content.decode()


def test_pagination_says_where_the_reader_is_and_leads_to_the_ends_and_the_neighbours(client, column, monkeypatch):
    monkeypatch.setattr(listing, "PER_PAGE", 1)
    for number in range(9):
        make_question(asked_on=date(2025, 1, 1) + timedelta(days=number))
    html = read(client, f"{column.url}?page=5")
    pages = re.search(r'<nav class="pagination".*?</nav>', html, re.DOTALL)[0]
    assert "Page 5 of 9" in pages
    assert "questions 5 to 5 of 9" in pages
    assert re.findall(r'href="([^"]+)" aria-label="Page (\d)"( aria-current="page")?', pages) == [
        (column.url, "1", ""),
        ("?page=4", "4", ""),
        ("?page=5", "5", ' aria-current="page"'),
        ("?page=6", "6", ""),
        ("?page=9", "9", ""),
    ]
    assert pages.count("…") == 2
    assert '<link rel="canonical" href="http://' in html


def test_a_list_that_fits_on_one_page_has_no_pagination(client, column):
    make_question()
    assert "pagination" not in read(client, column.url)


def test_cards_say_how_long_reading_takes_without_rendering_an_answer(client, column, monkeypatch):
    question = make_question(answer=[("markdown", "**word** " * WORDS_PER_MINUTE + "and one more")])
    rendered = qa.rendering.answers.render(question.answer)
    assert (question.reading_minutes, rendered.reading_minutes) == (2, 2)

    def fail(*arguments):
        raise AssertionError("a list rendered an answer")

    monkeypatch.setattr(qa.rendering.answers, "_render", fail)
    assert "2 minutes to read" in read(client, column.url)


def test_the_reading_time_follows_what_readers_get_and_not_a_draft(client, column):
    question = make_question(answer=[("markdown", "short")])
    changed = question.get_latest_revision_as_object()
    changed.answer = [("markdown", "word " * 3 * WORDS_PER_MINUTE)]
    revision = changed.save_revision()
    assert QuestionPage.objects.get(pk=question.pk).reading_minutes == 1
    revision.publish()
    assert QuestionPage.objects.get(pk=question.pk).reading_minutes == 3


def test_a_topic_has_its_description_and_its_number_of_questions(client, column):
    topic = TopicFactory(name="Django", description="All about it.")
    for fields in ({}, {}, {"private": True}):
        make_question(topics=[topic], **fields)
    html = read(client, f"{column.url}topics/django/")
    assert "All about it." in html
    assert re.search(r'class="list-size">\s*2 questions', html)
