"""Sending of odd requests to the site, in this process, and what came of each.

The whole of the site answers (its middleware, its URL patterns, its error pages); what a request changes, and what it
would do after the commit, is undone before the next.
"""

import io
import json
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.http import HttpResponseBase, QueryDict
from django.test import Client
from django.utils.datastructures import MultiValueDict

from tests.odd_requests.addresses import Address
from tests.odd_requests.making import Asked, Request

TOO_LONG = 5.0  # seconds
ALARMS = ("healthz/scheduler", "healthz/worker")
_WITHOUT_TOKEN = 20  # every so many requests
_HANGS = 30  # seconds, after which a request is broken off


@dataclass(frozen=True)
class Outcome:
    """The answer to a request; ``error`` is the end of the traceback, if one was raised. Times are in seconds.

    Too long is judged by the processor's time: by the clock, the other programs of the machine would be to blame. What
    waits for anything else is broken off after half a minute, and is a fault as well.
    """

    request: Request
    status: int
    seconds: float
    processor: float
    error: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether the site is to blame."""
        expected = self.status == 503 and self.request.pattern in ALARMS  # nobody publishes here: that is its answer
        return (self.status >= 500 and not expected) or self.processor > TOO_LONG


class Hangs(BaseException):
    """Raised in a request that does not end."""


class _WithoutToken(WSGIRequest):
    """A request of somebody who has the token that forms are sent with: what comes after it is to be tried."""

    _dont_enforce_csrf_checks = True


class Site:
    """The site as it is reached over the wire, with an account signed in for each role."""

    def __init__(self, accounts: dict[str, Any]) -> None:
        self.cookies = {"stranger": ""}
        for role, account in accounts.items():
            client = Client()
            client.force_login(account)
            self.cookies[role] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        self._strict, self._handler = WSGIHandler(), WSGIHandler()
        self._handler.request_class = _WithoutToken
        self._raised: list[str] = []
        self._files: dict[Path, bytes] = {}
        got_request_exception.connect(self._keep)

    def keep_files(self) -> None:
        """Remember the uploads that there are, which come back after each request that deletes them."""
        self._files = {path: path.read_bytes() for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}

    def put_back_files(self) -> None:
        """Bring back what was deleted, and delete what was uploaded."""
        for path, content in self._files.items():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        for path in Path(settings.MEDIA_ROOT).rglob("*"):
            if path.is_file() and path not in self._files:
                path.unlink()

    def _keep(self, **kwargs: Any) -> None:
        self._raised.append(traceback.format_exc())

    def send(self, request: Request) -> Outcome:
        """Send a request and undo what it did."""
        self._raised.clear()
        start, worked = time.monotonic(), time.process_time()
        with _put_back(), _broken_off_when_it_hangs():
            try:
                status = self._answer(request)
            except Hangs:
                status = 599
                self._raised.append(traceback.format_exc())
            except Exception:  # noqa: BLE001 - past every error page of the site
                status = 598
                self._raised.append(traceback.format_exc())
        if request.method not in ("GET", "HEAD"):
            self.put_back_files()
        seconds, processor = time.monotonic() - start, time.process_time() - worked
        error = self._raised[-1] if self._raised and status >= 500 else ""
        return Outcome(request, status, seconds, processor, error)

    def _answer(self, request: Request) -> int:
        path, _, query = request.path.partition("?")
        cookie = "; ".join(filter(None, (self.cookies[request.role], request.cookie)))
        environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "HTTP_COOKIE": cookie,
            "CONTENT_LENGTH": str(len(request.body)),
            "CONTENT_TYPE": request.content_type,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        status: list[int] = []
        handler = self._handler if request.number % _WITHOUT_TOKEN else self._strict
        answer = handler(
            environ | request.headers,
            lambda line, headers, *more: status.append(int(line.split()[0])),
        )
        try:
            for _part in answer:
                pass
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return status[0]


@contextmanager
def _put_back() -> Iterator[None]:
    """Run what was to be done after the commit, then undo everything in the database."""
    for moment in (request_started, request_finished):  # the test's own transaction is open
        moment.disconnect(close_old_connections)
    with transaction.atomic():
        yield
        if not connection.needs_rollback:
            for _ids, function, _robust in list(connection.run_on_commit):
                with transaction.atomic():
                    function()
        transaction.set_rollback(True)
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)
    connection.run_on_commit.clear()
    cache.clear()
    if hasattr(mail, "outbox"):
        mail.outbox.clear()


@contextmanager
def _broken_off_when_it_hangs() -> Iterator[None]:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(_HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class _Forms(HTMLParser):
    """The forms of a page, as pairs of what a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[tuple[str, str]]] = []
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append([])
        elif self.found and named.get("name") and tag in ("input", "select", "button", "textarea"):
            self.found[-1].append((named["name"], named.get("value", "")))
        elif self.found and tag == "option" and "selected" in named and self.found[-1]:
            self.found[-1][-1] = (self.found[-1][-1][0], named.get("value", ""))


def forms_of(html: str) -> list[list[tuple[str, str]]]:
    """Return the forms of a page that send anything."""
    parser = _Forms()
    parser.feed(html)
    return [form for form in parser.found if form]


@contextmanager
def _listening(names: set[str]) -> Iterator[None]:
    """Note every name that is asked for in an address or a form."""
    asked_for, listed, has = MultiValueDict.__getitem__, MultiValueDict._getlist, MultiValueDict.__contains__

    def note(function: Any) -> Any:
        def noting(self: Any, key: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(key, str) and isinstance(self, QueryDict):
                names.add(key)
            return function(self, key, *args, **kwargs)

        return noting

    MultiValueDict.__getitem__, MultiValueDict._getlist = note(asked_for), note(listed)
    MultiValueDict.__contains__ = note(has)
    try:
        yield
    finally:
        MultiValueDict.__getitem__, MultiValueDict._getlist = asked_for, listed
        del MultiValueDict.__contains__


def look_around(site: Site, found: list[Address]) -> Asked:
    """Ask each address once as it is meant, with GET and POST; return what its view asked for."""
    asked = Asked()
    client = Client(raise_request_exception=False)
    for address in found:
        names: set[str] = set()
        path = "".join(address.parts) + (f"?{address.query}" if address.query else "")
        client.cookies.load(site.cookies["administrator"])
        with _listening(names):
            with _put_back():
                asked.forms[address.pattern] = forms_of(_html_of(client.get(path)))
            data = dict((asked.forms[address.pattern] or [[]])[-1])
            with _put_back():
                client.post(path, data)
        site.put_back_files()
        asked.names[address.pattern] = sorted(names)
    return asked


def _html_of(answer: HttpResponseBase) -> str:
    """Return the page in an answer; a dialog of the desk comes as JSON."""
    kind = answer.get("Content-Type", "")
    if answer.streaming or not kind.startswith(("text/html", "application/json")):
        return ""
    if kind.startswith("text/html"):
        return answer.content.decode()
    said = json.loads(answer.content)
    return said.get("html", "") if isinstance(said, dict) else ""
