"""Confirmation: what is sensitive asks again after half an hour, and nothing that was sent in between is lost."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from qa.desk.sign_in.throttling import LIMITS
from qa.models import CalendarAddress
from tests.factories import make_question
from tests.signing_in import ACCOUNT, PASSWORD, account_form, hidden_fields, is_inside, new_password, try_password

pytestmark = pytest.mark.django_db

ASKS = "Confirm that it is you"
LATER = timedelta(minutes=31)


@pytest.fixture
def late(client, administrator):
    """A session of an administrator who has shown who she is half an hour ago, and the clock."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(administrator)
        clock.shift(LATER)
        yield client


def confirm(client, address, kept, password=PASSWORD):
    return client.post(address, {**kept, "_confirm_password": password})


@pytest.mark.parametrize(
    "address",
    [
        "/admin/users/",
        "/admin/users/new/",
        "/admin/users/edit/{pk}/",
        "/admin/groups/",
        "/admin/groups/new/",
        "/admin/sites/",
        "/admin/calendar/subscribe/",
        ACCOUNT,
        f"{ACCOUNT}add/",
        f"{ACCOUNT}codes/",
        "/admin/bulk/auth/user/delete/?id={pk}",
        "/admin/reports/site-history/?export=csv",
        "/admin/questions/?export=xlsx",
    ],
)
def test_what_is_sensitive_asks_after_half_an_hour_and_goes_on_where_it_was(client, administrator, address):
    address = address.format(pk=administrator.pk)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(administrator)
        clock.shift(timedelta(minutes=29))
        before = client.get(address)
        assert ASKS not in (before.text if not before.streaming else "")
        clock.shift(timedelta(minutes=2))
        page = client.get(address)
        assert ASKS in page.text
        assert "no-store" in page["Cache-Control"]
        assert "script-src 'self'" in page["Content-Security-Policy"]
        wrong = confirm(client, address, hidden_fields(page), "wrong")
        assert "This password is wrong" in wrong.text
        right = confirm(client, address, hidden_fields(wrong))
        assert right["Location"] == address
        after = client.get(address)
        assert after.status_code == before.status_code
        assert ASKS not in (after.text if not after.streaming else "")


@pytest.mark.parametrize("address", ["/admin/", "/admin/questions/", "/admin/account/", "/admin/reports/site-history/"])
def test_nothing_else_asks(late, address):
    assert ASKS not in late.get(address).text


def test_an_account_that_was_filled_in_too_slowly_is_made_all_the_same(late, django_user_model):
    form = {
        "username": "new",
        "email": "new@example.org",
        "first_name": 'An "odd" <name> &amp; more',
        "last_name": "Öl",
        "password1": "  kx83js72ka ",
        "password2": "  kx83js72ka ",
        "is_active": "on",
        "groups": [str(group.pk) for group in Group.objects.order_by("pk")],
    }
    page = late.post("/admin/users/new/", form)
    assert ASKS in page.text
    assert not django_user_model.objects.filter(username="new").exists()
    kept = hidden_fields(page)
    assert kept == {name: value if isinstance(value, list) else [value] for name, value in form.items()}
    wrong = confirm(late, "/admin/users/new/", kept, "wrong")
    assert hidden_fields(wrong) == kept
    assert confirm(late, "/admin/users/new/", kept).status_code == 302
    made = django_user_model.objects.get(username="new")
    assert made.check_password("  kx83js72ka ")
    assert made.first_name == form["first_name"]
    assert set(made.groups.all()) == set(Group.objects.all())


def test_lines_of_a_long_text_stay_what_they_were(late):
    text = "\r\nfirst\r\n\r\n  last </textarea><script>"
    page = late.post("/admin/groups/new/", {"name": text})
    assert hidden_fields(page)["name"] == [text]
    assert "<script>" not in page.text.split(ASKS)[-1]


def test_another_password_or_mail_address_asks_and_another_name_does_not(late, administrator):
    assert late.post("/admin/account/", account_form(administrator)).status_code == 302
    mail = account_form(administrator) | {"name_email-email": "thief@example.org"}
    password = account_form(administrator) | new_password("kx83js72ka")
    for form in (mail, password):
        assert ASKS in late.post("/admin/account/", form).text
    administrator.refresh_from_db()
    assert administrator.email == "admin@example.org"
    assert confirm(late, "/admin/account/", mail).status_code == 302
    administrator.refresh_from_db()
    assert administrator.email == "thief@example.org"


def test_the_calendars_address_is_neither_made_nor_shown(late):
    page = late.post("/admin/calendar/subscribe/", {"action": "make"})
    assert ASKS in page.text
    assert not CalendarAddress.objects.exists()
    made = confirm(late, "/admin/calendar/subscribe/", hidden_fields(page))
    assert ".ics" in made.text


def test_a_script_is_told_and_changes_nothing(late):
    answer = late.get("/admin/users/results/", headers={"x-requested-with": "XMLHttpRequest"})
    assert answer.status_code == 403
    assert "confirm" in answer.json()


def test_guessing_there_is_limited_and_ends_no_session(late, administrator):
    for _time in range(LIMITS[""].here):
        assert confirm(late, "/admin/users/", {"_confirm_read": "1"}, "wrong").status_code == 200
    assert confirm(late, "/admin/users/", {"_confirm_read": "1"}).status_code == 429
    assert is_inside(late)
    assert ASKS in late.get("/admin/users/").text


def test_the_password_of_another_account_confirms_nothing(late, editor):
    editor.set_password("another password")
    editor.save()
    assert "wrong" in confirm(late, "/admin/users/", {"_confirm_read": "1"}, "another password").text


def test_who_confirms_gets_a_new_key_of_the_session(late):
    old = late.cookies["sessionid"].value
    confirm(late, "/admin/users/", {"_confirm_read": "1"})
    assert late.cookies["sessionid"].value != old
    thief = Client()
    thief.cookies["sessionid"] = old
    assert not is_inside(thief)


def test_who_may_not_is_refused_as_before(client, writer):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(writer)
        clock.shift(LATER)
        confirm(client, "/admin/users/", {"_confirm_read": "1"})
        assert client.get("/admin/users/").status_code == 302
    assert Client().get("/admin/users/")["Location"].startswith("/admin/login/")


def test_after_how_long_is_a_setting(client, administrator, settings):
    settings.CONFIRM_AFTER = timedelta(minutes=5)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(administrator)
        clock.shift(timedelta(minutes=6))
        assert ASKS in client.get("/admin/users/").text


def test_a_clock_that_went_back_asks_rather_than_trusts(client, administrator):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(administrator)
        clock.shift(timedelta(hours=-1))
        assert ASKS in client.get("/admin/users/").text


def test_it_speaks_the_language_of_the_account(client, administrator, settings):
    settings.WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    from wagtail.users.models import UserProfile

    profile = UserProfile.get_for_user(administrator)
    profile.preferred_language = "de"
    profile.save()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(administrator)
        clock.shift(LATER)
        assert "Bestätigen" in client.get("/admin/users/").text


def test_a_saved_question_never_asks(late, column):
    question = make_question("A question?")
    assert ASKS not in late.get(f"/admin/pages/{question.pk}/edit/").text
    assert try_password(Client(), "admin").status_code == 302
