"""The editing form: its tabs, its order, and the notes that readers never see."""

import re

import pytest
from django.core import management

from qa.letters.exporting import letter_of, published_letter_of
from qa.letters.form import dump
from qa.models import QuestionPage, SearchEntry
from tests.factories import TopicFactory, make_question
from tests.question_form import PARAGRAPH, edit_address, form, saved

pytestmark = pytest.mark.django_db
SECRET = "Kwyjibozzle"
PLANNED = "2031-07-09"


def html_of(client, user, question):
    client.force_login(user)
    return client.get(edit_address(question)).content.decode()


def test_the_form_has_the_tabs_and_the_order_in_which_editors_work(client, editor, column):
    html = html_of(client, editor, make_question())
    assert re.findall(r'id="tab-label-(\w+)"', html) == ["answer", "reader", "promote", "planning"]
    first = [html.index(f'name="{name}"') for name in ("title", "asker_name", "asked_on")]
    first += [html.index(f'name="{name}-TOTAL_FORMS"') for name in ("question_topics",)]
    first += [html.index('id="answer"'), *(html.index(f'name="{name}"') for name in ("summary", "question", "slug"))]
    assert first == sorted(first)


def test_the_slug_follows_the_title_until_the_question_was_published(client, editor, column):
    def follows(question):
        title = re.search(r'<(?:input|textarea)[^>]*name="title"[^>]*>', html_of(client, editor, question))[0]
        return "w-sync#apply" in title

    draft, published = make_question(publish=False), make_question()
    assert follows(draft)
    assert not follows(published)
    published.unpublish()
    assert not follows(published)  # readers have its address, and it may come back


def test_the_summary_says_how_long_it_is(client, editor, column):
    summary = re.search(r'<textarea[^>]*name="summary"[^>]*>', html_of(client, editor, make_question()))[0]
    assert 'maxlength="320"' in summary
    assert 'data-characters="%(used)s of %(most)s characters"' in summary


def test_private_notes_and_plans_reach_colleagues_and_nobody_else(client, editor, writer, column):
    topic = TopicFactory(name="Python")
    question = make_question(topics=[topic], publish=False, slug="a-question")
    client.force_login(editor)
    private = {"notes": f"{SECRET}: ask her again", "planned_for": PLANNED}
    data = form(PARAGRAPH, topics=[topic], **private, **{"action-publish": "on"})
    assert client.post(edit_address(question), data).status_code == 302
    question = QuestionPage.objects.get()
    assert saved().notes == question.notes == f"{SECRET}: ask her again"
    assert SECRET in html_of(client, writer, question)

    # Not for readers, at any address that shows the question.
    client.logout()
    for address in [
        question.url,
        "/",
        column.url,
        f"{column.url}feed/",
        f"{column.url}topics/{topic.slug}/",
        f"{column.url}topics/{topic.slug}/feed/",
        "/sitemap.xml",
        "/search/?q=Words",
    ]:
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        assert SECRET not in response.content.decode(), address
        assert PLANNED not in response.content.decode(), address
    assert client.get(f"/search/suggest?q={SECRET}").json() == {"suggestions": []}
    assert "Nothing was found." in client.get(f"/search/?q={SECRET}").content.decode()
    management.call_command("rebuild_search", verbosity=0)
    assert SECRET.lower() not in str(SearchEntry.objects.values_list()).lower()

    # Nor in letters, what machines ask for, the desk's own search index, or a copy.
    for letter in (dump(letter_of(question)), dump(published_letter_of(question))):
        assert SECRET not in letter
        assert PLANNED not in letter
    assert "notes" not in [field.name for field in getattr(QuestionPage, "api_fields", [])]
    assert "notes" not in [field.field_name for field in QuestionPage.get_search_fields()]
    copy = question.copy(update_attrs={"slug": "a-copy"})
    assert copy.notes == ""
    for mode, _name in question.preview_modes:
        assert SECRET not in question.make_preview_request(preview_mode=mode).rendered_content


def test_a_review_is_named_in_words_of_editors(client, writer, editor, column):
    question = make_question(publish=False)
    question.get_workflow().start(question, writer)
    assert "Take back from review" in html_of(client, editor, question)
    question.current_workflow_task_state.reject(user=editor)
    form = html_of(client, writer, question)
    assert "Submit anew" in form
    assert "Cancel workflow" not in form
    assert "Restart workflow" not in form
