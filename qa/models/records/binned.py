"""Model of what was deleted and can be taken back for a while."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class ExactEncoder(DjangoJSONEncoder):
    """Encoder that keeps moments whole; Django's cuts them to milliseconds, and versions are ordered by them."""

    def default(self, o: Any) -> Any:
        """Return a value as JSON can hold it."""
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class BinnedItem(models.Model):
    """A deleted question, topic or expert, with every row that went with it.

    It is one row that nothing refers to, so that what is in the bin is in no list, channel, search, report or count, by
    construction and not by a filter that each of them would have to remember.
    """

    model = models.CharField(max_length=120, editable=False)  # "qa.questionpage"
    object_id = models.CharField(max_length=255, editable=False)
    title = models.TextField(editable=False)
    address = models.TextField(blank=True, editable=False)  # "/questions/how/", as readers had it
    was_live = models.BooleanField(default=False, editable=False)
    parent = models.BigIntegerField(null=True, editable=False)  # of a page; a number, because the parent may go as well
    owner = models.BigIntegerField(null=True, editable=False)  # of a page: whose it is decides who may delete it
    deleted_at = models.DateTimeField(auto_now_add=True, db_index=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    rows: Any = models.JSONField(encoder=ExactEncoder, editable=False)  # as Django's serializers write them
    links: Any = models.JSONField(default=list, editable=False)  # what pointed here and was emptied: model, field, keys

    class Meta:
        ordering = ["-deleted_at", "-pk"]
        verbose_name = _("deleted item")
        verbose_name_plural = _("deleted items")

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.title

    @property
    def kept_until(self) -> datetime:
        """The moment from which it can no longer be taken back."""
        return self.deleted_at + timedelta(days=settings.BIN_DAYS)

    @classmethod
    def empty(cls, now: datetime) -> None:
        """Delete for good what has been here for longer than ``BIN_DAYS``."""
        cls.objects.filter(deleted_at__lte=now - timedelta(days=settings.BIN_DAYS)).delete()
