"""Model of the private addresses at which calendar programs fetch the desk's calendar."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarAddress(models.Model):
    """The private address under which one account's calendar program fetches what is planned.

    Only a digest of the secret in it is kept: whoever reads the database cannot fetch the calendar. The secret has 256
    random bits, so that a plain SHA-256 is enough (nothing can be guessed that a slow hash would protect).
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def make(cls, user: AbstractUser, now: datetime) -> str:
        """Return a new secret for ``user``, shown this once; it invalidates the previous one."""
        secret = secrets.token_urlsafe(32)
        cls.objects.update_or_create(user=user, defaults={"digest": _digest(secret), "made_at": now})
        return secret

    @classmethod
    def owner_of(cls, secret: str) -> AbstractUser | None:
        """Return the account that ``secret`` belongs to, ``None`` if there is none or it was revoked."""
        found = cls.objects.select_related("user").filter(digest=_digest(secret)).first()
        return found.user if found else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
