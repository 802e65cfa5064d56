"""The desk's calendar: what stands on it, moving what is scheduled, and the feed for calendar programs."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from wagtail.models import PageLogEntry, Revision
from wagtail.users.models import UserProfile

from qa.models import CalendarAddress, QuestionPage
from qa.scheduling.publisher import publish_due
from tests.factories import fresh, make_question
from tests.moments import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def use_zone(user, zone):
    UserProfile.objects.update_or_create(user=user, defaults={"current_time_zone": zone})


def shown(client, address="/admin/calendar/"):
    """Return what stands on which day: ``{"2026-05-04": ["published Now?"]}``."""
    response = client.get(address)
    assert response.status_code == 200
    return {
        day.date.isoformat(): [f"{entry.kind} {entry.title}" for entry in day.entries]
        for week in response.context["weeks"]
        for day in week.days
        if day.entries
    }


def everything(tag=""):
    make_question(f"Now?{tag}")
    make_question(f"Due?{tag}", go_live_at=NOON + timedelta(days=3, hours=11, minutes=30))
    make_question(f"Over?{tag}", expire_at=NOON + timedelta(days=4))
    make_question(f"Planned?{tag}", publish=False, planned_for=date(2026, 5, 9))
    changed = fresh(make_question(f"Live?{tag}", planned_for=date(2026, 5, 2)))
    changed.planned_for = date(2026, 5, 20)
    changed.save_revision()


def test_each_question_stands_on_its_day_in_the_editors_time_zone(client, editor):
    everything()
    client.force_login(editor)
    month = {
        "2026-05-04": ["published Now?", "published Over?", "published Live?"],
        "2026-05-07": ["scheduled Due?"],
        "2026-05-08": ["expiring Over?"],
        "2026-05-09": ["planned Planned?"],
        "2026-05-20": ["planned Live?"],
    }
    assert shown(client) == shown(client, "/admin/calendar/2026-5/") == month
    assert shown(client, "/admin/calendar/2026-7/") == {}
    week = {day: titles for day, titles in month.items() if day < "2026-05-10"}
    # Weeks begin on Sunday in English.
    assert shown(client, "/admin/calendar/week/2026-5-6/") == week
    use_zone(editor, "Asia/Tokyo")
    assert shown(client)["2026-05-08"] == ["scheduled Due?", "expiring Over?"]
    text = client.get("/admin/calendar/").content.decode()
    assert "Times are in Asia/Tokyo (now: May 4, 2026, 9 p.m.)" in text
    assert text.count('aria-current="date"') == 1
    assert text.count("calendar__week--empty") == 4, "empty weeks are visible"


def test_the_days_of_a_month_have_room_for_six_and_lead_to_the_week(client, editor):
    for _number in range(8):
        make_question()
    client.force_login(editor)
    text = client.get("/admin/calendar/").content.decode()
    assert "and 2 more" in text
    assert len(shown(client, "/admin/calendar/week/2026-5-4/")["2026-05-04"]) == 8


@pytest.mark.parametrize(
    "address", ["2026-13/", "0-1/", "99999999999999999999-1/", "week/2026-2-30/", "2999-1/", "move/999999/"]
)
def test_an_address_of_no_day_is_not_found(client, editor, address):
    client.force_login(editor)
    assert client.get(f"/admin/calendar/{address}").status_code == 404


def test_the_calendar_asks_the_same_of_the_database_however_much_it_shows(client, editor):
    client.force_login(editor)

    def count():
        client.get("/admin/calendar/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/calendar/")
        return len(queries)

    everything()
    small = count()
    for number in range(8):
        everything(f" {number}")
    assert count() == small
    assert small <= 30


# Moving


def move(client, question, day, time="09:00"):
    return client.post(f"/admin/calendar/move/{question.pk}/", {"day": day, "time": time})


def test_a_scheduled_question_moves_with_a_new_revision_and_a_line_in_its_history(client, editor):
    use_zone(editor, "Europe/London")
    question = make_question("Due?", go_live_at=NOON + timedelta(days=1))
    before = question.scheduled_revision
    client.force_login(editor)
    page = client.get(f"/admin/calendar/move/{question.pk}/").content.decode()
    assert 'value="2026-05-05"' in page
    assert 'value="13:00"' in page
    response = move(client, question, "2026-05-10")
    assert response.status_code == 302
    assert response["Location"] == "/admin/calendar/2026-5/"
    moved = fresh(question)
    due = datetime(2026, 5, 10, 8, tzinfo=UTC)
    assert moved.scheduled_revision.approved_go_live_at == due
    assert moved.go_live_at == due
    assert moved.scheduled_revision != before
    assert moved.scheduled_revision == moved.latest_revision
    assert Revision.objects.filter(pk=before.pk, approved_go_live_at=None).exists()
    entry = PageLogEntry.objects.get(page=question.pk, action="qa.move_on_schedule")
    assert entry.user == editor
    assert PageLogEntry.objects.filter(page=question.pk, action="wagtail.publish.schedule", user=editor).exists()
    history = client.get(f"/admin/pages/{question.pk}/history/").content.decode()
    london = "(Europe/London)"
    assert f"Moved on the schedule from May 5, 2026, 1 p.m. {london} to May 10, 2026, 9 a.m. {london}" in history
    with time_machine.travel(due, tick=False):
        assert publish_due().published == ["Due?"]


def test_moving_an_update_leaves_the_published_question_online(client, editor):
    question = make_question("Live?")
    draft = fresh(question)
    draft.title, draft.go_live_at = "Better?", NOON + timedelta(days=1)
    draft.save_revision().publish()
    client.force_login(editor)
    assert move(client, question, "2026-05-10").status_code == 302
    assert (fresh(question).live, fresh(question).title) == (True, "Live?")
    assert fresh(question).scheduled_revision.object_str == "Better?"


@pytest.mark.parametrize(
    ("day", "time", "sentence"),
    [
        ("2026-05-04", "11:59", "That moment has passed."),
        ("2026-06-30", "09:00", "It expires before that"),
        ("2026-10-25", "01:30", "comes twice on October 25, 2026 in Europe/London"),
        ("2027-03-28", "01:30", "There is no 1:30 a.m. on March 28, 2027 in Europe/London"),
        ("0001-01-01", "00:00", "Choose a year between"),
        ("9999-12-31", "23:59", "Choose a year between"),
        ("\0", "x" * 10_000, "Enter a valid date."),
        ("", "", "This field is required."),
    ],
)
def test_a_wrong_time_is_said_and_nothing_moves(client, editor, day, time, sentence):
    use_zone(editor, "Europe/London")
    question = make_question(go_live_at=NOON + timedelta(days=1), expire_at=datetime(2026, 6, 1, tzinfo=UTC))
    client.force_login(editor)
    response = move(client, question, day, time)
    assert response.status_code == 200
    assert sentence in response.content.decode().replace("&#x27;", "'")
    assert fresh(question).scheduled_revision == question.scheduled_revision


def test_only_who_may_publish_moves_and_a_lock_holds(client, writer, editor, administrator):
    question = make_question("Due?", go_live_at=NOON + timedelta(days=1))
    client.force_login(writer)
    assert "calendar/move" not in client.get("/admin/calendar/").content.decode()
    assert "Due?" in client.get("/admin/calendar/").content.decode()
    move(client, question, "2026-05-10")
    client.force_login(editor)
    assert f'data-move="/admin/calendar/move/{question.pk}/"' in client.get("/admin/calendar/").content.decode()
    QuestionPage.objects.filter(pk=question.pk).update(locked=True, locked_by=administrator, locked_at=NOON)
    move(client, question, "2026-05-10")
    assert fresh(question).scheduled_revision == question.scheduled_revision


def test_what_is_no_longer_scheduled_or_has_a_newer_draft_is_not_moved(client, editor):
    question = make_question("Live already?")
    client.force_login(editor)
    response = client.post(f"/admin/calendar/move/{question.pk}/", {"day": "2026-05-10", "time": "9:00"}, follow=True)
    assert "is no longer scheduled" in response.content.decode()
    question = make_question("Due?", go_live_at=NOON + timedelta(days=1))
    fresh(question).save_revision()
    response = client.get(f"/admin/calendar/move/{question.pk}/", follow=True)
    assert "There is a draft newer than the scheduled version" in response.content.decode()


# The feed


def subscribe(client):
    response = client.post("/admin/calendar/subscribe/", {"action": "make"})
    return response.context["address"].replace("http://127.0.0.1:8000", "")


def fetch(client, address):
    client.logout()
    return client.get(address, headers={"host": "localhost"})


def test_a_calendar_program_fetches_the_plan_without_signing_in(client, editor):
    long = "Is it “yes”, or no; and why \\ does it take, more or less, so very many words to ask for so little?" * 2
    question = make_question(long, go_live_at=NOON + timedelta(days=1))
    planned = make_question("Planned?", publish=False, planned_for=date(2026, 5, 9))
    client.force_login(editor)
    response = fetch(client, subscribe(client))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert max(map(len, response.content.split(b"\r\n"))) <= 75, "RFC 5545, 3.1"
    events = {str(event["UID"]).split("@")[0]: event for event in Calendar.from_ical(response.content).walk("VEVENT")}
    due = events[f"scheduled-{question.pk}"]
    assert str(due["SUMMARY"]) == f"Goes live: {long}"
    assert due.decoded("DTSTART") == NOON + timedelta(days=1)
    assert str(due["URL"]).endswith(f"/admin/pages/{question.pk}/edit/")
    assert events[f"planned-{planned.pk}"].decoded("DTSTART") == date(2026, 5, 9)


def test_an_address_ends_with_a_new_one_with_its_revocation_and_with_the_account(client, editor):
    client.force_login(editor)
    first = subscribe(client)
    second = subscribe(client)
    assert fetch(client, first).status_code == 404
    assert fetch(client, second).status_code == 200
    assert first.split("/")[-1].removesuffix(".ics") not in str(list(CalendarAddress.objects.values()))
    client.force_login(editor)
    assert second not in client.get("/admin/calendar/subscribe/").content.decode(), "shown only once"
    client.post("/admin/calendar/subscribe/", {"action": "revoke"})
    assert fetch(client, second).status_code == 404
    client.force_login(editor)
    third = subscribe(client)
    editor.groups.clear()
    assert fetch(client, third).status_code == 404
    assert fetch(client, "/calendar/%00%ff.ics").status_code == 404


def by_themselves(client, editor):
    passwords = {"password-old_password": "a password"} | dict.fromkeys(
        ("password-new_password1", "password-new_password2"), "another, longer password"
    )
    names = {"name_email-first_name": "E", "name_email-last_name": "E", "name_email-email": editor.email}
    theme = {"theme-theme": "system", "theme-contrast": "system", "theme-density": "default"}
    assert client.post("/admin/account/", passwords | names | theme).status_code == 302


def by_an_administrator(client, editor):
    editor.set_password("another, longer password")
    editor.save()


@pytest.mark.parametrize("change", [by_themselves, by_an_administrator])
def test_an_address_ends_with_the_password(client, editor, change):
    client.force_login(editor)
    assert "revokes the private address" in client.get("/admin/account/").content.decode()
    address = subscribe(client)
    assert fetch(client, address).status_code == 200
    client.force_login(editor)
    change(client, editor)
    assert fresh(editor).check_password("another, longer password")
    assert fetch(client, address).status_code == 404


def test_an_address_outlives_a_stronger_hash_of_the_same_password(client, editor, settings):
    client.force_login(editor)
    address = subscribe(client)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", *settings.PASSWORD_HASHERS]
    assert client.login(username="editor", password="a password")
    assert fresh(editor).password.startswith("scrypt")
    assert fetch(client, address).status_code == 200


def test_a_draft_that_is_planned_stays_a_draft_and_the_form_keeps_the_day(client, editor):
    question = make_question("Planned?", publish=False, planned_for=date(2026, 5, 4))
    assert publish_due().published == []
    assert not fresh(question).live
    client.force_login(editor)
    assert 'name="planned_for" value="2026-05-04"' in client.get(f"/admin/pages/{question.pk}/edit/").content.decode()


def test_whoever_may_add_a_question_begins_one_on_a_day_to_come(client, editor, column):
    client.force_login(editor)
    page = client.get("/admin/calendar/").content.decode()
    today = NOON.date()
    for day, offered in ((today, True), (today + timedelta(days=1), True), (today - timedelta(days=1), False)):
        address = f"/admin/pages/add/qa/questionpage/{column.pk}/?planned_for={day.isoformat()}"
        assert (address in page) == offered
