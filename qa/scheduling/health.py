"""Health checks for monitoring from outside: whether scheduled and queued work is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from qa.models import SchedulerHeartbeat, ScheduleTrouble
from qa.models.records.schedule import SILENT_AFTER
from qa.scheduling.due import due_changes
from qa.tasks import queue

#: A change that is later than this is overdue: a scheduler that runs publishes within a second.
OVERDUE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Health:
    """The state of the schedule at a moment."""

    now: datetime
    last_seen: datetime | None
    overdue: int
    late_by: timedelta  # how late the latest is
    missed: int

    @property
    def is_silent(self) -> bool:
        """Return whether no scheduler runs."""
        return self.last_seen is None or self.now - self.last_seen > SILENT_AFTER

    @property
    def is_well(self) -> bool:
        return not (self.is_silent or self.overdue)


def health(now: datetime) -> Health:
    """Return the state at ``now``: three queries, and one for each model that can expire."""
    late = due_changes(now - OVERDUE_AFTER)
    return Health(
        now=now,
        last_seen=SchedulerHeartbeat.last_seen(),
        overdue=len(late),
        late_by=now - late[0].due_at if late else timedelta(0),
        missed=ScheduleTrouble.objects.filter(next_try=None).count(),
    )


@require_safe
@cache_control(no_store=True)
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 when this process and its database do; without a database the site's error page answers 503."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@cache_control(no_store=True)
def scheduler(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the schedule is kept, else 503; counts and moments only, no title."""
    state = health(timezone.now())
    content = {
        "status": "ok" if state.is_well else "scheduler is silent" if state.is_silent else "overdue",
        "last_seen": state.last_seen and state.last_seen.isoformat(timespec="seconds"),
        "overdue": state.overdue,
        "late_by_seconds": round(state.late_by.total_seconds()),
        "missed": state.missed,
    }
    return JsonResponse(content, status=200 if state.is_well else 503)


@require_safe
@cache_control(no_store=True)
def worker(request: HttpRequest) -> JsonResponse:
    """Answer 200 while what is queued is done, 503 when it waits or keeps failing; counts and moments only."""
    state = queue.state(timezone.now())
    content = {
        "status": state.status,
        "last_seen": state.last_seen and state.last_seen.isoformat(timespec="seconds"),
        "waiting": state.waiting,
        "waits_for_seconds": round(state.waits_for.total_seconds()),
        "failing": sum(kind.count for kind in state.failing),
    }
    return JsonResponse(content, status=200 if state.is_well else 503)


@require_safe
@cache_control(no_store=True)
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the same numbers in the text format of Prometheus (version 0.0.4)."""
    state = health(timezone.now())
    values = {
        "column_schedule_overdue": state.overdue,
        "column_schedule_late_seconds": state.late_by.total_seconds(),
        "column_schedule_missed": state.missed,
    }
    if state.last_seen:
        values["column_scheduler_last_seen_timestamp_seconds"] = state.last_seen.timestamp()
    tasks = queue.state(state.now)
    values |= {
        "column_queue_waiting": tasks.waiting,
        "column_queue_oldest_seconds": tasks.waits_for.total_seconds(),
        "column_queue_failing": sum(kind.count for kind in tasks.failing),
    }
    if tasks.last_seen:
        values["column_worker_last_seen_timestamp_seconds"] = tasks.last_seen.timestamp()
    lines = [f"# TYPE {name} gauge\n{name} {value:.17g}\n" for name, value in values.items()]
    return HttpResponse("".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")
