"""HTTP client that checks politely whether addresses of other sites still work."""

import time
from collections.abc import Callable
from http.client import HTTPException
from typing import NamedTuple
from urllib.parse import urljoin

from urllib3 import Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Url, parse_url

from qa.links.public_connections import LocatedManager, PrivateAddress, public_addresses
from qa.models import OutsideLink

Result = OutsideLink.Result

_MOST_HOPS = 10  # redirects; browsers follow 20 (Fetch standard, 4.4)
#: Statuses with which a host blocks programs, though it may well show people the page: not signed in, forbidden, wrong
#: method, too many requests, legal reasons, and what LinkedIn answers programs with.
_BLOCKING = frozenset({401, 403, 405, 406, 429, 451, 999})
_ERRORS: list[tuple[type[Exception] | tuple[type[Exception], ...], Result]] = [
    (PrivateAddress, Result.PRIVATE),
    ((NameResolutionError, NewConnectionError), Result.UNREACHABLE),  # kinds of a timeout to urllib3
    ((ConnectTimeoutError, ReadTimeoutError, TimeoutError), Result.TIMEOUT),
    (SSLError, Result.BAD_CERTIFICATE),
    ((LocationParseError, LocationValueError), Result.INVALID),
    ((HTTPError, HTTPException, OSError), Result.UNREACHABLE),
    (ValueError, Result.INVALID),
]


class Answer(NamedTuple):
    """How an address answered, and the last HTTP status if there was any."""

    result: Result
    status: int | None = None


class LinkChecker:
    """HTTP client that checks one address after the other, and no host twice within ``PAUSE`` seconds."""

    PAUSE = 1.0  # seconds between two requests to one host
    TIMEOUT = Timeout(connect=5, read=10)  # seconds
    DEADLINE = 20.0  # seconds for one request, however slowly it is answered
    #: Which addresses may be connected to. Tests of what servers answer put their own in; nothing else does.
    locate = staticmethod(public_addresses)

    def __init__(self, agent: str, sleep: Callable[[float], None] = time.sleep) -> None:
        """``agent`` is the User-Agent, which names the site; ASCII."""
        self._manager = LocatedManager(self.locate)
        self._headers = {"User-Agent": agent, "Accept": "*/*", "Connection": "close"}
        self._sleep = sleep
        self._free_at: dict[str, float] = {}  # by host, on the monotonic clock

    def check(self, url: str) -> Answer:
        """Return how an address answers, redirects followed; each of them is checked like the first address."""
        try:
            for _hop in range(_MOST_HOPS):
                parts = parse_url(url)
                if parts.scheme not in ("http", "https") or not parts.host:
                    return Answer(Result.INVALID)
                status, location = self._status(parts)
                if not (300 <= status < 400 and location):
                    return Answer(_result(status), status)
                url = urljoin(parts.url, location)
            return Answer(Result.REDIRECT_LOOP)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            return Answer(next(result for kind, result in _ERRORS if isinstance(error, kind)))

    def _status(self, parts: Url) -> tuple[int, str]:
        """Return status and ``Location``: by HEAD, or else by GET, which may work where HEAD does not."""
        try:
            status, location = self._request("HEAD", parts)
        except (PrivateAddress, ConnectTimeoutError, NewConnectionError, SSLError):
            raise
        except (HTTPError, HTTPException):
            return self._request("GET", parts)
        return self._request("GET", parts) if status >= 400 and status != 429 else (status, location)

    def _request(self, method: str, parts: Url) -> tuple[int, str]:
        self._wait_for(parts.host or "")
        with self._manager.within(self.DEADLINE) as is_over:
            try:
                response = self._manager.request(
                    method,
                    parts._replace(fragment=None, auth=None).url,
                    headers=self._headers,
                    redirect=False,
                    retries=False,
                    timeout=self.TIMEOUT,
                    preload_content=False,  # only the status is of interest
                )
                response.close()
            except HTTPError as error:
                if is_over():
                    raise TimeoutError from error
                raise
            if is_over():  # a response that was cut off looks complete
                raise TimeoutError
            return response.status, response.headers.get("Location") or ""

    def _wait_for(self, host: str) -> None:
        """Sleep until the pause since the last request to this host is over."""
        pause = self._free_at.get(host, 0) - time.monotonic()
        if pause > 0:
            self._sleep(pause)
        self._free_at[host] = time.monotonic() + self.PAUSE


def _result(status: int) -> Result:
    if status in OutsideLink.GONE:
        return Result.GONE
    if status in _BLOCKING:
        return Result.BLOCKED
    return Result.OK if status < 400 else Result.ERROR
