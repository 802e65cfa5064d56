"""Cookie of browsers in which somebody has signed in before: their mistakes are counted apart from everybody else's.

So nobody locks an editor out by typing wrong passwords for them: the editor's own browser goes on as before ("device
cookies", OWASP). It opens nothing, and says only whose name may be mistyped here.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

COOKIE = "known_browser"
_SALT = "qa.desk.sign_in.browsers"
_AGE = 365 * 24 * 3600  # seconds since the last sign-in
_MOST_NAMES = 8


def _content(request: HttpRequest) -> dict[str, Any]:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_AGE)
    except signing.BadSignature:
        return {"id": "", "names": []}


def known(request: HttpRequest, name: str) -> str:
    """Return the identity of the browser if the account of this name has signed in with it, else an empty text."""
    content = _content(request)
    return content["id"] if name in content["names"] else ""


def remember(response: HttpResponse, request: HttpRequest, name: str) -> None:
    """Let the answer to a sign-in make the browser known to the account, beside others that share it."""
    content = _content(request)
    names = [name, *(other for other in content["names"] if other != name)][:_MOST_NAMES]
    response.set_cookie(
        COOKIE,
        signing.dumps({"id": content["id"] or secrets.token_urlsafe(16), "names": names}, salt=_SALT),
        max_age=_AGE,
        path=reverse("wagtailadmin_home"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
