"""Second factors: the password alone opens nothing, each code is good once, and nobody is stuck."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, ModelLogEntry, PageViewRestriction

from qa.models import AuthenticatorApp, CalendarAddress, RecoveryCodes, SignIn
from tests.desk.test_admin_permissions import ROUTES, address_of, samples  # noqa: F401 - a fixture
from tests.factories import make_question
from tests.signing_in import (
    ACCOUNT,
    LOGIN,
    PASSWORD,
    SECOND_STEP,
    code_of,
    give_app,
    give_codes,
    is_inside,
    try_password,
)

pytestmark = pytest.mark.django_db

ADD = f"{ACCOUNT}add/"
#: What may be asked for without a session, as before: the door, the way to a new password, and what makes up its pages.
OPEN = re.compile(r"/admin/(login/|password_reset/|jsi18n/|sprite/)")
#: What is shown to whoever must add the first factor.
ADDING = re.compile(r"/admin/account/sign-in/(add|app|passkey/(begin|finish))/")


@pytest.fixture
def app(editor):
    """The authenticator app of the editor."""
    return give_app(editor)


def text_of(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.text)


# Signing in


def test_after_the_password_a_code_is_asked_for_and_then_the_desk_opens(client, editor, app):
    answer = try_password(client, "editor")
    assert answer["Location"] == SECOND_STEP
    assert not is_inside(client)
    page = client.get(SECOND_STEP)
    assert "The password of editor is right" in re.sub(r" +", " ", text_of(page))
    answer = client.post(SECOND_STEP, {"code": code_of(app)})
    assert answer["Location"] == "/admin/"
    assert is_inside(client)


def test_it_goes_on_to_what_was_asked_for_and_never_to_another_site(editor, app):
    for wanted, reached in [("/admin/reports/", "/admin/reports/"), ("//evil.example/", "/admin/")]:
        client = Client()
        client.post(LOGIN, {"username": "editor", "password": "a password", "next": wanted})
        assert client.post(SECOND_STEP, {"code": code_of(app)}).headers.get("Location") == reached
        AuthenticatorApp.objects.update(last_t=-1)


@pytest.mark.parametrize("code", ["", "123", "000000", "abcdefghij", "٠٠٠٠٠٠", "\x00", "1" * 41, "é" * 30])
def test_no_other_code_opens(client, editor, app, code):
    give_codes(editor)
    try_password(client, "editor")
    assert client.post(SECOND_STEP, {"code": code}).status_code == 200
    assert not is_inside(client)


def test_a_code_is_good_once_whoever_has_seen_it(editor, app):
    code = code_of(app)
    first, second = Client(), Client()
    for client in (first, second):
        try_password(client, "editor")
        client.post(SECOND_STEP, {"code": code})
    assert is_inside(first)
    assert not is_inside(second)
    assert "wrong, or it was used before" in second.post(SECOND_STEP, {"code": code}).text


def test_a_recovery_code_is_good_once_and_says_how_many_are_left(editor, app):
    codes = give_codes(editor)
    assert len(codes) == len(set(codes)) == 10
    client = Client()
    try_password(client, "editor")
    client.post(SECOND_STEP, {"code": f" {codes[0].upper()} "})
    assert "You have 9 recovery codes left" in client.get("/admin/").text
    other = Client()
    try_password(other, "editor")
    other.post(SECOND_STEP, {"code": codes[0]})
    assert not is_inside(other)


def test_the_last_recovery_code_is_told_of_by_mail(editor, app, django_capture_on_commit_callbacks):
    codes = give_codes(editor)
    StaticToken.objects.exclude(pk=StaticToken.objects.first().pk).delete()
    with django_capture_on_commit_callbacks(execute=True):
        for code in codes:
            client = Client()
            try_password(client, "editor", REMOTE_ADDR="192.0.2.1")
            if client.post(SECOND_STEP, {"code": code}).status_code == 302:
                break
    assert ["No recovery codes left" in message.subject for message in mail.outbox] == [True]


def test_nothing_in_the_database_can_be_used_as_it_stands_there(editor, app):
    codes = give_codes(editor)
    stored = TOTPDevice.objects.get()
    assert app.bin_key.hex() not in stored.key
    assert len(stored.key) <= 80
    tokens = set(StaticToken.objects.values_list("token", flat=True))
    assert not tokens & {code.replace("-", "") for code in codes}


def test_a_new_secret_key_keeps_apps_and_codes_while_the_old_one_is_named(client, editor, app, settings):
    codes, old = give_codes(editor), settings.SECRET_KEY
    settings.SECRET_KEY = "another key"
    try_password(client, "editor")
    assert client.post(SECOND_STEP, {"code": code_of_old(app, old, settings)}).status_code == 200
    assert client.post(SECOND_STEP, {"code": codes[0]}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = [old]
    client = Client()
    try_password(client, "editor")
    assert client.post(SECOND_STEP, {"code": codes[0]}).status_code == 302
    assert is_inside(client)


def code_of_old(device, key, settings):
    now, settings.SECRET_KEY = settings.SECRET_KEY, key
    code = code_of(device)
    settings.SECRET_KEY = now
    return code


def test_the_step_ends_after_a_while_and_with_another_password(editor, app):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late = Client()
        try_password(late, "editor")
        clock.shift(timedelta(minutes=16))
        assert late.post(SECOND_STEP, {"code": code_of(app)})["Location"] == LOGIN
    changed = Client()
    try_password(changed, "editor")
    editor.set_password("another password")
    editor.save()
    assert changed.post(SECOND_STEP, {"code": code_of(app)})["Location"] == LOGIN
    disabled = Client()
    try_password(disabled, "editor", "another password")
    editor.is_active = False
    editor.save()
    assert disabled.post(SECOND_STEP, {"code": code_of(app)})["Location"] == LOGIN


def test_the_session_gets_a_new_key_at_each_step(client, editor, app):
    client.get(LOGIN)
    keys = []
    for step in (
        lambda: try_password(client, "editor"),
        lambda: client.post(SECOND_STEP, {"code": code_of(app)}),
    ):
        step()
        keys.append(client.cookies["sessionid"].value)
    assert len(set(keys)) == 2
    assert Session.objects.count() == 1  # of the first nothing is left


def test_readers_doors_lead_to_the_same_step(client, editor, app):
    answer = client.post("/_util/login/?next=/", {"username": "editor", "password": "a password", "next": "/"})
    assert answer["Location"] == SECOND_STEP
    assert not is_inside(client)
    assert client.post(SECOND_STEP, {"code": code_of(app)})["Location"] == "/"
    assert is_inside(client)


# The password alone


@pytest.mark.slow
@pytest.mark.same_on_every_database
@pytest.mark.parametrize("has_app", [True, False], ids=["with an app", "with nothing yet"])
def test_the_password_alone_opens_no_address_of_the_desk(client, editor, samples, settings, has_app):  # noqa: F811
    settings.SECOND_FACTOR = "everybody"
    if has_app:
        give_app(editor)
    client.raise_request_exception = False
    where = try_password(client, "editor")["Location"]
    assert where == (SECOND_STEP if has_app else ADD)
    opened = []
    for route in ROUTES:
        address = address_of(route, samples)
        for method in (client.get, client.post):
            answer = method(address)
            location = answer.headers.get("Location", "")
            refused = answer.status_code in (403, 404, 405) or (
                answer.status_code == 302 and location.startswith(LOGIN)
            )
            if not refused and not OPEN.match(address) and (has_app or not ADDING.match(address)):
                opened.append(f"{route} {answer.status_code} {location}")
    assert not opened
    assert set(SignIn.objects.all()) == set()


def test_nor_what_is_private_beside_the_desk(client, editor, app, settings):
    question = make_question("A private question?")
    PageViewRestriction.objects.create(page=question, restriction_type="login")
    collection = Collection.get_first_root_node().add_child(name="Private")
    document = get_document_model().objects.create(
        title="Slides", file=ContentFile(b"a", "slides.txt"), collection=collection
    )
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    try_password(client, "editor")
    assert client.get(question.url).status_code == 302
    assert client.get(document.url).status_code == 302
    client.post(SECOND_STEP, {"code": code_of(app)})
    assert client.get(question.url).status_code == 200
    assert client.get(document.url).status_code == 200


def test_whatever_else_signs_in_an_account_that_has_more_opens_nothing(client, editor, app):
    client.force_login(editor)  # a door that nobody has thought of
    assert client.get("/admin/")["Location"].startswith(LOGIN)
    assert client.get("/admin/api/main/pages/").status_code in (302, 403, 404)


def test_sessions_of_before_it_was_required_open_nothing_any_more(client, editor, settings):
    client.force_login(editor)
    assert is_inside(client)
    settings.SECOND_FACTOR = "publishers"
    assert not is_inside(client)


def test_a_session_that_nobody_noted_is_looked_at_anew(client, editor):
    client.force_login(editor)
    session = client.session
    for name in ("sign_in", "second_factor_missing", "proved_at", "seen_at", "sign_in_key"):
        session.pop(name, None)  # of a version that knew no second factors
    session.save()
    assert is_inside(client)
    give_app(editor)
    assert not is_inside(client)


def test_a_new_password_by_mail_neither_signs_in_nor_takes_the_second_factor_away(client, editor, app):
    uid, token = urlsafe_base64_encode(force_bytes(editor.pk)), default_token_generator.make_token(editor)
    address = client.get(f"/admin/password_reset/confirm/{uid}/{token}/")["Location"]
    done = client.post(address, {"new_password1": "kx83js72ka", "new_password2": "kx83js72ka"})
    assert done.status_code == 302
    assert not is_inside(client)
    assert try_password(client, "editor", "kx83js72ka")["Location"] == SECOND_STEP
    assert not is_inside(client)


def test_the_calendars_address_has_a_secret_of_its_own_and_asks_for_nothing(client, editor, app, settings):
    settings.SECOND_FACTOR = "everybody"
    secret = CalendarAddress.make(editor, timezone.now())
    assert client.get(f"/calendar/{secret}.ics").status_code == 200


# Required


@pytest.mark.parametrize(
    ("setting", "asked"),
    [
        ("off", {"writer": False, "editor": False, "admin": False}),
        ("publishers", {"writer": False, "editor": True, "admin": True}),
        ("everybody", {"writer": True, "editor": True, "admin": True}),
    ],
)
def test_one_variable_says_of_whom_it_is_required(writer, editor, administrator, settings, setting, asked):
    settings.SECOND_FACTOR = setting
    found = {}
    for name in asked:
        client = Client()
        found[name] = try_password(client, name)["Location"] == ADD
        assert is_inside(client) != found[name]
    assert found == asked


def test_readers_accounts_are_asked_for_nothing(client, django_user_model, column, settings):
    settings.SECOND_FACTOR = "everybody"
    django_user_model.objects.create_user("reader", password="a password")
    question = make_question("A private question?")
    PageViewRestriction.objects.create(page=question, restriction_type="login")
    data = {"username": "reader", "password": "a password", "next": question.url}
    assert client.post("/_util/login/", data)["Location"] == question.url
    assert client.get(question.url).status_code == 200


def test_who_must_have_one_adds_an_app_and_is_in_and_is_offered_codes(client, editor, settings):
    settings.SECOND_FACTOR = "everybody"
    typed = {"username": "editor", "password": "a password", "next": "/admin/reports/"}
    answer = client.post(LOGIN, typed, follow=True)
    assert "Accounts of this site need more than a password" in answer.text
    page = client.get(f"{ACCOUNT}app/")
    secret = re.search(r'sign-in__secret">([A-Z2-7 ]+)<', page.text)[1]
    assert "<svg" in page.text
    wrong = client.post(f"{ACCOUNT}app/", {"code": "000000"})
    assert "This code is wrong" in wrong.text
    assert not AuthenticatorApp.objects.exists()
    assert secret in wrong.text  # the app need not be set up anew
    sealed = client.session["sign_in_app"]
    answer = client.post(f"{ACCOUNT}app/", {"code": code_of(AuthenticatorApp.prepare(editor, sealed))})
    assert answer["Location"] == f"{ACCOUNT}codes/?next=%2Fadmin%2Freports%2F"
    assert is_inside(client)
    codes = client.post(answer["Location"])
    assert len(re.findall(r"<li><code>[a-z2-9]{5}-[a-z2-9]{5}</code></li>", codes.text)) == 10
    assert 'href="/admin/reports/"' in codes.text
    assert "no-store" in codes["Cache-Control"]
    assert not re.search(r"<li><code>", client.get(f"{ACCOUNT}codes/").text)


def test_who_has_one_cannot_add_another_with_the_password_alone(client, editor, app, settings):
    settings.SECOND_FACTOR = "everybody"
    try_password(client, "editor")
    for address in (ADD, f"{ACCOUNT}app/", f"{ACCOUNT}codes/"):
        assert client.get(address)["Location"].startswith(LOGIN)
        assert client.post(address)["Location"].startswith(LOGIN)
    answer = client.post(f"{ACCOUNT}passkey/begin/", "{}", content_type="application/json")
    assert answer.status_code == 403


def test_the_last_one_stays_while_it_is_required_and_goes_with_its_codes_else(client, editor, app, settings):
    give_codes(editor)
    settings.SECOND_FACTOR = "publishers"
    try_password(client, "editor")
    client.post(SECOND_STEP, {"code": code_of(app)})
    answer = client.post(f"{ACCOUNT}app/remove/", follow=True)
    assert "add another one first" in answer.text
    assert AuthenticatorApp.objects.exists()
    settings.SECOND_FACTOR = "off"
    client.post(f"{ACCOUNT}app/remove/")
    assert not AuthenticatorApp.objects.exists()
    assert not RecoveryCodes.objects.exists()
    assert try_password(Client(), "editor")["Location"] == "/admin/"


def test_the_first_one_ends_the_sessions_that_a_password_alone_has_opened(client, editor):
    other = Client()
    try_password(other, "editor")
    try_password(client, "editor")
    client.get(f"{ACCOUNT}app/")
    sealed = client.session["sign_in_app"]
    client.post(f"{ACCOUNT}app/", {"code": code_of(AuthenticatorApp.prepare(editor, sealed))})
    assert is_inside(client)
    assert not is_inside(other)


def test_what_is_added_and_removed_is_told_by_mail_and_stands_in_the_history(
    client, editor, django_capture_on_commit_callbacks
):
    try_password(client, "editor")
    with django_capture_on_commit_callbacks(execute=True):
        client.get(f"{ACCOUNT}app/")
        sealed = client.session["sign_in_app"]
        client.post(f"{ACCOUNT}app/", {"code": code_of(AuthenticatorApp.prepare(editor, sealed))})
        client.post(f"{ACCOUNT}codes/")
        client.post(f"{ACCOUNT}app/remove/")
    told = [message.subject.partition(": ")[2] for message in mail.outbox]
    assert told == ["Authenticator app added", "New recovery codes", "Authenticator app removed"]
    assert {message.to[0] for message in mail.outbox} == {editor.email}
    assert "/admin/account/" in mail.outbox[0].body
    actions = ModelLogEntry.objects.filter(object_id=str(editor.pk)).values_list("action", flat=True)
    assert set(actions) == {"qa.sign_in.app_added", "qa.sign_in.codes_made", "qa.sign_in.app_removed"}


# Lost


def test_the_operator_lets_an_account_start_anew(client, editor, app, django_capture_on_commit_callbacks, capsys):
    give_codes(editor)
    try_password(client, "editor")
    client.post(SECOND_STEP, {"code": code_of(app)})
    with django_capture_on_commit_callbacks(execute=True):
        call_command("reset_second_factor", "editor")
    assert "editor" in capsys.readouterr().out
    assert not is_inside(client)
    assert try_password(Client(), "editor")["Location"] == "/admin/"
    assert not StaticToken.objects.exists()
    assert ["Second factor reset" in message.subject for message in mail.outbox] == [True]
    assert ModelLogEntry.objects.filter(action="qa.sign_in.reset", object_id=str(editor.pk)).exists()
    with pytest.raises(CommandError, match="no account"):
        call_command("reset_second_factor", "nobody")
    call_command("reset_second_factor", "editor")  # nothing to do, said in words
    assert "had none" in capsys.readouterr().out


def test_who_may_make_publishers_counts_among_them(client, settings):
    settings.SECOND_FACTOR = "publishers"
    user = get_user_model().objects.create_user("personnel", password=PASSWORD)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["access_admin", "add_user"]))
    assert try_password(client, "personnel")["Location"] == ADD
    assert not is_inside(client)
