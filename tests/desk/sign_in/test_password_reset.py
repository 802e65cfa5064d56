"""A forgotten password: the page tells nobody which addresses have an account, neither in words nor by its time."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qa.desk.sign_in.throttling import LIMITS

pytestmark = pytest.mark.django_db

RESET = "/admin/password_reset/"


def ask(client, email, **where):
    return client.post(RESET, {"email": email}, **where)


def test_the_mail_has_a_link_to_the_configured_address(client, editor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert ask(client, "Editor@Example.org", HTTP_X_FORWARDED_HOST="evil.example").status_code == 302
    (message,) = mail.outbox
    assert message.to == ["editor@example.org"]
    link = re.search(r"http://127\.0\.0\.1:8000(/admin/password_reset/confirm/\S+)", message.body)[1]
    assert client.get(link).status_code == 302


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_work(
    client, editor, writer, django_capture_on_commit_callbacks
):
    writer.is_active = False
    writer.save()
    ask(client, "first@example.org")
    told = {}
    with django_capture_on_commit_callbacks(execute=True):
        for email in ("editor@example.org", "writer@example.org", "nobody@example.org"):
            with CaptureQueriesContext(connection) as queries:
                answer = ask(client, email)
            statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"])[:60] for query in queries]
            told[email] = (answer.status_code, answer["Location"], tuple(statements))
    assert len(set(told.values())) == 1
    assert [message.to for message in mail.outbox] == [["editor@example.org"]]


def test_nobody_is_sent_mail_without_end(client, editor, django_capture_on_commit_callbacks):
    few = LIMITS["password-reset:"].here
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(few):
            assert ask(client, "editor@example.org", REMOTE_ADDR=f"192.0.2.{number}").status_code == 302
        refused = ask(client, "EDITOR@example.org", REMOTE_ADDR="192.0.2.200")
    assert refused.status_code == 429
    assert len(mail.outbox) == few
    assert ask(client, "other@example.org").status_code == 302


def test_what_is_no_address_is_a_form_error(client, column):
    for wrong in ("", "x", "a\x00@example.org", "a@b\nBcc: c@example.org"):
        assert ask(client, wrong).status_code == 200
