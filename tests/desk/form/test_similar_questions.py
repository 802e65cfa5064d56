"""While a question is typed, the desk shows those that are like it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import make_question

pytestmark = pytest.mark.django_db


def shown(client, title, **more):
    response = client.get(reverse("similar_questions"), {"title": title, **more})
    assert response.status_code == 200
    return response.content.decode()


def test_published_questions_and_drafts_that_are_like_it_are_shown(client, writer, column):
    client.force_login(writer)
    published = make_question("Why does PostgreSQL not use my index?")
    draft = make_question("Is my index of any use?", publish=False)
    private = make_question("Which index do I use?", private=True)
    make_question("Should I learn Rust?")
    html = shown(client, "Does PostgreSQL use my indexes?")
    for question in (published, draft, private):
        assert reverse("wagtailadmin_pages:edit", args=[question.pk]) in html
    assert "Rust" not in html
    assert html.index(published.title) < html.index(draft.title)


def test_the_question_itself_is_not_like_itself(client, writer, column):
    client.force_login(writer)
    question, draft = make_question("Does my index help?"), make_question("Does my index help me?", publish=False)
    assert question.title + "<" not in shown(client, question.title, page=question.pk)
    assert draft.title not in shown(client, draft.title, page=draft.pk)


def test_the_readers_letter_helps_to_find_it(client, writer, column):
    client.force_login(writer)
    make_question("Slow queries on big tables?", summary="Add an index, then look at the plan.")
    assert "Slow queries" in shown(client, "Tables are slow", text="The planner reads everything on big tables.")


@pytest.mark.parametrize("title", ["", " ", "\x00", "the", "-index", '"', "a" * 10_000, "’", "%"])
def test_whatever_is_typed_is_no_error(client, writer, column, title):
    client.force_login(writer)
    make_question("Does my index help?", publish=False)
    shown(client, title, text="\x00" * 10, page="9" * 30)


def test_only_those_who_write_are_told(client, column, django_user_model):
    assert client.get(reverse("similar_questions")).status_code == 302
    client.force_login(django_user_model.objects.create_user("reader"))
    assert client.get(reverse("similar_questions")).status_code == 302


def test_the_number_of_queries_does_not_grow(client, writer, column):
    client.force_login(writer)
    numbers = []
    for count in (6, 12):
        for number in range(count):
            make_question(f"Does index number {number} help?", publish=number % 2 == 0)
        with CaptureQueriesContext(connection) as queries:
            shown(client, "Does my index help?")
        numbers.append(len(queries))
    assert numbers[1] <= numbers[0]
    assert shown(client, "Does my index help?").count("<li>") == 5


@pytest.mark.same_on_every_database
@pytest.mark.browser
def test_they_appear_while_the_title_is_typed(open_window, writer, column):
    make_question("Why does PostgreSQL not use my index?")
    page = open_window(user=writer)
    page.goto(f"/admin/pages/add/qa/questionpage/{column.pk}/")
    page.locator("[name=title]").press_sequentially("Is my index in use")
    expect(page.get_by_role("link", name="Why does PostgreSQL not use my index?")).to_be_visible()
