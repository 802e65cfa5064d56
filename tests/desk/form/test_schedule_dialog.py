"""The schedule dialog names its clock and warns; what is scheduled is corrected in one step."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import expect
from wagtail.models import PageLogEntry, Revision
from wagtail.users.models import UserProfile

from qa.models import QuestionPage
from qa.scheduling.publisher import publish_due
from tests.at_the_desk import act
from tests.factories import fresh, make_question
from tests.moments import NOON
from tests.question_form import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def londoner(client, editor):
    UserProfile.objects.update_or_create(user=editor, defaults={"current_time_zone": "Europe/London"})
    client.force_login(editor)
    return editor


def test_the_dialog_names_the_time_zone_and_the_time_there(client, londoner, writer):
    question = make_question(publish=False)
    text = client.get(f"/admin/pages/{question.pk}/edit/").content.decode()
    assert "Times are in <strong>Europe/London</strong>" in text
    assert "May 4, 2026, 1 p.m.</strong>" in text
    assert 'data-schedule-check="/admin/schedule/check/"' in text
    assert "The schedule counts once you choose" in text
    client.force_login(writer)
    text = client.get(f"/admin/pages/{question.pk}/edit/").content.decode()
    assert "Times are in <strong>UTC</strong>" in text
    assert "You propose a schedule" in text


@pytest.mark.same_on_every_database
@pytest.mark.parametrize(
    ("go_live_at", "expire_at", "expected"),
    [
        ("", "", []),
        ("2026-05-04 13:01", "", []),
        ("2026-05-04 12:59", "", ["The time to go live has passed"]),
        ("", "2026-05-04 12:59", ["The time to expire has passed"]),
        ("2026-06-02 10:00", "2026-06-01 10:00", ["It would expire before it goes live"]),
        ("2027-03-28 01:30", "", ["There is no 1:30 a.m. on March 28, 2027 in Europe/London"]),
        ("2026-10-25 01:30", "", ["1:30 a.m. comes twice on October 25, 2026 in Europe/London"]),
        ("0001-01-01 00:00", "9999-12-31 23:59", ["Choose a year between"]),
        ("soon", "\0" * 10_000, []),
        ("2026-13-45 99:99", "2026-05-04T25:00", []),
    ],
)
def test_the_dialog_warns_while_times_are_typed(client, londoner, go_live_at, expire_at, expected):
    answer = client.get("/admin/schedule/check/", {"go_live_at": go_live_at, "expire_at": expire_at}).json()
    assert answer["now"] == "May 4, 2026, 1 p.m."
    assert len(answer["warnings"]) == len(expected)
    for warning, beginning in zip(answer["warnings"], expected, strict=True):
        assert warning.startswith(beginning)


# Correcting what is scheduled


def correct(client, question, **changes):
    draft = fresh(question).get_latest_revision_as_object()
    data = form_of(draft, []) | {
        "loaded_revision_id": str(draft.latest_revision_id),
        "loaded_revision_created_at": draft.latest_revision.created_at.isoformat(),
    }
    return client.post(f"/admin/pages/{question.pk}/correct/", data | changes)


def test_what_is_scheduled_is_corrected_in_one_action_and_keeps_its_slot(client, londoner):
    slot = NOON + timedelta(days=1)
    question = make_question("Tpyo?", go_live_at=slot)
    locked = client.get(f"/admin/pages/{question.pk}/edit/").content.decode()
    assert f'href="/admin/pages/{question.pk}/correct/"' in locked
    form = client.get(f"/admin/pages/{question.pk}/correct/").content.decode()
    assert "Save and keep the schedule" in form
    assert "Saving keeps it scheduled" in form
    assert "w-autosave-interval-value" not in form
    response = correct(client, question, title="Typo?")
    assert response.status_code == 302
    revision = fresh(question).scheduled_revision
    assert (revision.object_str, revision.approved_go_live_at) == ("Typo?", slot)
    assert revision.user == londoner
    assert not fresh(question).live
    assert PageLogEntry.objects.filter(page=question.pk, action="wagtail.publish.schedule", user=londoner).exists()
    with time_machine.travel(slot, tick=False):
        assert publish_due().published == ["Typo?"]


def test_a_correction_may_set_another_time_but_publishes_nothing_at_once(client, londoner):
    question = make_question("Due?", go_live_at=NOON + timedelta(days=1))
    response = correct(client, question, go_live_at="2026-05-04 12:00")
    assert "That moment has passed" in response.content.decode()
    response = correct(client, question, expire_at="2026-05-04 18:00")
    assert "It would expire before it goes live" in response.content.decode()
    assert fresh(question).scheduled_revision == question.scheduled_revision
    correct(client, question, go_live_at="2026-05-08 10:00")
    assert fresh(question).scheduled_revision.approved_go_live_at == datetime(2026, 5, 8, 9, tzinfo=UTC)


def test_a_correction_of_an_update_leaves_the_published_question_as_it_is(client, londoner):
    question = make_question("Live?")
    draft = fresh(question)
    draft.title, draft.go_live_at = "Bteter?", NOON + timedelta(days=1)
    draft.save_revision().publish()
    assert correct(client, question, title="Better?").status_code == 302
    assert (fresh(question).live, fresh(question).title) == (True, "Live?")
    assert fresh(question).scheduled_revision.object_str == "Better?"


def test_a_correction_never_replaces_what_somebody_else_changed_meanwhile(client, londoner):
    question = make_question("Due?", go_live_at=NOON + timedelta(days=1))
    response = correct(client, question, title="Mine?", loaded_revision_id="1")
    assert "Somebody has changed it since you opened it" in response.content.decode()
    assert fresh(question).scheduled_revision.object_str == "Due?"


def test_a_correction_that_the_clock_has_overtaken_is_kept_as_a_draft(client, londoner, clock):
    question = make_question("Tpyo?", go_live_at=NOON + timedelta(minutes=1))
    clock.shift(timedelta(minutes=2))
    publish_due()
    response = correct(client, question, title="Typo?", go_live_at="2026-05-04 13:01")
    assert response.status_code == 302
    kept = fresh(question)
    assert (kept.live, kept.title) == (True, "Tpyo?")  # what readers see
    draft = kept.get_latest_revision_as_object()
    assert (draft.title, draft.go_live_at) == ("Typo?", None)
    said = client.get(response["Location"]).content.decode()
    assert "is no longer scheduled" in said
    assert "kept as a draft" in said


def test_a_correction_whose_schedule_was_cancelled_is_kept_as_a_draft(client, londoner):
    question = make_question("Tpyo?", go_live_at=NOON + timedelta(days=1))
    draft = fresh(question).get_latest_revision_as_object()
    opened = {
        "loaded_revision_id": str(draft.latest_revision_id),
        "loaded_revision_created_at": draft.latest_revision.created_at.isoformat(),
    }
    question.latest_revision.approved_go_live_at = None
    question.latest_revision.save(update_fields=["approved_go_live_at"])
    assert correct(client, question, title="Typo?", **opened).status_code == 302
    assert not fresh(question).live
    assert fresh(question).get_latest_revision_as_object().title == "Typo?"
    draft = fresh(question)
    draft.title = "A colleague's"
    draft.save_revision()
    conflict = correct(client, question, title="Mine, too late?", **opened)
    assert conflict.status_code == 409
    assert "Mine, too late?" in conflict.content.decode()
    assert fresh(question).get_latest_revision_as_object().title == "A colleague's"
    assert Revision.objects.filter(object_str="Mine, too late?").exists()  # set aside


def test_a_correction_of_what_was_locked_meanwhile_stays_in_the_form(client, londoner, administrator):
    question = make_question("Due?", go_live_at=NOON + timedelta(days=1))
    QuestionPage.objects.filter(pk=question.pk).update(locked=True, locked_by=administrator, locked_at=NOON)
    response = correct(client, question, title="Mine?")
    assert response.status_code == 200
    assert "Mine?</textarea>" in response.content.decode()
    assert fresh(question).scheduled_revision.object_str == "Due?"


def test_only_who_may_publish_corrects_and_only_what_is_scheduled(client, londoner, writer, administrator):
    question = make_question("Due?", go_live_at=NOON + timedelta(days=1))
    QuestionPage.objects.filter(pk=question.pk).update(locked=True, locked_by=administrator, locked_at=NOON)
    correct(client, question, title="Changed?")
    QuestionPage.objects.filter(pk=question.pk).update(locked=False)
    client.force_login(writer)
    assert "/correct/" not in client.get(f"/admin/pages/{question.pk}/edit/").content.decode()
    correct(client, question, title="Changed?")
    assert fresh(question).scheduled_revision.object_str == "Due?"
    client.force_login(londoner)
    live = make_question("Live?")
    assert correct(client, live)["Location"] == f"/admin/pages/{live.pk}/edit/"
    assert client.get("/admin/pages/999999/correct/").status_code == 404


def test_nothing_is_saved_by_itself_while_correcting(client, londoner):
    question = make_question("Due?", go_live_at=NOON + timedelta(days=1))
    draft = fresh(question).get_latest_revision_as_object()
    response = client.post(
        f"/admin/pages/{question.pk}/correct/", form_of(draft, []), headers={"Accept": "application/json"}
    )
    assert response.json()["success"] is False
    assert fresh(question).latest_revision == question.latest_revision


# What has expired


@pytest.fixture
def expired(londoner, column, clock):
    question = make_question("Over?", slug="over", expire_at=NOON + timedelta(hours=1))
    clock.shift(timedelta(hours=2))
    publish_due()
    question = fresh(question)
    assert question.expired
    return question


def save(client, question, **fields):
    draft = fresh(question).get_latest_revision_as_object()
    data = form_of(draft, []) | {"expire_at": "2026-05-04 14:00"}
    data.pop("action-publish")
    return client.post(f"/admin/pages/{question.pk}/edit/", data | fields)


def test_what_has_expired_is_saved_as_a_draft_also_by_itself(client, expired):
    assert save(client, expired, title="Over, but better?").status_code == 302
    assert fresh(expired).get_latest_revision_as_object().title == "Over, but better?"
    data = {"title": "By itself?"}
    draft = form_of(fresh(expired).get_latest_revision_as_object(), []) | {"expire_at": "2026-05-04 14:00"} | data
    draft.pop("action-publish")
    response = client.post(f"/admin/pages/{expired.pk}/edit/", draft, headers={"Accept": "application/json"})
    assert response.json()["success"]
    page = client.get(f"/admin/pages/{expired.pk}/edit/").content.decode()
    assert "Expired on May 4, 2026, 2 p.m. (Europe/London)" in page
    assert "Once scheduled" not in page


def test_a_past_expiry_is_asked_about_when_it_is_published(client, expired):
    page = save(client, expired, **{"action-publish": "1"}).content.decode()
    assert "Expiry date/time must be in the future" in page
    assert "The schedule cannot stay as it is" in page
    assert not fresh(expired).live
    assert save(client, expired, expire_at="", **{"action-publish": "1"}).status_code == 302
    assert fresh(expired).live


def test_no_time_at_all_is_a_mistake_in_a_draft_too(client, expired):
    assert "Enter a valid date/time" in save(client, expired, expire_at="soon").content.decode()


@pytest.mark.same_on_every_database
@pytest.mark.browser
def test_the_first_error_is_reached_in_the_dialog(open_window, editor, column):
    with time_machine.travel(datetime.now(UTC), tick=True):
        question = make_question("Over?", publish=False)
        draft = fresh(question)
        draft.expire_at = datetime.now(UTC) - timedelta(days=1)
        draft.save_revision()
        page = open_window(user=editor)
        page.goto(f"/admin/pages/{question.pk}/edit/")
        act(page, "Publish")
        page.get_by_role("button", name="Go to the first error").click()
        expect(page.locator("#schedule-publishing-dialog .error-message").first).to_be_visible()
