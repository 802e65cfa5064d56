"""Passkeys: their two ceremonies (WebAuthn, level 3) over the helper of django-otp-webauthn, with answers of our own.

The library's own views want an account that the password alone has signed in. Here there is none yet.
"""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.models import WebAuthnCredential
from webauthn.helpers.exceptions import WebAuthnException

from qa.desk.sign_in import throttling

logger = logging.getLogger(__name__)
_STATE = "passkey_ceremony"
DOOR = "passkey:"
_LONGEST_NAME = 64
_ANONYMOUS_FOR = 15 * 60  # seconds that the session of somebody lasts who may never come back


class RefusedError(Exception):
    """What an authenticator sent proves nothing; the sentence is for whoever holds it."""


def offer(request: HttpRequest, user: AbstractBaseUser | None, purpose: str) -> dict[str, Any] | None:
    """Return what a page needs for its button, or nothing if the account has no passkey.

    ``user`` is nobody where one signs in without a name. ``purpose`` is ``sign-in``, ``second`` or ``confirm``.
    """
    if user is not None and not has_passkey(user):
        return None
    return {"purpose": purpose, **place(request)}


def has_passkey(user: AbstractBaseUser) -> bool:
    """Return whether an account has one."""
    return WebAuthnCredential.objects.filter(user_id=user.pk, confirmed=True).exists()


def place(request: HttpRequest) -> dict[str, Any]:
    """Return where passkeys work, and whether that is where the page is: a browser has them for one host only."""
    (origin,) = settings.OTP_WEBAUTHN_ALLOWED_ORIGINS
    return {"origin": origin, "is_here": origin == f"{request.scheme}://{request.get_host()}"}


def in_json(view: Callable[[HttpRequest, dict[str, Any]], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    """Make a view of a function that takes what was posted as JSON and returns what is answered as JSON."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            if request.content_type != "application/json":  # the body of a form may have been read by now
                raise ValueError("no JSON")
            sent = json.loads(request.body)
            if not isinstance(sent, dict):
                raise ValueError("no object")
            return JsonResponse(view(request, sent))
        except RefusedError as refused:
            return JsonResponse({"error": str(refused)}, status=400)
        except (ValueError, RecursionError):  # no JSON
            return JsonResponse({"error": _("This was not understood.")}, status=400)

    return require_POST(answer)


def begin_making(request: HttpRequest, user: AbstractBaseUser) -> dict[str, Any]:
    """Return the options for a new passkey of an account, and remember the challenge in the session."""
    options, state = _helper(request).register_begin(user)
    request.session[_STATE] = {"for": "make", "user": str(user.pk), **state}
    return options


def finish_making(request: HttpRequest, user: AbstractBaseUser, sent: dict[str, Any]) -> WebAuthnCredential:
    """Return the new passkey, stored; raises ``RefusedError``."""
    state = _taken(request, "make", user)
    passkey = _tried(lambda: _helper(request).register_complete(user, state, sent["credential"]))
    passkey.name = clean_name(sent.get("name")) or _("Passkey")
    passkey.save(update_fields=["name"])
    return passkey


def clean_name(name: Any) -> str:
    """Return the name of a passkey as it can be stored."""
    text = str(name or "").replace("\0", "").encode(errors="ignore").decode()
    return " ".join(text.split())[:_LONGEST_NAME]


def begin_showing(request: HttpRequest, user: AbstractBaseUser | None, *, unlocked: bool) -> dict[str, Any]:
    """Return the options for showing a passkey: one of an account's, or any.

    Where it stands for the password it has to be ``unlocked`` (PIN, finger, face): who has found it has found no more
    than a key.
    """
    options, state = _helper(request).authenticate_begin(user, require_user_verification=unlocked)
    if user is None:
        request.session.set_expiry(_ANONYMOUS_FOR)
    request.session[_STATE] = {"for": "show", "user": str(user.pk) if user else "", **state}
    return options


def finish_showing(request: HttpRequest, user: AbstractBaseUser | None, sent: dict[str, Any]) -> WebAuthnCredential:
    """Return the passkey that was shown; raises ``RefusedError``, also for one of an account that may not sign in."""
    if throttling.is_closed(request, DOOR):
        raise RefusedError(_("Too many attempts."))
    state = _taken(request, "show", user)
    try:
        passkey = _tried(lambda: _helper(request).authenticate_complete(user, state, sent["credential"]))
        if not passkey.confirmed or not passkey.user.is_active:
            raise RefusedError(_("This passkey cannot be used here."))
    except RefusedError:
        throttling.count_mistake(request, DOOR)
        raise
    return passkey


def _taken(request: HttpRequest, purpose: str, user: AbstractBaseUser | None) -> dict[str, Any]:
    """Return what was remembered of a ceremony that has begun: once, and for the same purpose and account."""
    state = request.session.pop(_STATE, None) or {}
    if (state.get("for"), state.get("user")) != (purpose, str(user.pk) if user else ""):
        raise RefusedError(_("This took too long. Please begin again."))
    return state


def _tried(ceremony: Callable[[], WebAuthnCredential]) -> WebAuthnCredential:
    try:
        return ceremony()
    except (OTPWebAuthnApiError, WebAuthnException, AttributeError, KeyError, TypeError, ValueError) as error:
        logger.info("A passkey was refused: %s: %s", type(error).__name__, error)
        raise RefusedError(_("This passkey cannot be used here.")) from None


def _helper(request: HttpRequest) -> Any:
    return WebAuthnCredential.get_webauthn_helper(request)
