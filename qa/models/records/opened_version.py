"""Model of the versions that forms were opened with, so that what two people made of one can be merged."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class OpenedVersion(models.Model):
    """A version that a form shows. While nobody saves over it, it is the revision; then its content is kept here.

    Autosave saves over its own revision again and again and keeps its number: whoever had opened the form meanwhile has
    begun with a state that nothing else remembers. The number and the moment together name a state.
    """

    revision = models.BigIntegerField(editable=False)  # a number, not a key: the version may be purged before
    saved_at = models.DateTimeField(editable=False)
    opened_at = models.DateTimeField(auto_now_add=True, db_index=True)
    content = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("version that a form shows")
        verbose_name_plural = _("versions that forms show")
        constraints = [models.UniqueConstraint(fields=["revision", "saved_at"], name="opened_once")]

    def __str__(self) -> str:
        return f"{self.revision}, {self.saved_at.isoformat()}"

    @classmethod
    def note(cls, revision: int, saved_at: Any) -> None:
        """Remember that a form shows this state; one query."""
        cls.objects.bulk_create([cls(revision=revision, saved_at=saved_at)], ignore_conflicts=True)
