"""Models of the scheduler's memory: when it last ran, and what it could not do on time."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Cap of the growing pause between two attempts: a change that keeps failing is tried after 1, 2, 4 … seconds, and from
#: then on every 10 minutes; a queued task likewise.
RETRY_CAP = timedelta(minutes=10)
#: How often the scheduler and the worker write their heartbeats.
HEARTBEAT_INTERVAL = timedelta(seconds=15)
#: Without a heartbeat for this long, no such process runs; a cron line writes one each minute.
SILENT_AFTER = timedelta(minutes=2)


class ScheduleTrouble(models.Model):
    """A scheduled change that failed and is tried again, or that was not made because its window had passed.

    It is a row and not memory, so that the growing pause survives a restart and several schedulers share it.
    """

    subject = models.CharField(max_length=255, unique=True, editable=False)  # "publish wagtailcore.page 5 revision 12"
    model = models.CharField(max_length=120, editable=False)  # app_label.model_name
    object_id = models.CharField(max_length=255, editable=False)
    title = models.TextField(editable=False)
    due_at = models.DateTimeField(editable=False)
    since = models.DateTimeField(editable=False)  # the first failure
    attempts = models.PositiveIntegerField(default=0, editable=False)
    next_try = models.DateTimeField(null=True, editable=False)  # None: the window has passed, nothing is tried
    last_error = models.TextField(blank=True, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("trouble with the schedule")
        verbose_name_plural = _("troubles with the schedule")

    def __str__(self) -> str:
        return self.title

    def failed_again(self, error: str, now: datetime) -> None:
        """Count an attempt, and let the pause until the next one grow."""
        self.attempts += 1
        self.last_error = error
        self.next_try = now + min(timedelta(seconds=2 ** min(self.attempts - 1, 20)), RETRY_CAP)


class Heartbeat(models.Model):
    """When a process of one kind, which runs beside the web server, was last at work: one row for all of the kind."""

    seen_at = models.DateTimeField(editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.seen_at.isoformat()

    @classmethod
    def beat(cls, now: datetime, *, every: timedelta = timedelta(0)) -> bool:
        """Record that such a process runs, unless one did so less than ``every`` ago; return whether it did."""
        row = cls.objects.filter(pk=1).first()
        if row is not None and now - every < row.seen_at <= now:
            return False
        cls.objects.update_or_create(pk=1, defaults={"seen_at": now})
        return True

    @classmethod
    def last_seen(cls) -> datetime | None:
        """Return the time of the last heartbeat, ``None`` if there has never been one."""
        return cls.objects.filter(pk=1).values_list("seen_at", flat=True).first()


class SchedulerHeartbeat(Heartbeat):
    """When a scheduler last looked for what is due."""

    class Meta:
        verbose_name = _("heartbeat of the scheduler")
        verbose_name_plural = _("heartbeat of the scheduler")


class WorkerHeartbeat(Heartbeat):
    """When a worker last looked for what is queued."""

    class Meta:
        verbose_name = _("heartbeat of the worker")
        verbose_name_plural = _("heartbeat of the worker")
