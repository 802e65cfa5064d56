"""Nobody is left in the dark: what the site says when a scheduled change is not made on time."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from wagtail.models import Revision

from qa.models import SchedulerHeartbeat, ScheduleTrouble
from qa.publishing.draft_models import models_with_drafts
from qa.scheduling import scheduler as scheduler
from qa.scheduling.due import next_moment
from qa.scheduling.publisher import publish_due
from tests.factories import make_question
from tests.moments import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOON - timedelta(hours=1), tick=False) as traveller:
        yield traveller


def get(client, address):
    return client.get(address, headers={"host": "localhost"})


def make_bad(title="Bad?", **fields):
    """Return a question that is scheduled for noon and cannot be published: its stored version is broken."""
    question = make_question(title, go_live_at=NOON, **fields)
    revisions = Revision.objects.for_instance(question)
    revisions.update(content=revisions.get().content | {"asked_on": "no date"})
    return question


def mend(question):
    revisions = Revision.objects.for_instance(question)
    revisions.update(content=revisions.get().content | {"asked_on": "2026-01-15"})


# Trying again


def test_what_fails_is_tried_again_after_a_growing_pause_that_survives_a_restart(clock):
    question = make_bad()
    clock.move_to(NOON)
    pauses = []
    for _attempt in range(12):
        assert publish_due().failed == ["Bad?"]
        assert publish_due().waiting == ["Bad?"], "not tried before its pause is over"
        trouble = ScheduleTrouble.objects.get()
        pauses.append((trouble.next_try - datetime.now(tz=UTC)).total_seconds())
        assert next_moment(datetime.now(tz=UTC)) == trouble.next_try
        clock.move_to(trouble.next_try)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
    assert "ValidationError" in ScheduleTrouble.objects.get().last_error
    mend(question)
    assert publish_due().published == ["Bad?"]
    assert not ScheduleTrouble.objects.exists()


def test_a_new_time_is_a_new_chance(clock):
    question = make_bad()
    clock.move_to(NOON)
    publish_due()
    mend(question)
    Revision.objects.for_instance(question).update(approved_go_live_at=NOON - timedelta(minutes=1))
    assert publish_due().published == ["Bad?"]


@pytest.mark.parametrize("command", [("publish_scheduled",), ("run_scheduler", "--once")])
def test_the_exit_code_tells_of_failures_until_they_are_over(clock, command):
    question = make_bad()
    call_command(*command)
    clock.move_to(NOON)
    with pytest.raises(CommandError, match="1 failed; see the log"):
        call_command(*command)
    with pytest.raises(CommandError, match="1 failed before"):
        call_command(*command)
    mend(question)
    clock.shift(timedelta(seconds=2))
    call_command(*command)


def test_a_dry_run_only_lists(clock, capsys):
    make_question("Due?", go_live_at=NOON)
    make_question("Over?", expire_at=NOON - timedelta(minutes=1))
    clock.move_to(NOON)
    call_command("publish_scheduled", "--dryrun")
    assert capsys.readouterr().out.splitlines() == [
        "2026-05-04T11:59:00+00:00  take down  Over?",
        "2026-05-04T12:00:00+00:00  publish  Due?",
    ]
    assert SchedulerHeartbeat.last_seen() is None


# Watching from outside


def test_health_is_good_while_the_scheduler_runs_and_nothing_is_late(client, clock):
    assert get(client, "/healthz/").content == b"ok\n"
    assert get(client, "/healthz/scheduler").status_code == 503
    assert get(client, "/healthz/scheduler").json()["status"] == "scheduler is silent"
    call_command("publish_scheduled")
    response = get(client, "/healthz/scheduler")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "last_seen": "2026-05-04T11:00:00+00:00",
        "overdue": 0,
        "late_by_seconds": 0,
        "missed": 0,
    }
    assert response["Cache-Control"] == "no-store"
    clock.shift(timedelta(minutes=2, seconds=1))
    assert get(client, "/healthz/scheduler").status_code == 503
    assert client.post("/healthz/scheduler", headers={"host": "localhost"}).status_code == 405


def test_health_is_bad_when_something_is_late_and_names_no_title(client, clock):
    make_bad()
    clock.move_to(NOON)
    SchedulerHeartbeat.beat(NOON)
    assert get(client, "/healthz/scheduler").status_code == 200
    clock.shift(timedelta(seconds=90))
    SchedulerHeartbeat.beat(NOON + timedelta(seconds=90))
    response = get(client, "/healthz/scheduler")
    assert response.status_code == 503
    assert (response.json()["status"], response.json()["overdue"]) == ("overdue", 1)
    assert response.json()["late_by_seconds"] == 90
    assert "Bad?" not in response.content.decode()
    lines = get(client, "/healthz/metrics").content.decode().splitlines()
    assert "column_schedule_overdue 1" in lines
    assert "column_schedule_late_seconds 90" in lines
    assert f"column_scheduler_last_seen_timestamp_seconds {int(NOON.timestamp()) + 90}" in lines


def test_asking_for_the_health_costs_the_same_however_much_is_scheduled(client, clock, django_assert_num_queries):
    for _number in range(3):
        make_question(go_live_at=NOON)
    get(client, "/healthz/scheduler")
    with django_assert_num_queries(3 + len(list(models_with_drafts()))):
        get(client, "/healthz/scheduler")


# At the desk


def home(client, user):
    client.force_login(user)
    return " ".join(client.get("/admin/").content.decode().split())


def test_the_desk_names_what_comes_next_while_all_is_well(client, clock, editor, writer):
    make_question("Due?", go_live_at=NOON)
    call_command("publish_scheduled")
    assert "Next on schedule: “Due?”, May 4, 2026, noon (UTC)" in home(client, editor)
    assert "Next on schedule" not in home(client, writer)


def test_the_desk_says_what_is_overdue_and_when_the_scheduler_was_seen(client, clock, editor):
    make_question("Due?", go_live_at=NOON)
    make_question("Late, too?", go_live_at=NOON)
    SchedulerHeartbeat.beat(NOON - timedelta(minutes=30))
    clock.move_to(NOON + timedelta(hours=2))
    text = home(client, editor)
    assert "2 overdue, scheduler last seen May 4, 2026, 11:30 a.m. (UTC)" in text
    assert "until an administrator starts the scheduler" in text


def test_the_desk_lists_what_failed_and_what_was_missed_until_somebody_sees_to_it(client, clock, editor):
    bad = make_bad()
    missed = make_question("Missed?", go_live_at=NOON, expire_at=NOON + timedelta(hours=1))
    clock.move_to(NOON + timedelta(hours=2))
    with pytest.raises(CommandError):
        call_command("publish_scheduled")
    text = home(client, editor)
    assert f'<a href="/admin/pages/{bad.pk}/edit/">Bad?</a>' in text
    assert "failed once and is tried again" in text
    assert f'<a href="/admin/pages/{missed.pk}/edit/">Missed?</a>' in text
    assert "it had expired before its time came" in text
    clock.shift(timedelta(minutes=1))
    mend(bad)
    missed.save_revision()
    call_command("publish_scheduled")
    assert "Missed?</a> –" not in home(client, editor)
    assert "Bad?</a> –" not in home(client, editor)


# By mail


@pytest.fixture
def look_after():
    """What the scheduler does at each heartbeat; the mail has been sent when it returns."""
    return lambda: scheduler.look_after(datetime.now(tz=UTC)).join()


def test_administrators_are_written_to_once_when_something_stays_overdue(clock, administrator, look_after):
    make_bad()
    clock.move_to(NOON)
    publish_due()
    look_after()
    assert not mail.outbox, "it may heal by itself"
    clock.shift(timedelta(minutes=6))
    publish_due()
    look_after()
    look_after()
    (letter,) = mail.outbox
    assert letter.to == [administrator.email]
    assert letter.subject == "1 scheduled change was not made"
    assert "- Bad?\n  May 4, 2026, noon (UTC): ValidationError" in letter.body
    assert letter.body.endswith("/admin/")


@pytest.mark.parametrize("entry", [("Ada", "ada@example.org"), "ada@example.org"], ids=["before Django 6", "since"])
def test_a_missed_window_is_told_at_once_and_to_admins_if_there_are_any(
    clock, administrator, settings, look_after, entry
):
    settings.ADMINS = [entry]
    make_question("Missed?", go_live_at=NOON, expire_at=NOON + timedelta(hours=1))
    clock.move_to(NOON + timedelta(hours=2))
    publish_due()
    look_after()
    (letter,) = mail.outbox
    assert letter.to == ["ada@example.org"]
    assert "It is not tried again" in letter.body


def test_a_mail_server_that_is_away_is_asked_again(clock, administrator, look_after, monkeypatch):
    make_question("Missed?", go_live_at=NOON, expire_at=NOON + timedelta(hours=1))
    clock.move_to(NOON + timedelta(hours=2))
    publish_due()

    def fail(*arguments):
        raise OSError("connection refused")

    # Without a thread: the test's transaction is not visible to another connection.
    monkeypatch.setattr("qa.scheduling.alarm.threading.Thread", InPlace)
    monkeypatch.setattr("qa.scheduling.alarm.connection.close", lambda: None)
    with monkeypatch.context() as patch:
        patch.setattr("qa.scheduling.alarm.send_mail", fail)
        look_after()
    assert not mail.outbox
    look_after()
    assert len(mail.outbox) == 1


class InPlace:
    """A thread that does its work at once."""

    def __init__(self, target, args, **named):
        self.start = lambda: target(*args)

    def join(self):
        pass
