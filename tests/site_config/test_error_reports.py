"""Errors are reported where ``SENTRY_DSN`` says, and a report tells nothing of the person who met one.

A process of its own makes the errors, and a small server here takes what Sentry would.
"""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from site_config.error_reports import cleaned
from tests.processes import ROOT, manage

pytestmark = pytest.mark.same_on_every_database

SECRETS = [
    "zqcookie",
    "zqbody",
    "zqquery",
    "zqheader",
    "zqlocal",
    "zqmail@example.org",
    "zqsecret",
    "zquser",
    "10.9.8.7",
]
#: An error in a view, one that is logged, one of a database that repeats a value, and what anybody can cause.
ERRORS = """
import logging
import django
django.setup()
import sentry_sdk
from django.db import IntegrityError
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory
from django.urls import path
from site_config import urls

def fails(request, secret):
    local = "zqlocal"
    logging.getLogger("zq").info("before: zqbody")
    raise LookupError(f"nobody has zqmail@example.org at /calendar/zqsecret.ics")

def collides(request):
    raise IntegrityError('duplicate key\\nDETAIL:  Key (email)=(zqmail@example.org) "zqbody"')

urls.urlpatterns.insert(0, path("calendar/<str:secret>.ics", fails))
urls.urlpatterns.insert(0, path("collides/", collides))
application = get_wsgi_application()

def ask(method, address, host="testserver", **data):
    about = {"HTTP_USER_AGENT": "zqheader", "HTTP_X_FORWARDED_FOR": "10.9.8.7", "REMOTE_ADDR": "10.9.8.7"}
    about |= {"HTTP_COOKIE": "sessionid=zqcookie; csrftoken=" + "a" * 32, "HTTP_X_CSRFTOKEN": "a" * 32}
    about["HTTP_HOST"] = host
    environ = getattr(RequestFactory(), method)(address, data).environ | about
    list(application(environ, lambda status, headers: print(status.split()[0])))

ask("post", "/calendar/zqsecret.ics?q=zqquery", name="zqbody")
ask("get", "/collides/")
ask("get", "/", host="evil.example")
logging.getLogger("qa").error("The change of “%s” failed (%s)", "zqbody", "zqmail@example.org")
sentry_sdk.flush(timeout=20)
"""


@pytest.fixture
def ingest():
    """A server that takes reports; the list of them, and its address."""
    reports = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reports.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield reports, f"http://key@127.0.0.1:{server.server_port}/1"
        server.shutdown()
        thread.join()


def run(script, folder, **variables):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = kept | {"DJANGO_SETTINGS_MODULE": "site_config.settings.dev", "VAR_DIR": str(folder)} | variables
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_report_arrives_and_names_nobody(ingest, tmp_path):
    reports, dsn = ingest
    assert run(ERRORS, tmp_path, SENTRY_DSN=dsn, ALLOWED_HOSTS="testserver").split() == ["500", "500", "400"]
    everything = b"\n".join(reports).decode()
    assert not [word for word in SECRETS if word in everything]
    events = [json.loads(line) for report in reports for line in report.splitlines() if b'"event_id"' in line]
    events = [event for event in events if "platform" in event]
    raised = [event["exception"]["values"][-1] for event in events if "exception" in event]
    assert [error["type"] for error in raised] == ["LookupError", "IntegrityError"]
    assert raised[0]["value"] == "nobody has … at /calendar/…"
    assert raised[1]["value"] == "duplicate key"
    assert raised[0]["stacktrace"]["frames"][-1]["function"] == "fails"
    assert events[0]["request"] == {"method": "POST", "url": "http://testserver/calendar/…"}
    assert [event["logentry"]["message"] for event in events if "logentry" in event] == [
        "The change of “%s” failed (%s)"
    ]
    assert len(events) == 3, "and nothing of a host that is not ours"


@pytest.mark.slow
def test_nothing_of_it_runs_until_it_is_asked_for(tmp_path):
    script = "import django; django.setup(); import sys; print('sentry_sdk' in sys.modules)"
    assert run(script, tmp_path).strip() == "False"


def test_what_is_no_address_of_a_project_stops_the_start_without_repeating_the_key(tmp_path):
    done = manage("check", SENTRY_DSN="https://zqsecret@/x", VAR_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "SENTRY_DSN" in done.stderr
    assert "zqsecret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_what_nobody_has_allowed_is_not_sent():
    event = {"event_id": "1", "user": {"ip_address": "1.2.3.4"}, "extra": {"sys.argv": ["changepassword", "zquser"]},
             "breadcrumbs": {"values": [{"message": "zqbody"}]}, "server_name": "host", "contexts": {"device": {}},
             "exception": {"values": [{"type": "E", "value": None, "stacktrace": None}]}}  # fmt: skip
    assert cleaned(event) == {
        "event_id": "1",
        "contexts": {},
        "exception": {"values": [{"type": "E", "value": "", "stacktrace": None}]},
    }
