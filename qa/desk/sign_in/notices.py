"""Mail to an account about what happened to its sign-in, in its own language; and the lines in the site's history."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import send_mail
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from wagtail.log_actions import LogActionRegistry, log

from qa.desk.sign_in.throttling import UNKNOWN, counted_address


@dataclass(frozen=True)
class Notice:
    """Something of which an account is told."""

    action: str  # in the history; empty where none is written
    label: str | Promise  # in the history, and the subject of the mail
    sentence: str | Promise


PASSKEY_ADDED = Notice(
    "qa.sign_in.passkey_added",
    gettext_lazy("Passkey added"),
    gettext_lazy("A passkey was added to your account."),
)
PASSKEY_REMOVED = Notice(
    "qa.sign_in.passkey_removed",
    gettext_lazy("Passkey removed"),
    gettext_lazy("A passkey was removed from your account."),
)
APP_ADDED = Notice(
    "qa.sign_in.app_added",
    gettext_lazy("Authenticator app added"),
    gettext_lazy("An authenticator app was added to your account."),
)
APP_REMOVED = Notice(
    "qa.sign_in.app_removed",
    gettext_lazy("Authenticator app removed"),
    gettext_lazy("The authenticator app was removed from your account."),
)
CODES_MADE = Notice(
    "qa.sign_in.codes_made",
    gettext_lazy("New recovery codes"),
    gettext_lazy("New recovery codes were made for your account. The old ones are good no more."),
)
CODES_USED_UP = Notice(
    "",
    gettext_lazy("No recovery codes left"),
    gettext_lazy("The last recovery code of your account was used. Make new ones under Account."),
)
RESET = Notice(
    "qa.sign_in.reset",
    gettext_lazy("Second factor reset"),
    gettext_lazy(
        "Whoever runs the site has removed the passkeys, the authenticator app and the recovery codes of your account."
    ),
)
_IN_HISTORY = (PASSKEY_ADDED, PASSKEY_REMOVED, APP_ADDED, APP_REMOVED, CODES_MADE, RESET)


def register_log_actions(actions: LogActionRegistry) -> None:
    """Register what is written into the history."""
    for notice in _IN_HISTORY:
        actions.register_action(notice.action, notice.label, notice.sentence)


def note(user: AbstractBaseUser, notice: Notice, by: AbstractBaseUser | None = None) -> None:
    """Write into the history of an account what happened, and tell it."""
    log(instance=user, action=notice.action, user=by)
    tell(user, notice)


def tell(user: AbstractBaseUser, notice: Notice) -> None:
    """Tell an account what happened; nothing if it has no address."""
    with _words_of(user):
        _send(user, str(notice.label), str(notice.sentence))


def tell_of_new_browser(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Tell an account that it has signed in where it never did before, once there is a mail server."""
    if not settings.EMAIL_HOST:
        return
    with _words_of(user):
        address = counted_address(request)
        values = {
            "moment": date_format(timezone.localtime(timezone=ZoneInfo(_zone_of(user))), "DATETIME_FORMAT"),
            "zone": _zone_of(user),
            "address": _("unknown") if address == UNKNOWN else address,
        }
        _send(
            user,
            _("New sign-in"),
            _("Somebody has signed in to your account with a browser that was not used before.")
            + "\n\n"
            + _("When: %(moment)s (%(zone)s)\nAddress: %(address)s") % values
            + f"\n{request.headers.get('User-Agent', '')[:300]}",
        )


def _words_of(user: AbstractBaseUser) -> override:
    profile = getattr(user, "wagtail_userprofile", None)
    return override(profile.get_preferred_language() if profile else settings.LANGUAGE_CODE)


def _zone_of(user: AbstractBaseUser) -> str:
    profile = getattr(user, "wagtail_userprofile", None)
    return profile.get_current_time_zone() if profile else settings.TIME_ZONE


def _send(user: AbstractBaseUser, subject: str, text: str) -> None:
    if not user.email:
        return
    address = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("wagtailadmin_account")
    body = "\n\n".join(
        [
            _("Account: %(name)s, at %(site)s") % {"name": user.get_username(), "site": settings.WAGTAIL_SITE_NAME},
            text,
            _("If that was not you, change your password, and look under Account who is signed in:"),
            address,
        ]
    )
    send_mail(f"{settings.WAGTAIL_SITE_NAME}: {subject}", body, None, [user.email], fail_silently=True)
