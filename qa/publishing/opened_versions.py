"""Keeping of versions that a form shows when they are saved over, and the end of keeping them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models.signals import pre_save
from wagtail.models import Revision

from qa.models import OpenedVersion
from site_config.after_commit import may_fail

#: A form that was open for longer is compared field by field, without knowing who changed what.
KEPT_FOR = timedelta(days=14)


def connect() -> None:
    """Connect the receiver; called by ``signal_handlers.connect``."""
    pre_save.connect(keep_version, sender=Revision, dispatch_uid="qa.keep_version")


@may_fail()
def keep_version(
    sender: type[Revision], instance: Revision, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Keep what a revision says before it is saved over, if a form shows it; one query where none does."""
    if raw or instance.pk is None or (update_fields is not None and "content" not in update_fields):
        return
    shown = OpenedVersion.objects.filter(revision=instance.pk, content__isnull=True)
    moments = list(shown.values_list("saved_at", flat=True))
    if not moments:
        return
    stored = Revision.objects.filter(pk=instance.pk, created_at__in=moments).values("created_at", "content").first()
    if stored:
        shown.filter(saved_at=stored["created_at"]).update(content=stored["content"])


def forget_opened_versions(now: datetime) -> None:
    """Forget versions that forms were opened with long ago."""
    OpenedVersion.objects.filter(opened_at__lt=now - KEPT_FOR).delete()
