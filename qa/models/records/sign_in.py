"""Model of the sign-ins of accounts: what an account is shown of itself, and by which it ends sessions elsewhere."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: For how long a sign-in is kept: as long as one asks "was that me?".
KEPT = timedelta(days=180)


class Way(models.TextChoices):
    """How somebody has shown who they are."""

    PASSWORD = "password", _("password")
    PASSKEY = "passkey", _("passkey")
    APP = "app", _("password and authenticator app")
    CODE = "code", _("password and recovery code")
    BOTH = "both", _("password and passkey")


class SignIn(models.Model):
    """A sign-in that succeeded, with the session that came of it while there is one.

    A try that failed is counted by django-axes under the name that was typed: whether there is such an account must not
    be told by how long the answer takes.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False)
    at = models.DateTimeField(editable=False)
    address = models.GenericIPAddressField(null=True, editable=False)
    browser = models.CharField(max_length=300, editable=False)  # as it calls itself
    way = models.CharField(max_length=8, choices=Way, editable=False)
    session_key = models.CharField(max_length=40, db_index=True, editable=False)
    last_seen = models.DateTimeField(editable=False)

    # Nobody asks where a sign-in is used, and keeping Wagtail's index of that would be a query at each sign-in.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="qa_signin_of_account")]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def note(cls, now: datetime, **values: Any) -> "SignIn":
        """Return the new row of a sign-in at ``now``; what is older than ``KEPT`` is forgotten on the way.

        But for those whose session goes on: without its row, no session could be ended from elsewhere.
        """
        lasting = Session.objects.filter(expire_date__gt=now).values("session_key")
        cls.objects.filter(at__lt=now - KEPT).exclude(session_key__in=lasting).delete()
        return cls.objects.create(at=now, last_seen=now, **values)

    @classmethod
    def open_ones(cls, user: Any) -> QuerySet["SignIn"]:
        """Return the sign-ins of an account whose session goes on, the newest first."""
        lasting = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
        return cls.objects.filter(user=user, session_key__in=lasting)

    @classmethod
    def end(cls, user: Any, but: str | None = None, **which: Any) -> int:
        """End sessions of an account, all but one; return how many. Whoever has one is asked to sign in again."""
        keys = list(cls.objects.filter(user=user, **which).exclude(session_key=but or "").values_list("session_key"))
        return Session.objects.filter(session_key__in=[key for (key,) in keys if key]).delete()[0]
