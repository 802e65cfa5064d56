"""Nothing that an editor typed is lost, and nothing that a colleague saved is overwritten unseen."""

import re
import time
from html import unescape

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from wagtail.models import Revision

from qa.models import QuestionPage
from tests.factories import make_question
from tests.question_form import PARAGRAPH, edit_address, form

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(column):
    """A published question, as ``form`` has it."""
    return make_question("A question?", slug="a-question", asker_name="Ann")


def opened(client, question):
    """Open the form; return what it says about the version that it shows."""
    html = client.get(edit_address(question)).content.decode()
    found = re.findall(r'name="(loaded_revision_\w+)" value="([^"]*)"', html)
    assert len(found) == 2
    return dict(found)


def save(client, question, version, **fields):
    return client.post(edit_address(question), form(PARAGRAPH, **fields) | version)


def newest(question):
    return QuestionPage.objects.get(pk=question.pk).get_latest_revision_as_object()


def titles(question):
    """Return the titles of all versions that are kept."""
    return [revision.as_object().title for revision in Revision.objects.for_instance(question)]


def sent_again(response):
    """Return what the browser sends when the editor insists on her version."""
    html = response.content.decode()
    html = html[html.index('class="conflict"') :]
    values = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {unescape(name): unescape(value) for name, value in values}


def changed_by(html):
    """Return who has changed what, without what is asked."""
    return dict(re.findall(r'<th scope="row" class="title">(.*?)</th>\s*<td>(.*?)</td>', html))


@pytest.fixture
def stale(client, question, editor, writer, django_user_model):
    """The version of the form that an editor opened before a writer saved."""
    client.force_login(editor)
    version = opened(client, question)
    client.force_login(writer)
    saved = save(client, question, opened(client, question), title="Theirs?", asker_name="Bob")
    assert saved.status_code == 302
    client.force_login(editor)
    return version


@pytest.mark.parametrize("action", ["", "action-publish", "action-submit"])
def test_a_stale_form_overwrites_nothing_and_both_versions_are_kept(client, question, stale, action):
    fields = {"title": "Mine?", "asker_name": "Ann"} | ({action: "on"} if action else {})
    response = save(client, question, stale, **fields)
    assert response.status_code == 409
    page = response.content.decode()
    assert "writer has saved this page" in page
    assert "Theirs?" in page
    assert "Mine?" in page
    assert newest(question).title == "Theirs?"
    assert {"Theirs?", "Mine?"} <= set(titles(question))
    assert QuestionPage.objects.get().title == "A question?"  # readers see what they saw
    history = client.get(reverse("wagtailadmin_pages:history", args=[question.pk])).content.decode()
    assert "Set aside" in history


def test_the_conflict_says_who_changed_which_field(client, question, stale):
    html = save(client, question, stale, title="Mine?", asker_name="Ann").content.decode()
    assert re.findall(r"<legend>(.*?)</legend>", html) == ["Title"]  # both have: it is asked
    assert changed_by(html) == {"Asker": "writer", "Answer: Paragraph": "you"}


def test_whoever_insists_saves_the_version_that_was_shown_and_no_later_one(client, question, stale, writer, editor):
    again = sent_again(save(client, question, stale, title="Mine?", **{"action-publish": "on"}))
    client.force_login(writer)
    save(client, question, opened(client, question), title="Later still?")
    client.force_login(editor)
    response = client.post(edit_address(question), again)
    assert response.status_code == 409
    assert newest(question).title == "Later still?"
    assert client.post(edit_address(question), sent_again(response)).status_code == 302
    assert QuestionPage.objects.get().title == newest(question).title == "Mine?"
    assert {"Theirs?", "Later still?", "Mine?"} <= set(titles(question))


def test_a_second_tab_of_the_same_editor_is_somebody_else(client, question, editor):
    client.force_login(editor)
    first, second = opened(client, question), opened(client, question)
    assert save(client, question, first, title="One?").status_code == 302
    response = save(client, question, second, title="Two?")
    assert response.status_code == 409
    assert "yourself in another window" in response.content.decode()


def test_a_stale_form_that_says_the_same_is_saved(client, question, editor):
    client.force_login(editor)
    version = opened(client, question)
    block = [{"type": "paragraph", "value": "<p>Words</p>", "id": "12345678-1234-1234-1234-123456789012"}]
    same = form(title="Same?") | {"answer-count": "1", "answer-0-deleted": "", "answer-0-order": "0"}
    same |= {"answer-0-type": "paragraph", "answer-0-id": block[0]["id"], "answer-0-value": PARAGRAPH[1]}
    assert client.post(edit_address(question), same | version).status_code == 302
    assert client.post(edit_address(question), same | version).status_code == 302


def test_a_stale_form_with_mistakes_still_asks_first(client, question, stale):
    response = save(client, question, stale, asked_on="nonsense")
    assert response.status_code == 409
    assert "has mistakes" in response.content.decode()
    assert newest(question).title == "Theirs?"
    assert client.post(edit_address(question), sent_again(response)).status_code == 200  # the form names them


@pytest.mark.parametrize("number", ["0", "-1", "9" * 40, "x", "\x00"])
def test_a_version_that_never_was_is_a_conflict_and_no_crash(client, question, editor, number):
    client.force_login(editor)
    version = opened(client, question) | {"loaded_revision_id": number}
    assert save(client, question, version).status_code == 409


def test_an_autosave_of_a_stale_form_is_refused(client, question, stale):
    data = form(PARAGRAPH, title="Mine?") | stale
    response = client.post(edit_address(question), data, headers={"Accept": "application/json"})
    assert response.json()["error_code"] == "invalid_revision"
    assert newest(question).title == "Theirs?"


# In a browser


def wait_for_title(page, title):
    deadline = time.monotonic() + 20  # seconds
    while QuestionPage.objects.get().get_latest_revision_as_object().title != title:
        assert time.monotonic() < deadline, "not saved"
        page.wait_for_timeout(100)


@pytest.mark.same_on_every_database
@pytest.mark.browser
def test_what_is_typed_during_a_slow_save_is_saved_and_no_conflict_with_oneself(
    open_window, editor, question, settings
):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 200
    page, held = open_window(user=editor), []

    def hold_the_first(route):
        if route.request.method != "POST" or held:
            route.continue_()
        else:
            held.append((route, route.fetch()))  # the server has saved it; the page does not know yet

    page.goto(edit_address(question))
    page.route(f"**{edit_address(question)}", hold_the_first)
    title = page.locator("[name=title]")
    title.press("Control+a")
    title.press_sequentially("One")  # at once: Wagtail begins to look for changes after two seconds
    while not held:
        page.wait_for_timeout(50)
    title.press_sequentially(" two")
    route, response = held[0]
    route.fulfill(response=response)
    wait_for_title(page, "One two")

    # "Save" just after typing, when the form has saved itself meanwhile, is no conflict.
    title.press_sequentially(" three")
    page.wait_for_timeout(1000)
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator(".messages .success")).to_be_visible()
    wait_for_title(page, "One two three")
