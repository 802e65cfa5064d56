"""What the clock does: ``qa.scheduling.due`` through the command that operators run."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from wagtail.models import PageLogEntry
from wagtail.signals import page_published

from qa.scheduling.publisher import publish_due
from tests.factories import make_question
from tests.moments import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    """The time: an hour before noon, until it is moved."""
    with time_machine.travel(NOON - timedelta(hours=1), tick=False) as traveller:
        yield traveller


def run_once():
    call_command("run_scheduler", "--once")


def make_due(title, **fields):
    """Return a question that is scheduled for noon."""
    question = make_question(title, go_live_at=NOON, **fields)
    assert not question.live
    return question


def test_a_question_goes_live_when_its_time_has_come(client, clock):
    due, later = make_due("Due?"), make_question("Later?", go_live_at=NOON + timedelta(hours=1))
    run_once()
    assert client.get(due.url, headers={"host": "localhost"}).status_code == 404
    clock.move_to(NOON)
    run_once()
    assert client.get(due.url, headers={"host": "localhost"}).status_code == 200
    assert client.get(later.url, headers={"host": "localhost"}).status_code == 404


def test_a_second_run_does_nothing(clock):
    due = make_due("Due?")
    clock.move_to(NOON)
    run_once()
    run_once()
    assert PageLogEntry.objects.filter(page=due.pk, action="wagtail.publish.scheduled").count() == 1


def test_an_expired_question_is_taken_down(client, clock):
    question = make_question(expire_at=NOON)
    assert client.get(question.url, headers={"host": "localhost"}).status_code == 200
    clock.move_to(NOON)
    run_once()
    question.refresh_from_db()
    assert question.expired
    assert client.get(question.url, headers={"host": "localhost"}).status_code == 410


def test_one_failing_question_does_not_stop_the_others_and_stays_due(clock):
    """Stock Wagtail stops at the first error, and the failing page loses its schedule for good."""
    before, poison, after = make_due("Before?"), make_due("Poison?"), make_due("After?")

    def fail(sender, instance, **kwargs):
        if instance.pk == poison.pk:
            raise RuntimeError("the cache is away")

    clock.move_to(NOON)
    page_published.connect(fail)
    try:
        with pytest.raises(CommandError, match="1 failed"):
            run_once()
    finally:
        page_published.disconnect(fail)

    for question in (before, after, poison):
        question.refresh_from_db()
    assert before.live
    assert after.live
    assert not poison.live
    assert poison.scheduled_revision is not None
    clock.shift(timedelta(seconds=2))
    run_once()
    poison.refresh_from_db()
    assert poison.live


def test_a_window_that_has_passed_is_reported_and_never_shown(clock):
    """Stock Wagtail publishes it for a moment and takes it down at the next run."""
    question = make_due("Too late?", expire_at=NOON + timedelta(hours=1))
    clock.move_to(NOON + timedelta(hours=2))
    published = []
    page_published.connect(lambda sender, instance, **kwargs: published.append(instance), weak=False, dispatch_uid="t")
    try:
        outcome = publish_due()
    finally:
        page_published.disconnect(dispatch_uid="t")
    assert outcome.missed == [question.title]
    assert not published
    question.refresh_from_db()
    assert not question.live
