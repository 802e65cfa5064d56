"""The schedule of questions to which something else happens meanwhile, and the nights on which clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.models import Page, PageLogEntry, PageViewRestriction, Revision
from wagtail.users.models import UserProfile

from qa.models import QuestionPage, SearchEntry
from qa.publishing.draft_models import models_with_drafts
from qa.scheduling.due import next_moment
from qa.scheduling.publisher import publish_due
from tests.factories import fresh, make_question
from tests.moments import NOON
from tests.question_form import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOON - timedelta(hours=1), tick=False) as traveller:
        yield traveller


def visible():
    """What readers see, and the search entries say the same."""
    titles = set(QuestionPage.objects.published().values_list("title", flat=True))
    found = SearchEntry.objects.values_list("page__title", flat=True)
    assert set(found) == titles
    return titles


def schedule(question, moment, **fields):
    """Schedule a new version, as the desk does."""
    draft = fresh(question).get_latest_revision_as_object()
    draft.go_live_at = moment
    for name, value in fields.items():
        setattr(draft, name, value)
    revision = draft.save_revision()
    revision.publish()
    return revision


def test_nothing_of_ours_but_pages_can_be_scheduled():
    """What every other model can rely on, ``test_scheduled_snippets.py`` shows with one that only tests know."""
    assert [model for model in models_with_drafts() if not model.__module__.startswith("tests.")] == [Page]


def test_of_two_scheduled_versions_each_goes_live_at_its_time_and_the_later_one_stays(clock):
    question = make_question("Before?")
    first = schedule(question, NOON, title="First?")
    schedule(question, NOON + timedelta(hours=1), title="Second?")
    # The desk keeps one schedule a page; older data or another program may hold two.
    Revision.objects.filter(pk=first.pk).update(approved_go_live_at=NOON)
    clock.move_to(NOON)
    publish_due()
    assert visible() == {"First?"}
    clock.move_to(NOON + timedelta(hours=1))
    publish_due()
    assert visible() == {"Second?"}


def test_after_a_long_pause_the_latest_of_two_versions_is_what_readers_see(clock):
    question = make_question("Before?")
    first = schedule(question, NOON, title="First?")
    schedule(question, NOON + timedelta(hours=1), title="Second?")
    Revision.objects.filter(pk=first.pk).update(approved_go_live_at=NOON)
    clock.move_to(NOON + timedelta(days=1))
    assert len(publish_due().published) == 2
    assert visible() == {"Second?"}
    assert next_moment(NOON + timedelta(days=1)) is None


def test_a_question_that_expires_keeps_the_time_at_which_its_next_version_appears(clock):
    """Wagtail's unpublishing drops every schedule of the page, whoever unpublishes."""
    question = make_question("Summer hours?", expire_at=NOON)
    schedule(question, NOON + timedelta(hours=1), expire_at=None)
    clock.move_to(NOON)
    publish_due()
    assert visible() == set()
    clock.move_to(NOON + timedelta(hours=1))
    publish_due()
    assert visible() == {"Summer hours?"}


def test_an_update_that_was_due_before_the_expiry_lifts_it_even_after_a_long_pause(clock):
    question = make_question("Extended?", expire_at=NOON + timedelta(hours=1))
    schedule(question, NOON, expire_at=None)
    clock.move_to(NOON + timedelta(hours=2))
    publish_due()
    assert visible() == {"Extended?"}


def test_what_an_editor_unpublishes_by_hand_does_not_come_back(clock):
    question = make_question("Taken back?")
    schedule(question, NOON)
    fresh(question).unpublish()
    clock.move_to(NOON)
    publish_due()
    assert visible() == set()


def test_a_question_in_review_goes_live_when_it_was_approved_and_its_time_has_come(clock, editor, writer):
    question = make_question("Reviewed?", publish=False)
    draft = fresh(question)
    draft.go_live_at = NOON
    draft.save_revision()
    state = question.get_workflow().start(fresh(question), writer)
    clock.move_to(NOON + timedelta(minutes=1))
    publish_due()
    assert visible() == set(), "nobody has approved it"
    clock.move_to(NOON - timedelta(minutes=1))
    state.current_task_state.approve(user=editor)
    assert fresh(question).scheduled_revision is not None
    assert visible() == set()
    clock.move_to(NOON)
    publish_due()
    assert visible() == {"Reviewed?"}
    assert not fresh(question).workflow_in_progress


def test_an_alias_comes_and_goes_with_its_original(clock, column):
    question = make_question("Original?", go_live_at=NOON, expire_at=NOON + timedelta(hours=1))
    alias = CreatePageAliasAction(question, parent=column, update_slug="alias").execute(skip_permission_checks=True)
    clock.move_to(NOON)
    publish_due()
    assert (fresh(question).live, fresh(alias).live) == (True, True)
    clock.move_to(NOON + timedelta(hours=1))
    publish_due()
    assert (fresh(question).live, fresh(alias).live) == (False, False)
    assert publish_due().complaint == ""


@pytest.mark.parametrize("how", ["deleted", "moved", "private", "below a private page", "below an unpublished page"])
def test_what_happens_to_a_scheduled_question_is_what_its_publication_finds(clock, column, client, how):
    question = make_question("Due?", go_live_at=NOON)
    if how == "deleted":
        question.delete()
    elif how == "moved":
        Page.objects.filter(pk=column.pk).update(slug="elsewhere")
        column.refresh_from_db()
        column.save()
    elif how == "private":
        PageViewRestriction.objects.create(page=question, restriction_type=PageViewRestriction.LOGIN)
    elif how == "below a private page":
        PageViewRestriction.objects.create(page=column, restriction_type=PageViewRestriction.LOGIN)
    else:
        column.unpublish()
    clock.move_to(NOON)
    outcome = publish_due()
    assert outcome.complaint == ""
    assert outcome.published == ([] if how == "deleted" else ["Due?"])
    # Wagtail shows a live page below one that is not: whoever unpublishes an index decides about the pages below it.
    seen = {"moved", "below an unpublished page"}
    assert visible() == ({"Due?"} if how in seen else set())
    assert next_moment(NOON) is None


@pytest.mark.parametrize("key", ["99999999", "9" * 40, "no-number"])
def test_the_schedule_of_a_row_that_is_gone_is_dropped(clock, caplog, key):
    question = make_question("Gone?", go_live_at=NOON)
    Revision.objects.for_instance(question).update(object_id=key)
    clock.move_to(NOON)
    assert publish_due().complaint == ""
    assert "“Gone?” is gone; its schedule is dropped." in caplog.messages
    assert next_moment(NOON) is None


def test_a_scheduled_page_that_has_become_an_alias_leaves_it_to_its_original(clock, caplog):
    original, question = make_question("Original?"), make_question("Alias?", go_live_at=NOON)
    Page.objects.filter(pk=question.pk).update(alias_of=original.pk)
    clock.move_to(NOON)
    assert publish_due().complaint == ""
    assert "“Alias?” is published with the page that it is an alias of; its schedule is dropped." in caplog.messages
    assert not fresh(question).live
    assert next_moment(NOON) is None


# The nights on which clocks change: (time zone, what the editor types, the moment or None if there is none or two)

NIGHTS = {
    "Europe/London": [
        ("2026-03-29 00:59", "2026-03-29T00:59"),
        ("2026-03-29 01:30", None),
        ("2026-03-29 02:00", "2026-03-29T01:00"),
        ("2026-10-25 01:30", None),
        ("2026-10-25 02:00", "2026-10-25T02:00"),
    ],
    "America/New_York": [
        ("2026-03-08 02:30", None),
        ("2026-03-08 03:00", "2026-03-08T07:00"),
        ("2026-11-01 01:30", None),
        ("2026-11-01 02:00", "2026-11-01T07:00"),
    ],
    "Australia/Lord_Howe": [  # half an hour
        ("2026-04-05 01:45", None),
        ("2026-04-05 02:00", "2026-04-04T15:30"),
        ("2026-10-04 02:15", None),
        ("2026-10-04 02:30", "2026-10-03T15:30"),
    ],
}


@pytest.mark.parametrize("zone", NIGHTS)
def test_an_answer_set_for_the_night_of_a_clock_change_appears_at_that_very_moment(client, administrator, zone):
    """A time that the clocks skip or show twice is refused with a sentence, not guessed."""
    UserProfile.objects.update_or_create(user=administrator, defaults={"current_time_zone": zone})
    client.force_login(administrator)
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False) as clock:
        question = make_question("At night?", publish=False)
        form = client.get(f"/admin/pages/{question.pk}/edit/").content.decode()
        assert f"Times are in <strong>{zone}</strong> (now:" in form
        for typed, moment in NIGHTS[zone]:
            data = form_of(question, []) | {"go_live_at": typed}
            response = client.post(f"/admin/pages/{question.pk}/edit/", data)
            scheduled = Revision.objects.for_instance(question).filter(approved_go_live_at__isnull=False)
            if moment is None:
                assert response.status_code == 200
                assert "interpreted in time zone" in response.content.decode(), typed
                assert not scheduled.exists()
                continue
            due = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            assert response.status_code == 302, typed
            assert [revision.approved_go_live_at for revision in scheduled] == [due]
            clock.move_to(due - timedelta(seconds=1))
            assert publish_due().published == []
            clock.move_to(due)
            assert publish_due().published == ["At night?"]
            fresh(question).unpublish()
    published = PageLogEntry.objects.filter(page=question.pk, action="wagtail.publish.scheduled")
    assert published.count() == sum(moment is not None for _typed, moment in NIGHTS[zone])
