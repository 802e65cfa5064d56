"""Who has found a hole finds whom to write to, in the form of RFC 9116, which is read by programs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from site_config import env

pytestmark = [pytest.mark.same_on_every_database]
ADDRESS = "/.well-known/security.txt"


def fields(response):
    return [line.partition(": ")[::2] for line in response.content.decode().splitlines()]


@pytest.mark.parametrize("day", ["2026-11-29", "2027-12-31", "2031-06-01"])
def test_it_names_the_contacts_and_never_expires_while_the_site_runs(client, settings, day):
    settings.SECURITY_CONTACTS = ["mailto:security@example.org", "https://example.org/report"]
    settings.WAGTAILADMIN_BASE_URL = "https://column.example.org"
    settings.LANGUAGE_CODE = "de"
    with time_machine.travel(f"{day}T12:34:56+00:00"):
        response = client.get(ADDRESS)
        now = datetime.now(UTC)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    found = fields(response)
    assert [name for name, _value in found] == ["Contact", "Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert [value for name, value in found if name == "Contact"] == settings.SECURITY_CONTACTS
    said = dict(found)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said["Expires"])
    assert timedelta(days=30) < datetime.fromisoformat(said["Expires"]) - now < timedelta(days=365)
    assert said["Preferred-Languages"] == "de"
    assert said["Canonical"] == f"https://column.example.org{ADDRESS}"


@pytest.mark.django_db  # where nothing is, Wagtail's redirects are looked through
def test_there_is_none_until_somebody_is_named(client, settings):
    assert settings.SECURITY_CONTACTS == []
    assert client.get(ADDRESS).status_code == 404
    settings.SECURITY_CONTACTS = ["tel:+49-30-1"]
    assert client.post(ADDRESS).status_code == 405


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", []),
        ("security@example.org", ["mailto:security@example.org"]),
        ("https://example.org/report, mailto:a@b.example", ["https://example.org/report", "mailto:a@b.example"]),
    ],
)
def test_a_bare_address_is_one_of_mail(monkeypatch, written, meant):
    monkeypatch.setenv("SECURITY_CONTACT", written)
    assert env.contacts("SECURITY_CONTACT") == meant


@pytest.mark.parametrize(
    "written", ["nobody", "http://example.org/", "javascript:alert(1)", "a@b\nExpires: x", "a@b c"]
)
def test_what_is_no_contact_stops_the_start(monkeypatch, written):
    monkeypatch.setenv("SECURITY_CONTACT", written)
    with pytest.raises(ImproperlyConfigured, match="SECURITY_CONTACT"):
        env.contacts("SECURITY_CONTACT")
