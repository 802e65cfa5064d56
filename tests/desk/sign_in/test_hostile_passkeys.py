"""What a script may send in the place of a passkey: whatever it is, it opens nothing and breaks nothing."""

import json

import pytest
from django.test import Client
from django_otp_webauthn.models import WebAuthnCredential

from qa.desk.sign_in.passkeys import clean_name
from qa.desk.sign_in.throttling import LIMITS
from tests.signing_in import ACCOUNT, is_inside

pytestmark = pytest.mark.django_db

BEGIN, FINISH = "/admin/login/passkey/begin/", "/admin/login/passkey/finish/"
MAKE, MADE = f"{ACCOUNT}passkey/begin/", f"{ACCOUNT}passkey/finish/"
RESPONSE = {"authenticatorData": "AA", "clientDataJSON": "e30", "signature": "AA", "userHandle": None}
HOSTILE = [
    None,
    0,
    [],
    "text",
    {},
    {"id": 1},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": RESPONSE},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": RESPONSE | {"clientDataJSON": "\ud800"}},
    {"id": "AA", "rawId": "%%%", "type": "public-key", "response": None},
    {"id": "AA", "rawId": "AA", "type": "x", "response": {"attestationObject": "AA", "clientDataJSON": "AA"}},
    {
        "id": "AA",
        "rawId": "AA",
        "type": "public-key",
        "response": {"attestationObject": "o2NmbXQ", "clientDataJSON": "e30", "transports": 5},
        "clientExtensionResults": [],
    },
]


def post(client, address, content):
    return client.post(address, json.dumps(content), content_type="application/json")


@pytest.mark.parametrize("credential", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_passkey_opens_nothing_and_makes_none(client, editor, credential):
    assert post(client, BEGIN, {"purpose": "sign-in"}).status_code == 200
    assert post(client, FINISH, {"purpose": "sign-in", "credential": credential}).status_code == 400
    assert not is_inside(client)
    client.force_login(editor)
    assert post(client, MAKE, {}).status_code == 200
    assert post(client, MADE, {"name": "x", "credential": credential}).status_code == 400
    assert not WebAuthnCredential.objects.exists()


@pytest.mark.parametrize("body", ["", "[", "[]", "1", "null", "[" * 100_000, '"text"', "\xff"])
def test_what_is_no_json_is_refused(client, column, body):
    for address in (BEGIN, FINISH):
        assert client.post(address, body, content_type="application/json").status_code == 400
        assert client.post(address, {"a": "b"}).status_code == 400
        assert client.get(address).status_code == 405


@pytest.mark.parametrize("purpose", ["second", "confirm", "", None, [], {}, "make"])
def test_a_ceremony_is_for_one_purpose_and_once(client, editor, purpose):
    assert post(client, BEGIN, {"purpose": purpose}).status_code == 400
    post(client, BEGIN, {"purpose": "sign-in"})
    assert post(client, FINISH, {"purpose": purpose, "credential": HOSTILE[6]}).status_code == 400


def test_a_challenge_is_good_once(client, column):
    post(client, BEGIN, {"purpose": "sign-in"})
    first = post(client, FINISH, {"purpose": "sign-in", "credential": HOSTILE[6]})
    second = post(client, FINISH, {"purpose": "sign-in", "credential": HOSTILE[6]})
    assert "cannot be used here" in first.json()["error"]
    assert "begin again" in second.json()["error"]


def test_tries_are_limited_too(client, column):
    for _time in range(LIMITS["passkey:"].here):
        post(client, BEGIN, {"purpose": "sign-in"})
        assert post(client, FINISH, {"purpose": "sign-in", "credential": HOSTILE[6]}).status_code == 400
    post(client, BEGIN, {"purpose": "sign-in"})
    assert post(client, FINISH, {"purpose": "sign-in", "credential": HOSTILE[6]}).status_code == 429


def test_another_site_can_send_none_of_it(editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    for address in (BEGIN, FINISH, MAKE, MADE):
        assert post(client, address, {"purpose": "sign-in"}).status_code == 403


@pytest.mark.parametrize(
    ("typed", "stored"), [(" a\x00\n b ", "a b"), ("\ud800x", "x"), ("é" * 99, "é" * 64), (None, "")]
)
def test_a_name_is_stored_as_it_can_be(typed, stored):
    assert clean_name(typed) == stored
