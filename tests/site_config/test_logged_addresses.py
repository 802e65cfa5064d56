"""Whoever reads a log finds no address in it that is a secret."""

import http.client
import logging
import os
import socket
import subprocess
import sys
from contextlib import suppress

import pytest

from site_config.logged_addresses import SecretsFilter
from tests.processes import PRODUCTION, ROOT, wait_for

pytestmark = pytest.mark.same_on_every_database

SECRET = "kR0uZ9secretsecret"
ADDRESSES = [
    f"/calendar/{SECRET}.ics",
    f"/admin/password_reset/confirm/MQ/{SECRET}/",
    f"/calendar/{SECRET}.ics?x={SECRET}",
]


@pytest.mark.parametrize("message", ["Not Found: %s", '"GET %s HTTP/1.1" 200'])
def test_a_handler_logs_no_secret(message):
    for address in ADDRESSES:
        record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, (address,), None)
        assert SecretsFilter().filter(record)
        assert SECRET not in record.getMessage()
        assert "…" in record.getMessage()


@pytest.mark.parametrize("address", ["/questions/a/", "/admin/calendar/move/12/"])
def test_what_is_no_secret_is_logged_as_it_is(address):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (address,), None)
    assert SecretsFilter().filter(record)
    assert record.getMessage() == f"Not Found: {address}"


@pytest.mark.slow
def test_the_access_log_names_what_was_asked_for_without_its_secret(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {**PRODUCTION, "ALLOWED_HOSTS": "127.0.0.1", "HTTPS": "no", "ACCESS_LOG": "yes", "PORT": str(port)}
    environment = os.environ | variables | {"WEB_CONCURRENCY": "1", "VAR_DIR": str(tmp_path), "DATABASE_URL": ""}
    log = tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "-c", "site_config/gunicorn_config.py", "site_config.wsgi"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)  # noqa: S603

    def ask(address):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", address, headers={"Referer": f"http://127.0.0.1{ADDRESSES[0]}"})
        return connection.getresponse().status

    def answered():
        with suppress(ConnectionError):
            return ask("/robots.txt")

    try:
        assert wait_for(answered)
        for address in ADDRESSES[:2]:
            ask(address)
        assert wait_for(lambda: log.read_text().count("GET ") >= 3)
    finally:
        process.terminate()
        process.wait()
    assert '"GET /calendar/… HTTP/1.1"' in log.read_text()
    assert SECRET not in log.read_text()
