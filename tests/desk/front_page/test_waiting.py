"""The front page of the desk: what waits for whom."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Comment, CommentReply, Revision

from qa.models import QuestionPage, VainSearch
from tests.factories import TopicFactory, make_question
from tests.moments import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def lists(client, user):
    """Return what the front page shows: the lines of each list, by its name."""
    client.force_login(user)
    response = client.get("/admin/")
    shown = {}
    for context in response.context:
        if "lists" in context:
            shown = {found.name: [(line.title, line.note) for line in found.lines] for found in context["lists"]}
    for name in shown:
        assert f'href="#waiting-{name}"' in response.content.decode(), "its count stands in the site summary"
    return shown


def draft(title, user, topic, **fields):
    """Make a draft as the form saves it: with its topics."""
    question = make_question(title, publish=False, topics=[topic], **fields)
    draft = question.get_latest_revision_as_object()
    draft.owner = user
    draft.save()
    return question


def comment(question, user, **fields):
    return Comment.objects.create(page_id=question.pk, user=user, text="Why?", contentpath="title", **fields)


def submit(question, user):
    return question.get_workflow().start(QuestionPage.objects.get(pk=question.pk), user)


def everything(writer, editor, tag=""):
    """Make one of everything that waits."""
    topic = TopicFactory(name="Careers")
    comment(draft(f"Mine?{tag}", writer, topic), editor)
    draft(f"The editor's?{tag}", editor, topic)
    reviewed = draft(f"Reviewed?{tag}", writer, topic)
    submit(reviewed, writer)
    CommentReply.objects.create(comment=comment(reviewed, editor), user=writer, text="Because.")
    comment(reviewed, editor, resolved_at=NOON)
    returned = submit(draft(f"Sent back?{tag}", writer, topic), writer)
    returned.current_task_state.reject(user=editor, comment="Shorter?")
    make_question(f"Soon?{tag}", topics=[topic], go_live_at=NOON + timedelta(days=13))
    make_question(f"Later?{tag}", topics=[topic], go_live_at=NOON + timedelta(days=15))
    make_question(f"Expiring?{tag}", topics=[topic], expire_at=NOON + timedelta(days=1))
    late = make_question(f"Late?{tag}", topics=[topic], go_live_at=NOON + timedelta(days=1))
    Revision.objects.for_instance(late).update(approved_go_live_at=NOON - timedelta(hours=1))
    draft(f"Never approved?{tag}", None, topic, go_live_at=NOON - timedelta(days=1))
    make_question(f"Old?{tag}", topics=[topic], review_after=date(2026, 5, 4))
    make_question(f"Checked?{tag}", topics=[topic], review_after=date(2026, 5, 4), reviewed_on=date(2026, 5, 4))
    make_question(f"Unfiled?{tag}")
    VainSearch.objects.create(words=f"celery & beat{tag}", times=3, last_on=date(2026, 5, 3))


def test_everybody_sees_what_waits_for_them(client, writer, editor):
    everything(writer, editor)
    assert lists(client, writer) == {
        "handed-in": [("Sent back?", "changes asked for: “Shorter?”"), ("Reviewed?", "in review")],
        "comments": [("Mine?", "editor: “Why?”")],
        "drafts": [("Mine?", "draft")],
    }
    assert lists(client, editor) == {
        "overdue": [("Late?", "should be published"), ("Never approved?", "its time passed, and nobody approved it")],
        "review": [("Reviewed?", "")],
        "comments": [("Reviewed?", "writer: “Because.”")],
        "drafts": [("The editor's?", "draft")],
        "scheduled": [("Expiring?", "expires"), ("Soon?", "goes live")],
        "past-review": [("Old?", "review due")],
        "without-topic": [("Unfiled?", "published")],
        "vain": [("celery & beat", "3 times")],
    }


def test_each_line_opens_the_right_place_in_the_editors_time_zone(client, editor):
    from wagtail.users.models import UserProfile

    UserProfile.objects.update_or_create(user=editor, defaults={"current_time_zone": "Asia/Tokyo"})
    question = make_question("Soon?", topics=[TopicFactory()], go_live_at=NOON + timedelta(days=1, hours=6))
    VainSearch.objects.create(words="celery & beat", times=3, last_on=date(2026, 5, 3))
    client.force_login(editor)
    text = " ".join(client.get("/admin/").content.decode().split())
    assert f'<a href="/admin/pages/{question.pk}/edit/">Soon?</a>' in text
    assert "goes live, May 6, 2026, 3 a.m." in text
    assert "Times are in Asia/Tokyo." in text
    assert '<a href="/admin/reports/vain-searches/?q=celery+%26+beat">celery &amp; beat</a>' in text
    assert client.get("/admin/reports/vain-searches/?q=celery+%26+beat").status_code == 200


def test_an_empty_desk_says_so(client, writer):
    client.force_login(writer)
    assert "Nothing waits for you." in client.get("/admin/").content.decode()


def test_changes_of_a_published_question_wait_for_whoever_made_them(client, writer, editor):
    question = make_question("Before?", topics=[TopicFactory()])
    changed = QuestionPage.objects.get(pk=question.pk)
    changed.title = "After?"
    changed.save_revision(user=writer)
    assert lists(client, writer) == {"drafts": [("After?", "changes of a published question")]}
    assert lists(client, editor) == {}


@pytest.mark.same_on_every_database
def test_the_front_page_asks_the_same_of_the_database_however_much_waits(client, writer, editor):
    def counts():
        found = []
        for user in (writer, editor):
            client.force_login(user)
            client.get("/admin/")
            with CaptureQueriesContext(connection) as queries:
                text = client.get("/admin/").content.decode()
            found.append(len(queries))
        return found, text

    everything(writer, editor)
    small, _text = counts()
    for number in (2, 3):
        everything(writer, editor, f" {number}")
    large, text = counts()
    assert large == small
    assert max(large) <= 60  # two of them for what only the tests can schedule
    assert "(3)" in text
