"""Views that a page's script asks while somebody shows a passkey: instead of a password, after one, or to confirm."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from qa.desk.sign_in import proof
from qa.desk.sign_in.entering import enter, safe
from qa.desk.sign_in.passkeys import RefusedError, begin_showing, finish_showing, in_json
from qa.models import Way


def _whose(request: HttpRequest, purpose: Any) -> AbstractBaseUser | None:
    """Return whose passkey is asked for at a door; nobody's where one signs in with nothing else."""
    if purpose == "confirm" and request.user.is_authenticated:
        return request.user
    if purpose == "second" and (pending := proof.Pending.of(request)) and pending.user:
        return pending.user
    if purpose == "sign-in":
        return None
    raise RefusedError(_("This took too long. Please begin again."))


@in_json
def begin(request: HttpRequest, sent: dict[str, Any]) -> dict[str, Any]:
    """Answer the options for showing a passkey."""
    purpose = sent.get("purpose")
    return begin_showing(request, _whose(request, purpose), unlocked=purpose != "second")


@in_json
def finish(request: HttpRequest, sent: dict[str, Any]) -> dict[str, Any]:
    """Sign in with the passkey that was shown, and answer where to go; or confirm, and answer nothing."""
    purpose = sent.get("purpose")
    passkey = finish_showing(request, _whose(request, purpose), sent)
    if purpose == "confirm":
        proof.renew(request)
        return {"goes_to": ""}
    pending = proof.Pending.of(request) if purpose == "second" else None
    if pending:
        return {"goes_to": enter(request, passkey.user, Way.BOTH, pending.remember, pending.next)}
    return {"goes_to": enter(request, passkey.user, Way.PASSKEY, True, safe(request, sent.get("next")))}
