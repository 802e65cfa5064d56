"""What can be scheduled besides pages is kept on time by the same clock: shown with a model that only tests know."""

import threading
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, connections
from wagtail.models import ModelLogEntry, Revision
from wagtail.signals import published

from qa.models import SchedulerHeartbeat, ScheduleTrouble
from qa.publishing.history import check_live_revisions
from qa.scheduling import alarm
from qa.scheduling.due import due_changes, next_moment
from qa.scheduling.health import health
from qa.scheduling.publisher import publish_due
from qa.scheduling.troubles import tidy
from site_config.settings import base
from tests.factories import make_question
from tests.moments import NOON
from tests.notices.models import LoudNotice, Notice

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON - timedelta(hours=1), tick=False) as traveller:
        yield traveller


def make_notice(text, model=Notice, **fields):
    """Return a notice as the desk makes it: a draft, its revision and its publication, scheduled by its fields."""
    notice = model.objects.create(text=text, live=False, **fields)
    notice.save_revision().publish()
    notice.refresh_from_db()
    return notice


def shown():
    return set(Notice.objects.filter(live=True).values_list("text", flat=True))


def log_of(notice):
    return list(ModelLogEntry.objects.for_instance(notice).order_by("pk").values_list("action", flat=True))


def break_revision(notice):
    revision = Revision.objects.for_instance(notice).get()
    revision.content["weight"] = "no number"
    revision.save()


def test_the_site_itself_does_not_know_the_model_of_the_tests():
    assert not [app for app in base.INSTALLED_APPS if app.startswith("tests")]


def test_a_snippet_comes_and_goes_at_its_time(clock):
    notice = make_notice("Hello", go_live_at=NOON, expire_at=LATER)
    publish_due()
    assert shown() == set()
    assert next_moment(NOON - timedelta(hours=1)) == NOON
    clock.move_to(NOON)
    assert publish_due().published == ["Hello"]
    assert shown() == {"Hello"}
    clock.move_to(LATER)
    assert publish_due().expired == ["Hello"]
    notice.refresh_from_db()
    assert (notice.live, notice.expired) == (False, True)
    assert log_of(notice)[-2:] == ["wagtail.publish.scheduled", "wagtail.unpublish.scheduled"]
    assert publish_due().complaint == ""
    assert next_moment(LATER) is None


def test_an_update_of_a_live_snippet_replaces_it_at_its_time(clock):
    notice = make_notice("Before")
    notice.text, notice.go_live_at = "After", NOON
    notice.save_revision().publish()
    assert shown() == {"Before"}
    clock.move_to(NOON)
    publish_due()
    assert shown() == {"After"}


def test_a_window_that_has_passed_is_reported_once_and_not_shown(clock, client, editor):
    make_notice("Too late", go_live_at=NOON, expire_at=LATER)
    clock.move_to(LATER)
    assert publish_due().missed == ["Too late"]
    assert shown() == set()
    tidy(LATER)
    assert ScheduleTrouble.objects.get().title == "Too late"
    client.force_login(editor)
    assert "Too late" in client.get("/admin/").content.decode()


def test_two_names_of_one_table_are_one_change(clock):
    make_notice("Loud", model=LoudNotice, go_live_at=NOON, expire_at=LATER)
    clock.move_to(NOON)
    assert publish_due().published == ["Loud"]
    clock.move_to(LATER)
    assert len(due_changes(LATER)) == 1
    assert publish_due().expired == ["Loud"]


@pytest.mark.parametrize("poison", ["its revision", "what follows", "its name"])
def test_a_snippet_that_fails_does_not_keep_a_page_from_its_time_and_is_tried_again(
    clock, caplog, monkeypatch, mailoutbox, administrator, poison
):
    question = make_question("Due?", go_live_at=NOON)
    bad = make_notice("Bad", **({"expire_at": NOON} if poison == "its name" else {"go_live_at": NOON}))

    def fail(*args, **kwargs):
        raise RuntimeError("no such thing")

    clock.move_to(NOON + timedelta(seconds=1))
    if poison == "its revision":
        break_revision(bad)
    elif poison == "what follows":
        published.connect(fail, sender=Notice, dispatch_uid="test")
    else:
        monkeypatch.setattr(Notice, "__str__", fail)
    try:
        outcome = publish_due()
        assert outcome.published == ["Due?"]
        question.refresh_from_db()
        assert question.live
        title = f"notice {bad.pk}" if poison == "its name" else "Bad"
        assert outcome.failed == [title]
        assert f"The scheduled change of “{title}” failed" in caplog.text
        trouble = ScheduleTrouble.objects.get()
        assert (trouble.model, trouble.object_id) == ("notices.notice", str(bad.pk))

        moment = NOON + timedelta(minutes=10)
        clock.move_to(moment)
        SchedulerHeartbeat.beat(moment)
        assert health(moment).overdue == 1
        tidy(moment)
        alarm.tell_administrators(moment).join()
        assert title in mailoutbox[0].body
    finally:
        published.disconnect(sender=Notice, dispatch_uid="test")
    monkeypatch.undo()
    Revision.objects.for_instance(bad).update(content=bad.serializable_data())
    publish_due()
    assert shown() == (set() if poison == "its name" else {"Bad"})
    tidy(moment)
    assert not ScheduleTrouble.objects.exists()


@pytest.mark.parametrize("how", ["deleted", "gone", "no key of the model", "its app is gone"])
def test_the_schedule_of_a_snippet_that_is_gone_is_dropped_with_one_line(clock, caplog, how):
    notice = make_notice("Gone", go_live_at=NOON)
    revisions = Revision.objects.for_instance(notice)
    ids = list(revisions.values_list("pk", flat=True))
    if how == "deleted":
        notice.delete()
    elif how == "gone":
        Notice.objects.filter(pk=notice.pk)._raw_delete("default")
    elif how == "no key of the model":
        revisions.update(object_id="a4f2")
    else:
        kind = revisions.get().base_content_type
        kind.pk, kind.app_label = None, "taken_out"
        kind.save()
        revisions.update(base_content_type=kind)
    clock.move_to(NOON)
    question = make_question("Due?", go_live_at=NOON + timedelta(seconds=1))
    clock.move_to(NOON + timedelta(seconds=1))
    outcome = publish_due()
    assert (outcome.published, outcome.complaint) == (["Due?"], "")
    question.refresh_from_db()
    assert question.live
    lines = [line for line in caplog.messages if line == "“Gone” is gone; its schedule is dropped."]
    assert len(lines) == (0 if how == "deleted" else 1)
    assert not Revision.objects.filter(pk__in=ids, approved_go_live_at__isnull=False).exists()
    assert next_moment(LATER) is None


def test_trouble_with_a_model_that_is_taken_out_does_not_stop_the_scheduler(clock):
    ScheduleTrouble.objects.create(
        subject="publish taken.out 1 revision 1", model="taken.out", object_id="1", title="Out", due_at=NOON, since=NOON
    )
    tidy(LATER)
    assert not ScheduleTrouble.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_publish_each_snippet_once():
    moment = datetime.now(tz=UTC) - timedelta(seconds=1)
    notices = [make_notice(f"Notice {number}", go_live_at=moment + timedelta(days=1)) for number in range(12)]
    for revision in Revision.objects.filter(approved_go_live_at__isnull=False):
        revision.content["go_live_at"] = moment.isoformat()
        revision.approved_go_live_at = moment
        revision.save()
    start = threading.Barrier(3)
    errors = []

    def run():
        try:
            start.wait(30)
            while due_changes(datetime.now(tz=UTC)):
                publish_due()
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)
        finally:
            connections.close_all()

    runs = [threading.Thread(target=run) for _number in range(3)]
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join(60)
    assert not errors
    assert [log_of(notice).count("wagtail.publish.scheduled") for notice in notices] == [1] * 12, connection.vendor
    assert len(shown()) == 12


def test_a_live_snippet_without_live_revision_is_named_and_repaired(clock):
    notice = Notice.objects.create(text="Old")
    (warning,) = check_live_revisions(databases=["default"])
    assert warning.msg.startswith("1 live notice without live revision")
    call_command("repair_live_revisions", stdout=StringIO())
    assert check_live_revisions(databases=["default"]) == []
    notice.refresh_from_db()
    notice.text, notice.go_live_at = "New", NOON
    notice.save_revision().publish()
    assert shown() == {"Old"}, "it stays until its time has come"
    call_command("purge_history", "--keep-days", "0", stdout=StringIO())
    clock.move_to(NOON)
    publish_due()
    assert shown() == {"New"}
