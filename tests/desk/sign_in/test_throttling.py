"""Wrong passwords: how often one may try, who else notices, and that no answer tells which accounts there are."""

import re
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from qa.desk.sign_in.throttling import FROM_AN_ADDRESS, LIMITS
from tests.factories import make_question
from tests.signing_in import ACCOUNT, LOGIN, SECOND_STEP, code_of, give_app, give_codes, is_inside, try_password

pytestmark = pytest.mark.django_db

HERE = LIMITS[""].here


def fail(client, name, times, **where):
    return [try_password(client, name, "wrong", **where).status_code for _time in range(times)]


def test_after_ten_wrong_passwords_the_right_one_waits_and_then_opens(client, editor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert fail(client, "editor", HERE) == [200] * HERE
        refused = try_password(client, "editor")
        assert refused.status_code == 429
        assert "Too many attempts" in refused.text
        assert "15 minutes" in refused.text
        assert refused["Retry-After"] == "900"
        assert "no-store" in refused["Cache-Control"]
        assert "script-src 'self'" in refused["Content-Security-Policy"]
        assert not is_inside(client)
        clock.shift(timedelta(minutes=10))
        assert try_password(client, "editor")["Retry-After"] == "300"  # who goes on trying does not wait for longer
        clock.shift(timedelta(minutes=5, seconds=1))
        assert try_password(client, "editor").status_code == 302
        assert is_inside(client)


def test_who_signs_in_begins_anew(client, editor):
    fail(client, "editor", HERE - 1)
    assert try_password(client, "editor").status_code == 302
    client.post("/admin/logout/")
    assert fail(client, "editor", HERE - 1) == [200] * (HERE - 1)
    assert try_password(client, "editor").status_code == 302


def test_a_stranger_locks_nobody_out_of_their_own_browser_and_no_session(editor):
    own, elsewhere, stranger = Client(), Client(), Client()
    try_password(own, "editor")
    assert is_inside(own)
    for number in range(LIMITS[""].everywhere // HERE):
        fail(stranger, "editor", HERE, REMOTE_ADDR=f"192.0.2.{number}")
    assert try_password(stranger, "editor", REMOTE_ADDR="198.51.100.7").status_code == 429  # whatever address
    assert try_password(elsewhere, "editor").status_code == 429  # nor can the editor, where nobody knows her
    assert is_inside(own)
    own.post("/admin/logout/")
    assert try_password(own, "editor").status_code == 302
    assert is_inside(own)


def test_the_browser_of_an_account_has_a_limit_as_well_and_helps_with_no_other_account(editor, writer):
    own = Client()
    try_password(own, "editor")
    own.post("/admin/logout/")
    fail(own, "editor", HERE)
    assert try_password(own, "editor").status_code == 429
    fail(own, "writer", HERE, REMOTE_ADDR="192.0.2.1")
    assert try_password(Client(), "writer", REMOTE_ADDR="192.0.2.1").status_code == 429


@pytest.mark.parametrize("cookie", ["rubbish", "eyJpZCI6IngiLCJuYW1lcyI6WyJlZGl0b3IiXX0:x:y", ""])
def test_a_cookie_that_somebody_made_up_is_none(client, editor, cookie):
    client.cookies["known_browser"] = cookie
    fail(client, "editor", HERE)
    assert try_password(client, "editor").status_code == 429


def test_an_address_that_guesses_at_many_names_waits(client, editor):
    for number in range(FROM_AN_ADDRESS):
        fail(client, f"nobody{number}", 1)
    assert try_password(client, "editor").status_code == 429
    assert try_password(client, "editor", REMOTE_ADDR="192.0.2.1").status_code == 302


def test_of_ipv6_a_network_is_one_address_and_what_is_none_is_no_error(client, editor, settings):
    for number in range(HERE):
        fail(client, "editor", 1, REMOTE_ADDR=f"2001:db8::{number:x}")
    assert try_password(client, "editor", REMOTE_ADDR="2001:db8::ffff:1").status_code == 429
    assert try_password(client, "editor", REMOTE_ADDR="2001:db8:1::1").status_code == 302
    settings.BEHIND_PROXY = True
    for forwarded in ("unknown", "\x00", "a" * 500, "fe80::1%eth0", ""):
        assert fail(client, "editor", 1, REMOTE_ADDR="", HTTP_X_FORWARDED_FOR=forwarded) == [200]


def test_known_unknown_disabled_and_passwordless_accounts_are_told_the_same_in_the_same_time(
    client, editor, writer, django_user_model, monkeypatch
):
    django_user_model.objects.create_user("disabled", password="a password", is_active=False)
    django_user_model.objects.create_user("passwordless")
    hashed, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a, **b: hashed.append(1) or encode(*a, **b))
    fail(client, "first", 1)  # what is asked once a process
    told = {}
    for name in ("editor", "nobody", "disabled", "passwordless"):
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = try_password(client, name, "wrong")
        text = answer.text.replace(f'value="{name}"', "")
        told[name] = (answer.status_code, _without_token(text), len(queries), len(hashed))
    assert "didn" in told["editor"][1]
    assert set(told.values()) == {told["editor"]}
    assert try_password(client, "disabled").status_code == 200  # not with the right password either
    for name in ("editor", "nobody"):
        fail(client, name, HERE)
    assert _without_token(try_password(client, "editor").text) == _without_token(try_password(client, "nobody").text)


def _without_token(text):
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "…", text)


def test_nothing_that_was_typed_is_kept_but_the_name(client, editor):
    try_password(client, "editor", "my other secret")
    row = AccessAttempt.objects.get()
    assert "secret" not in str(vars(row))
    assert (row.username, row.get_data, row.post_data, row.user_agent) == ("editor", "", "", "")


def test_the_second_step_has_a_limit_of_its_own(client, editor):
    device, codes = give_app(editor), give_codes(editor)
    try_password(client, "editor")
    few = LIMITS["second-step:"].here
    wrong = [client.post(SECOND_STEP, {"code": "000000"}).status_code for _time in range(few)]
    assert wrong == [200] * few
    for code in (code_of(device), codes[0]):
        refused = client.post(SECOND_STEP, {"code": code})
        assert refused.status_code == 429
        assert "Too many attempts" in refused.text
    assert not is_inside(client)


def test_the_old_password_under_account_cannot_be_guessed_either(client, editor):
    client.force_login(editor)
    form = {"password-old_password": "wrong", "password-new_password1": "q8s7df6", "password-new_password2": "q8s7df6"}
    fields = {"name_email-first_name": "E", "name_email-last_name": "L", "name_email-email": editor.email}
    for _time in range(HERE):
        assert client.post("/admin/account/", fields | form).status_code == 200
    right = {**form, "password-old_password": "a password"}
    refused = client.post("/admin/account/", fields | right)
    assert refused.status_code == 429
    assert is_inside(client)
    editor.refresh_from_db()
    assert editor.check_password("a password")


def test_readers_with_an_account_have_the_same_door(client, django_user_model):
    django_user_model.objects.create_user("reader", password="a password")
    data = {"username": "reader", "password": "wrong"}
    for _time in range(HERE):
        assert client.post("/_util/login/", data).status_code == 200
    refused = client.post("/_util/login/", data | {"password": "a password"})
    assert refused.status_code == 429
    assert "Too many attempts" in refused.text
    assert "sidebar" not in refused.text


def test_the_password_of_a_page_cannot_be_guessed_without_end(client, column):
    question = make_question("A private question?")
    restriction = PageViewRestriction.objects.create(page=question, restriction_type="password", password="open")
    address = f"/_util/authenticate_with_password/{restriction.pk}/{question.pk}/"
    data = {"password": "wrong", "return_url": question.url}
    for _time in range(LIMITS["page:"].here):
        assert client.post(address, data).status_code == 200
    refused = client.post(address, data | {"password": "open"})
    assert refused.status_code == 429
    assert "A private question" not in refused.text
    assert client.post(address, data | {"password": "open"}, REMOTE_ADDR="192.0.2.9").status_code == 302


def test_nor_that_of_a_collection(client, column):
    collection = Collection.get_first_root_node().add_child(name="Private")
    document = get_document_model().objects.create(
        title="Slides", file=ContentFile(b"a", "slides.txt"), collection=collection
    )
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type="password", password="open"
    )
    address = f"/documents/authenticate_with_password/{restriction.pk}/"
    data = {"password": "wrong", "return_url": document.url}
    for _time in range(LIMITS["collection:"].here):
        assert client.post(address, data).status_code == 200
    assert client.post(address, data | {"password": "open"}).status_code == 429
    assert client.post(address, data | {"password": "open"}, REMOTE_ADDR="192.0.2.9").status_code == 302


@pytest.mark.same_on_every_database
def test_what_is_no_try_asks_nothing_of_it(client, editor):
    client.force_login(editor)
    client.get(ACCOUNT)
    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/")
        client.get(LOGIN)
        client.get("/questions/")
    assert not [query for query in queries.captured_queries if "axes" in query["sql"] or "otp" in query["sql"]]
    assert not [query for query in queries.captured_queries if "qa_signin" in query["sql"]]


@pytest.mark.parametrize("door", ["second-step:editor", "password-reset:editor@example.org", "passkey:"])
def test_no_name_that_is_typed_closes_another_door(client, editor, door):
    app = give_app(editor)
    for number in range(1, 6):
        fail(Client(REMOTE_ADDR=f"203.0.113.{number}"), door, 5)
    assert try_password(client, "editor").status_code == 302
    assert client.post(SECOND_STEP, {"code": code_of(app)}).status_code == 302
    assert is_inside(client)


def test_wrong_codes_of_somebody_who_knows_the_password_close_no_known_browser(client, editor):
    app = give_app(editor)
    try_password(client, "editor")
    client.post(SECOND_STEP, {"code": code_of(app)})
    assert is_inside(client)
    client.post("/admin/logout/")
    for number in range(1, 6):
        stranger = Client(REMOTE_ADDR=f"203.0.113.{number}")
        try_password(stranger, "editor")
        for _time in range(5):
            stranger.post(SECOND_STEP, {"code": "000000"})
    with time_machine.travel(timezone.now() + timedelta(seconds=60), tick=False):  # a code is good once
        try_password(client, "editor")
        assert client.post(SECOND_STEP, {"code": code_of(app)}).status_code == 302
        assert is_inside(client)
        assert "203.0.113.1" in client.get(ACCOUNT).content.decode()  # and they see who tried
