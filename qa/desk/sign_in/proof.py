"""State of a session: how its account has shown who it is, with what, when, and what is still missing.

A session that lacks the second factor belongs to nobody (``guard.py``). Between the password and the second factor
there is no session of the account at all, only a note in an anonymous one (``Pending``).
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from qa.desk.sign_in import required
from qa.desk.sign_in.throttling import counted_address
from qa.models import SignIn, Way
from site_config.client_address import client_address

#: Keys of the session: whether a second factor was shown, whether one is missing, and when anything was shown last.
SECOND, MISSING, PROVED_AT = "second_factor", "second_factor_missing", "proved_at"
#: … the row of the sign-in, under which key it is noted there, and when something was done last.
ROW, NOTED_KEY, SEEN_AT = "sign_in", "sign_in_key", "seen_at"
PENDING = "sign_in_pending"
BACKEND = "django.contrib.auth.backends.ModelBackend"
#: Seconds from the password to the second factor: as long as it takes to find a telephone.
PENDING_FOR = 15 * 60


@dataclass(frozen=True)
class Pending:
    """Somebody who has typed the password of an account, from which more is wanted."""

    user_id: Any
    digest: str  # of the password: another one ends this
    at: float
    next: str
    remember: bool

    @classmethod
    def begin(cls, request: HttpRequest, user: AbstractBaseUser, next_url: str, remember: bool) -> None:
        """Note it in a new session, under a new key, in which nothing else is."""
        request.session.flush()
        request.session.set_expiry(PENDING_FOR)
        now = timezone.now().timestamp()
        request.session[PENDING] = asdict(cls(user.pk, user.get_session_auth_hash(), now, next_url, remember))

    @classmethod
    def of(cls, request: HttpRequest) -> "Pending | None":
        """Return what is noted, unless it is too old."""
        noted = request.session.get(PENDING)
        if not noted or timezone.now().timestamp() - noted["at"] > PENDING_FOR:
            return None
        return cls(**noted)

    @property
    def user(self) -> AbstractBaseUser | None:
        """The account, if it may still sign in with the password that was typed."""
        user = get_user_model()._default_manager.filter(pk=self.user_id, is_active=True).first()
        return user if user and constant_time_compare(user.get_session_auth_hash(), self.digest) else None


def sign_in(request: HttpRequest, user: AbstractBaseUser, way: Way, remember: bool) -> None:
    """Give an account a session under a new key; ``remember`` lets it outlive the browser, until it is idle."""
    request.session.pop(PENDING, None)
    request.way_of_sign_in = way
    login(request, user, backend=BACKEND)
    request.session.set_expiry(settings.SESSION_COOKIE_AGE if remember else 0)


def note_sign_in(sender: Any, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> None:
    """Write into the session of a sign-in, whichever door it came through, what it has shown and what it lacks."""
    way = getattr(request, "way_of_sign_in", Way.PASSWORD)
    now = timezone.now()
    session = request.session
    if way == Way.PASSWORD:
        session.pop(SECOND, None)
        session[MISSING] = required.has_factor(user)
    else:
        session[SECOND] = True
        session.pop(MISSING, None)
    session[PROVED_AT] = session[SEEN_AT] = now.timestamp()
    if not session.session_key:
        session.create()
    row = SignIn.note(
        now,
        user=user,
        address=_address(request),
        browser=request.headers.get("User-Agent", "")[:300],
        way=way,
        session_key=session.session_key,
    )
    session[ROW], session[NOTED_KEY] = row.pk, session.session_key
    request.signed_in_as = user.get_username()


def _address(request: HttpRequest) -> str | None:
    """Return the whole address, where it is one: of IPv6 more than mistakes are counted by."""
    address = client_address(request)
    return address if counted_address(request) not in ("", "0.0.0.0") and len(address) < 46 else None  # noqa: S104


def renew(request: HttpRequest) -> None:
    """Note that the account has just shown again who it is; the session gets a new key."""
    request.session.cycle_key()
    request.session[PROVED_AT] = timezone.now().timestamp()


def upgrade(request: HttpRequest) -> None:
    """Note that the account, which is signed in, has just shown a second factor by adding it."""
    renew(request)
    request.session[SECOND] = True
    request.session.pop(MISSING, None)


def end_elsewhere(request: HttpRequest, user: AbstractBaseUser) -> int:
    """End all sessions of an account but this one; return how many."""
    return SignIn.end(user, but=request.session.get(NOTED_KEY))


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the account has shown who it is within ``CONFIRM_AFTER``."""
    proved = request.session.get(PROVED_AT, 0)
    return 0 <= timezone.now().timestamp() - proved < settings.CONFIRM_AFTER.total_seconds()


def lacks_second_factor(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Return whether the session of ``user`` is one that the password alone has opened, where that is not enough."""
    if request.session.get(SECOND):
        return False
    if ROW not in request.session:  # from before there were second factors, or past every door that we know
        return required.has_factor(user) or required.is_required(user)
    return bool(request.session.get(MISSING)) or required.is_required(user)


def follow(request: HttpRequest, *, is_done_by_somebody: bool) -> None:
    """Keep a session going while something is done, and its row true; costs nothing more often than once a minute."""
    session = request.session
    now = timezone.now()
    values: dict[str, Any] = {}
    if is_done_by_somebody and now.timestamp() - session.get(SEEN_AT, 0) >= 60:
        session[SEEN_AT] = now.timestamp()
        values["last_seen"] = now
    if session.get(NOTED_KEY) != session.session_key and session.session_key:
        session[NOTED_KEY] = values["session_key"] = session.session_key
    if values and ROW in session:
        SignIn.objects.filter(pk=session[ROW]).update(**values)


def connect() -> None:
    """Connect the receiver."""
    user_logged_in.connect(note_sign_in, dispatch_uid="qa.desk.sign_in")
