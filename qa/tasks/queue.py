"""Background tasks with retries: queued with a change, run by ``manage.py run_worker``, reported if they keep failing.

django-tasks keeps the tasks in the database and runs each once; the rule of trying again is here.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult, get_date_max

from qa.models import WorkerHeartbeat
from qa.models.records.schedule import RETRY_CAP, SILENT_AFTER
from site_config.after_commit import after_commit

logger = logging.getLogger(__name__)

#: The name in ``settings.TASKS`` of the backend of our own tasks.
QUEUE = "queue"
#: A failed task is retried after 2, 4, 8 … seconds, up to ``RETRY_CAP``, for this long since it was queued. Afterwards
#: it waits for somebody to try it again,
GIVE_UP_AFTER = timedelta(days=1)
#: and is forgotten this long after it was queued.
FORGET_AFTER = timedelta(days=14)
#: A task that has run for longer was on a worker that died: no task of ours takes minutes.
STUCK_AFTER = timedelta(minutes=15)
#: A task that waits for longer does so because no worker runs, or because there is very much to do.
OVERDUE_AFTER = timedelta(minutes=1)

#: What the tasks are called at the desk, by the name of their function.
_TITLES = {
    "follow_publication": _("pictures and the desk’s search, after a publication"),
    "follow_publication_again": _("pictures and the desk’s search, after a publication"),
    "index_for_the_desk": _("the desk’s search"),
    "purge": _("purging the outer cache"),
    "purge_everything": _("purging the outer cache"),
    "purge_surroundings": _("purging the outer cache"),
    "redirect_again": _("redirects from an old address"),
    "refresh_again": _("readers’ search"),
    "send": _("e-mail"),
    "send_link": _("e-mail"),
}


def later(task: Task, *arguments: Any) -> None:
    """Queue a task with arguments that JSON can hold, in the caller's transaction: both are there or neither.

    A backend that runs tasks at once (in tests) does so when the transaction is committed.
    """
    if task.get_backend().supports_defer:
        task.enqueue(*arguments)
    else:
        after_commit(task.enqueue, *arguments)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts have failed."""
    return min(timedelta(seconds=2 ** min(attempts, 20)), RETRY_CAP)


def look_after(now: datetime) -> None:
    """Let what failed be tried again after its pause, take back what a dead worker left, drop what is over."""
    tasks = _tasks()
    for failed in tasks.failed().filter(enqueued_at__gt=now - GIVE_UP_AFTER):
        again = failed.finished_at + pause_after(len(failed.worker_ids))
        changed = tasks.failed().filter(pk=failed.pk).update(status=TaskResultStatus.READY, run_after=again)
        if changed:
            logger.warning(
                "Task %s failed (%s); it is tried again in %d seconds.",
                *(failed.task_path, last_error(failed), (again - failed.finished_at).total_seconds()),
            )
    dead = tasks.running().filter(started_at__lt=now - STUCK_AFTER)
    dead.update(status=TaskResultStatus.READY, run_after=now)
    # A mail may hold what only its reader should know, so nothing is kept that is done.
    tasks.successful().delete()
    tasks.failed().filter(enqueued_at__lt=now - FORGET_AFTER).delete()


def last_error(task: DBTaskResult) -> str:
    """Return the last line of what was raised."""
    lines = task.traceback.strip().splitlines()
    return lines[-1][:500] if lines else ""


@dataclass(frozen=True)
class Failing:
    """Tasks of one kind that keep failing."""

    name: str
    count: int
    since: datetime  # when the first of them was queued
    error: str  # of the newest attempt
    given_up: int  # how many of them are not tried again by themselves

    @property
    def title(self) -> str | Promise:
        """Return what the task is called at the desk."""
        return _TITLES.get(self.name, self.name)


@dataclass(frozen=True)
class QueueState:
    """How the queue is at a moment."""

    now: datetime
    last_seen: datetime | None
    waiting: int
    waiting_since: datetime  # the oldest; now if nothing waits
    failing: list[Failing]

    @property
    def waits_for(self) -> timedelta:
        """Return how long the oldest has waited."""
        return max(self.now - self.waiting_since, timedelta(0))

    @property
    def is_silent(self) -> bool:
        """Return whether no worker runs."""
        return self.last_seen is None or self.now - self.last_seen > SILENT_AFTER

    @property
    def is_overdue(self) -> bool:
        """Return whether something waits for longer than it would if a worker kept up."""
        return self.waits_for > OVERDUE_AFTER

    @property
    def is_well(self) -> bool:
        return not (self.failing or self.is_overdue)

    @property
    def status(self) -> str:
        """Return the state in a word or three, for whoever watches from outside."""
        if self.is_well:
            return "ok"
        if self.is_silent:
            return "worker is silent"
        return "overdue" if self.is_overdue else "failing"


def state(now: datetime) -> QueueState:
    """Return the state of the queue at ``now``, in three queries, and one for each kind of task that keeps failing."""
    fresh, again = Q(run_after=get_date_max()), Q(run_after__lte=now)
    due = _tasks().filter(fresh | again, status=TaskResultStatus.READY).order_by()
    found = due.aggregate(
        count=Count("pk"), fresh=Min("enqueued_at", filter=fresh), again=Min("run_after", filter=again)
    )
    since = min((moment for moment in (found["fresh"], found["again"]) if moment), default=now)
    return QueueState(now, WorkerHeartbeat.last_seen(), found["count"], since, _failing())


def _failing() -> list[Failing]:
    kinds: dict[str, list[DBTaskResult]] = {}
    rows = failed_tasks().defer("traceback", "args_kwargs").order_by("-started_at")
    for task in rows:
        if len(task.worker_ids) > 1 or task.status == TaskResultStatus.FAILED:  # one failure may be temporary
            kinds.setdefault(task.task_path, []).append(task)
    return [
        Failing(
            path.rsplit(".", 1)[-1],
            len(tasks),
            min(task.enqueued_at for task in tasks),
            last_error(tasks[0]),
            sum(task.status == TaskResultStatus.FAILED for task in tasks),
        )
        for path, tasks in sorted(kinds.items())
    ]


def failed_tasks() -> QuerySet[DBTaskResult]:
    """Return the tasks whose last attempt failed."""
    return _tasks().exclude(exception_class_path="").exclude(status=TaskResultStatus.SUCCESSFUL)


def try_again(now: datetime) -> int:
    """Let everything that keeps failing be tried now; return how many tasks."""
    idle = failed_tasks().exclude(status=TaskResultStatus.RUNNING)
    return idle.update(status=TaskResultStatus.READY, run_after=now)


def _tasks() -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.filter(backend_name=QUEUE)
