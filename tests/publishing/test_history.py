"""What ``purge_history`` may remove, and the repair of live pages without live revision."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from wagtail.models import GroupApprovalTask, Page, PageLogEntry, Revision

from qa.publishing.history import check_live_revisions, without_live_revision
from tests.factories import fresh, make_question

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def save_draft(question, summary, **named):
    draft = fresh(question).get_latest_revision_as_object()
    draft.summary = summary
    return draft.save_revision(log_action=True, **named)


def purge(days=90):
    output = StringIO()
    call_command("purge_history", "--keep-days", str(days), stdout=output)
    return output.getvalue()


def test_only_what_nobody_needs_goes(clock, editor, writer):
    live, scheduled, reviewed = (make_question(title) for title in ("Live?", "Scheduled?", "In review?"))
    old, kept = [], [question.live_revision_id for question in (live, scheduled, reviewed)]
    for question in (live, scheduled, reviewed):
        clock.shift(timedelta(minutes=1))
        old.append(save_draft(question, "Old.").pk)
        clock.shift(timedelta(minutes=1))
        save_draft(question, "Later.")
    update = fresh(scheduled).get_latest_revision_as_object()
    update.go_live_at = START + timedelta(days=500)
    due = update.save_revision()
    due.publish()
    fresh(reviewed).get_workflow().start(fresh(reviewed), writer)
    submitted = fresh(reviewed).current_workflow_task_state.revision_id
    assert GroupApprovalTask.objects.exists()
    for question in (live, scheduled, reviewed):
        clock.shift(timedelta(minutes=1))
        kept.append(save_draft(question, "Latest.").pk)
    clock.shift(timedelta(days=100))

    assert purge(200).startswith("Removed 0 revisions")
    purge()
    left = set(Revision.objects.values_list("pk", flat=True))
    assert left >= {*kept, due.pk, submitted}
    assert not left & set(old)
    for question in (live, scheduled, reviewed):
        assert fresh(question).live_revision is not None
        assert fresh(question).get_latest_revision_as_object().summary == "Latest."
    assert purge().startswith("Removed 0 revisions and 0 log rows")


def test_autosaves_of_one_revision_leave_one_line(clock, writer):
    question = make_question(publish=False)
    revision = save_draft(question, "First.", user=writer)
    for number in range(5):
        save_draft(question, f"{number}.", user=writer, overwrite_revision=revision)
    rows = PageLogEntry.objects.filter(page=question.pk, action="wagtail.edit", revision=revision)
    last = rows.latest("pk").pk
    assert rows.count() == 6
    purge()
    assert rows.count() == 6, "they are young"
    clock.shift(timedelta(days=91))
    purge()
    assert list(rows.values_list("pk", flat=True)) == [last]


@pytest.mark.parametrize("days", ["-1", "99999999999"])
def test_a_number_of_days_that_is_none_is_refused(days):
    with pytest.raises(CommandError, match="between 0 and"):
        call_command("purge_history", f"--keep-days={days}")


def test_the_repair_gives_live_pages_a_live_revision_and_leaves_drafts_alone(clock):
    plain, drafted = make_question("Plain?", summary="Read."), make_question("With a draft?", summary="Read.")
    draft = save_draft(drafted, "Draft.")
    Page.objects.filter(pk__in=[plain.pk, drafted.pk]).update(live_revision=None)
    (warning,) = check_live_revisions(databases=["default"])
    assert warning.msg.startswith("2 live pages without live revision")

    call_command("repair_live_revisions", stdout=StringIO())
    assert not without_live_revision().exists()
    assert check_live_revisions(databases=["default"]) == []
    for question in (plain, drafted):
        assert fresh(question).live_revision.content["summary"] == "Read."
    assert fresh(drafted).latest_revision_id == draft.pk
    assert draft.is_latest_revision()
    assert fresh(drafted).get_latest_revision_as_object().summary == "Draft."
    assert fresh(drafted).summary == "Read."
