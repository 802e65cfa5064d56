"""Limits of wrong passwords and codes: a handler of django-axes, whose tables all processes share.

What is counted is a door and an address. The door of an account has its name; others have names of their own, with a
colon. What is typed at the door of accounts is never the name of another (``_typed``). A door is closed for a while and
never for good, and no session that is open is closed by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from qa.desk.sign_in import browsers
from site_config.client_address import client_address
from site_config.policy import at_the_desk

#: For how long a mistake counts, and how long one waits after the last: for one address, and for a name everywhere.
PAUSE, LONG_PAUSE = timedelta(minutes=15), timedelta(hours=1)
#: From one address, whatever the name: an office behind one address has several people, a guesser many names.
FROM_AN_ADDRESS = 50
_KEPT = timedelta(days=1)
SECOND_STEP = "second-step:"
UNKNOWN = "0.0.0.0"  # noqa: S104 - no address to listen at: of a client that came by a socket


@dataclass(frozen=True)
class Limits:
    """How many mistakes are let through at one door."""

    here: int  # from one address, or in one browser that is known
    everywhere: int  # in all browsers that are not known, together


#: By the beginning of the name of a door; the first is for accounts, of which everywhere is NIST's limit (SP 800-63B,
#: 3.2.2: at most 100). A code has six digits, three of which are good at any time, so that it has fewer. A page's
#: password is shared by readers: who mistypes it locks nobody else out.
LIMITS = {
    "": Limits(here=10, everywhere=100),
    SECOND_STEP: Limits(here=5, everywhere=20),
    "password-reset:": Limits(here=5, everywhere=5),
    "passkey:": Limits(here=20, everywhere=10_000),  # nobody guesses one; each try costs a signature
    "page:": Limits(here=10, everywhere=10_000),
    "collection:": Limits(here=10, everywhere=10_000),
}


def limits_of(name: str) -> Limits:
    """Return the limits of a door."""
    return LIMITS.get(name[: name.find(":") + 1], LIMITS[""])


def counted_address(request: HttpRequest) -> str:
    """Return the address under which mistakes are counted; of IPv6 the network, for one client has a whole /64."""
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return UNKNOWN
    if address.version == 6:
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network(f"{address}/64", strict=False).network_address)
    return str(address)


def wait_for(request: HttpRequest, name: str) -> timedelta | None:
    """Return how long the door ``name`` stays closed for whoever asks; ``None`` if it is open. One query."""
    name = _stored(name)
    now, address, browser = timezone.now(), counted_address(request), _browser(request, name)
    limits = limits_of(name)
    found = list(
        AccessAttempt.objects.filter(
            Q(username=name) | Q(ip_address=address), attempt_time__gt=now - LONG_PAUSE
        ).values_list("username", "ip_address", "user_agent", "failures_since_start", "attempt_time")
    )
    strangers = [row for row in found if not row[2]]
    if browser:
        waits = [_wait((row for row in found if row[0] == name and row[2] == browser), limits.here, PAUSE, now)]
    else:
        waits = [
            _wait((row for row in strangers if row[:2] == (name, address)), limits.here, PAUSE, now),
            _wait((row for row in strangers if row[1] == address), FROM_AN_ADDRESS, PAUSE, now),
            _wait((row for row in strangers if row[0] == name), limits.everywhere, LONG_PAUSE, now),
        ]
    return max(filter(None, waits), default=None)


def _wait(rows: Iterable[tuple], most: int, pause: timedelta, now: datetime) -> timedelta | None:
    counting = [(failures, at) for *_rest, failures, at in rows if at > now - pause]
    if sum(failures for failures, _at in counting) < most:
        return None
    return max(at for _failures, at in counting) + pause - now


def _browser(request: HttpRequest, name: str) -> str:
    """Return the browser if it is known to the account behind the door: also at its second step."""
    return browsers.known(request, name.removeprefix(SECOND_STEP))


def _typed(name: str) -> str:
    """Return the door of a name that somebody typed: with a colon it is no account's, and no other door's either."""
    return f"typed:{name}" if ":" in name else name


def _stored(name: str) -> str:
    """Return a name as the table can hold it: what was typed may be anything."""
    return name.replace("\0", "")[:255]


def count_mistake(request: HttpRequest, name: str) -> None:
    """Count a mistake at the door ``name``; nothing of what was sent is kept but this name."""
    now, address, name = timezone.now(), counted_address(request), _stored(name)
    AccessAttempt.objects.filter(attempt_time__lt=now - _KEPT).delete()
    with transaction.atomic():
        row, is_new = AccessAttempt.objects.select_for_update().get_or_create(
            username=name,
            ip_address=address,
            user_agent=_browser(request, name),
            defaults={"failures_since_start": 1, "path_info": request.path[:255]},
        )
        if not is_new:
            fresh = row.attempt_time > now - PAUSE
            row.failures_since_start = F("failures_since_start") + 1 if fresh else 1
            row.attempt_time = now
            row.save(update_fields=["failures_since_start", "attempt_time"])


def forget_mistakes(request: HttpRequest, name: str) -> None:
    """Forget the mistakes at a door that was then opened, from here: those of strangers elsewhere go on counting."""
    name = _stored(name)
    browser = _browser(request, name)
    here = Q(user_agent=browser) if browser else Q(user_agent="", ip_address=counted_address(request))
    AccessAttempt.objects.filter(here, username=name).delete()


class Throttle(AxesDatabaseHandler):
    """The handler of django-axes with our limits, which keeps no form, no browser's name and no wrong password."""

    def is_locked(self, request: HttpRequest, credentials: dict | None = None) -> bool:
        name = get_client_username(request, credentials)
        return bool(name) and wait_for(request, _typed(name)) is not None

    def user_login_failed(
        self, sender: Any, credentials: dict, request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        name = get_client_username(request, credentials) if request is not None else ""
        if not name:
            return
        request.axes_credentials = credentials
        if not request.axes_locked_out:
            count_mistake(request, _typed(name))

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        forget_mistakes(request, user.get_username())

    def user_logged_out(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """Nothing to note."""


class ThrottlingBackend(AxesStandaloneBackend):
    """The backend of django-axes, which asks first whether one may try; without a request nobody is at a door."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, **kwargs: Any) -> None:
        if request is not None:
            super().authenticate(request, username, **kwargs)


def is_closed(request: HttpRequest, name: str) -> bool:
    """Return whether the door ``name`` is closed; whatever the view says, the answer is ``refusal`` then."""
    AxesProxyHandler.update_request(request)
    if wait_for(request, name) is None:
        return False
    request.axes_locked_out, request.axes_credentials = True, {"username": name}
    return True


def refusal(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict | None = None
) -> HttpResponse:
    """Answer 429 (RFC 6585, 4) with ``Retry-After``, in the words of the desk or of readers' pages."""
    wait = wait_for(request, get_client_username(request, credentials) or "") or PAUSE
    minutes = ceil(wait / timedelta(minutes=1))
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        answer = JsonResponse({"minutes": minutes}, status=429)
    elif request.path.startswith(reverse("wagtailadmin_home")):
        answer = at_the_desk(_page("qa/desk/sign_in/too_often.html", minutes))(request)
    else:
        answer = _page("qa/too_often.html", minutes)(request)
    answer["Retry-After"] = str(ceil(wait.total_seconds()))
    answer["Cache-Control"] = "no-store"
    return answer


def _page(template: str, minutes: int) -> Any:
    return lambda request: render(request, template, {"minutes": minutes}, status=429)
