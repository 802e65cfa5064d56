"""Worker loop that runs queued tasks, with the worker of django-tasks-db.

Their ``db_worker`` ends when the database goes away, and honcho then ends the site with it. Here it runs in small
portions, between which the rule of trying again is applied and the heartbeat written.
"""

import threading
from collections.abc import Iterator

from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from qa.models import WorkerHeartbeat
from qa.models.records.schedule import HEARTBEAT_INTERVAL
from qa.tasks import queue
from qa.tasks.loop import run_until_stopped
from site_config.stopping import steps

#: How often the queue is looked at (seconds).
POLL = 1.0
_PORTION = 10  # tasks


def run() -> None:
    """Do what is queued until SIGTERM or SIGINT; to be called in the main thread.

    A task that is broken off has failed: the next worker tries it again.
    """
    worker_id = get_random_string(32)
    current: list[Worker] = []

    def step(stop: threading.Event) -> float:
        current[:] = [_worker(worker_id)]
        if stop.is_set():
            return 0.0
        return 0.0 if work(current[0]) else POLL

    def on_stop() -> None:
        for worker in current:
            worker.running = False

    run_until_stopped("Worker", step, on_stop)


def run_once() -> None:
    """Do all that is due, for cron and for tests; a signal stops it before the next task."""
    worker_id = get_random_string(32)
    current: list[Worker] = []
    there_is_more = True

    def portions() -> Iterator[Worker]:
        while there_is_more:
            current[:] = [_worker(worker_id)]
            yield current[0]

    def on_stop() -> None:
        for worker in current:
            worker.running = False

    for worker in steps(portions(), "round", bar=False, on_stop=on_stop):
        there_is_more = work(worker)


def work(worker: Worker) -> bool:
    """Do some of what is due; return whether there was anything."""
    # A plain look first: the worker's own locks, on SQLite the whole database.
    ready = DBTaskResult.objects.ready().filter(backend_name=queue.QUEUE).exists()
    if ready:
        worker.run()
    now = timezone.now()
    if WorkerHeartbeat.beat(now, every=HEARTBEAT_INTERVAL) or ready:
        queue.look_after(now)
    return ready


def _worker(worker_id: str) -> Worker:
    return Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name=queue.QUEUE,
        startup_delay=False,
        max_tasks=_PORTION,
        worker_id=worker_id,
        excluded_queue_names=[],
    )
