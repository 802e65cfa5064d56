"""Sessions: they end when nothing is done, can be seen and ended from elsewhere; a new browser is told of."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qa.desk.sign_in.browser_names import name_of
from qa.models import SignIn
from site_config import env
from tests.factories import make_question
from tests.signing_in import ACCOUNT, LOGIN, account_form, is_inside, new_password, try_password

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML) Version/19 Safari/604.1"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def hour(settings):
    """Sessions end after an hour in which nothing is done."""
    settings.SESSION_COOKIE_AGE = 60 * 60


def sign_in(name="editor", agent=FIREFOX, **form):
    client = Client(headers={"user-agent": agent})
    client.post(LOGIN, {"username": name, "password": "a password", "next": "/admin/", **form})
    return client


@pytest.mark.parametrize("form", [{}, {"remember": "on"}])
def test_a_session_ends_when_nothing_is_done_for_too_long_and_goes_on_else(editor, clock, hour, form):
    client = sign_in(**form)
    for _time in range(5):
        clock.shift(timedelta(minutes=50))
        assert is_inside(client)
    clock.shift(timedelta(minutes=61))
    answer = client.get("/admin/")
    assert answer["Location"] == "/admin/login/?next=/admin/"


def test_a_page_that_is_open_keeps_no_session_alive_by_itself(editor, clock, hour):
    client, question = sign_in(), make_question("A question?")
    form = client.get(f"/admin/pages/{question.pk}/edit/").text
    ping = re.search(r"/admin/editing-sessions/ping/wagtailcore/page/\d+/\d+/", form)[0]
    for _time in range(5):
        clock.shift(timedelta(minutes=11))
        assert client.post(ping).status_code == 200
    clock.shift(timedelta(minutes=11))
    # As Wagtail answers a script whose session is over: its form says so, and keeps the words.
    assert client.post(ping, headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403
    assert not is_inside(client)


def test_while_one_works_a_session_is_written_once_a_minute(editor, clock):
    client = sign_in()
    is_inside(client)

    def writes():
        with CaptureQueriesContext(connection) as queries:
            is_inside(client)
        return len(
            [query for query in queries if "qa_signin" in query["sql"] or 'UPDATE "django_session"' in query["sql"]]
        )

    assert writes() == 0
    clock.shift(timedelta(seconds=61))
    assert writes() == 2
    assert writes() == 0


def test_a_page_of_readers_touches_no_session(editor, column, clock):
    client = sign_in()
    clock.shift(timedelta(minutes=5))
    for address in ("/questions/", "/healthz/"):  # also where the editor's name stands at the edge of the page
        assert not client.get(address).cookies
        assert not Client().get(address).cookies


def test_the_variable_is_read_strictly(monkeypatch):
    monkeypatch.setenv("SECOND_FACTOR", "Publishers")
    assert env.choice("SECOND_FACTOR", ("off", "publishers", "everybody"), "off") == "publishers"
    monkeypatch.setenv("SECOND_FACTOR", "yes")
    with pytest.raises(ImproperlyConfigured, match="SECOND_FACTOR must be one of off, publishers, everybody"):
        env.choice("SECOND_FACTOR", ("off", "publishers", "everybody"), "off")


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://example.org", ("example.org", "https://example.org")),
        ("https://example.org:443/", ("example.org", "https://example.org")),
        ("https://desk.example.org:8443", ("desk.example.org", "https://desk.example.org:8443")),
        ("http://127.0.0.1:8000", ("localhost", "http://localhost:8000")),
        ("http://[::1]:8000", ("localhost", "http://localhost:8000")),
        ("http://localhost", ("localhost", "http://localhost")),
    ],
)
def test_passkeys_are_for_the_configured_address_and_for_a_name_on_ones_own_machine(address, found):
    assert env.passkey_host(address) == found


# Devices


def test_account_shows_where_one_is_signed_in_and_ends_it_there(editor):
    here, phone, third = sign_in(), sign_in(agent=PHONE), sign_in(agent="x")
    page = here.get(ACCOUNT).text
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    assert "this one" in page
    row = SignIn.objects.get(browser=PHONE)
    assert here.post(f"{ACCOUNT}devices/{row.pk}/end/").status_code == 302
    assert not is_inside(phone)
    assert is_inside(here)
    assert is_inside(third)
    here.post(f"{ACCOUNT}devices/end/")
    assert not is_inside(third)
    assert is_inside(here)
    assert Session.objects.count() == 1


def test_nobody_ends_the_sessions_of_somebody_else(editor, writer):
    theirs = sign_in("writer")
    mine = sign_in("editor")
    row = SignIn.objects.get(user=writer)
    mine.post(f"{ACCOUNT}devices/{row.pk}/end/")
    mine.post(f"{ACCOUNT}devices/end/")
    assert is_inside(theirs)
    assert "writer" not in mine.get(ACCOUNT).text


def test_the_last_sign_ins_say_when_with_what_and_what_failed(editor):
    try_password(Client(), "editor", "wrong", REMOTE_ADDR="192.0.2.77")
    page = sign_in().get(ACCOUNT).text
    assert "signed in: password" in page
    assert "1 wrong password" in page
    assert "192.0.2.77" in page
    assert "Times are in UTC" in page


def test_a_session_keeps_its_place_in_the_list_when_its_key_changes(editor):
    here, elsewhere = sign_in(), sign_in(agent=PHONE)
    key = here.cookies["sessionid"].value
    here.post("/admin/account/", account_form(editor))
    assert here.cookies["sessionid"].value != key
    assert "Firefox, Linux" in elsewhere.get(ACCOUNT).text
    elsewhere.post(f"{ACCOUNT}devices/end/")
    assert not is_inside(here)


def test_a_new_password_ends_the_other_sessions_and_not_ones_own(editor):
    here, elsewhere = sign_in(), sign_in(agent=PHONE)
    assert here.post("/admin/account/", account_form(editor) | new_password("kx83js72ka")).status_code == 302
    assert is_inside(here)
    assert not is_inside(elsewhere)
    assert "Safari, iPhone" not in here.get(ACCOUNT).text.partition("Last sign-ins")[0]


def test_what_is_older_than_half_a_year_is_forgotten(editor, clock):
    sign_in()
    clock.shift(timedelta(days=181))
    sign_in()
    assert SignIn.objects.count() == 1


def test_the_list_asks_no_more_however_many_there_are(editor):
    def queries(client):
        with CaptureQueriesContext(connection) as found:
            client.get(ACCOUNT)
        return len(found)

    client = sign_in()
    client.get(ACCOUNT)
    few = queries(client)
    for number in range(10):
        sign_in()
        try_password(Client(), "editor", "wrong", REMOTE_ADDR=f"192.0.2.{number}")
    assert queries(client) == few


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (PHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140 Mobile Safari/537", "Chrome, Android"),
        ("curl/8.0", "curl/8.0"),
        ("", "unknown browser"),
    ],
)
def test_browsers_have_the_names_that_people_know(agent, name):
    assert name_of(agent) == name


# A browser that was never used before


def test_a_new_browser_is_told_of_by_mail_once(editor, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_HOST = "mail.example.org"
    with django_capture_on_commit_callbacks(execute=True):
        client = sign_in()
        client.post("/admin/logout/")
        try_password(client, "editor")
    (message,) = mail.outbox
    assert "New sign-in" in message.subject
    assert "Firefox" in message.body
    assert message.to == [editor.email]


def test_without_a_mail_server_nobody_is_told(editor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sign_in()
    assert not mail.outbox


def test_an_administrator_ends_the_sessions_of_whose_password_she_changes_and_keeps_her_own(editor, administrator):
    theirs, own = sign_in("editor"), sign_in("admin")
    for user, session in ((editor, theirs), (administrator, own)):
        form = {
            "username": user.username,
            "email": user.email,
            "first_name": "A",
            "last_name": "B",
            "password1": "kx83js72ka",
            "password2": "kx83js72ka",
            "is_active": "on",
            "is_superuser": "on",
            "groups": [str(group.pk) for group in user.groups.all()],
        }
        assert own.post(f"/admin/users/edit/{user.pk}/", form).status_code == 302
        assert is_inside(session) == (user == administrator)
        user.refresh_from_db()
        assert user.check_password("kx83js72ka")


def test_a_session_that_goes_on_for_long_can_still_be_ended(client, editor):
    try_password(client, "editor")
    SignIn.objects.update(at=timezone.now() - timedelta(days=181))
    other = Client()
    try_password(other, "editor")
    assert is_inside(client)
    assert SignIn.end(editor, but=other.session.session_key) == 1
    assert not is_inside(client)
