"""A scheduler or worker that is told to stop in the middle of its work leaves it done, or as if it had not begun."""

import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail import send_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, connections
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from qa.scheduling import scheduler
from qa.scheduling.publisher import publish_due
from qa.tasks import loop, queue, worker
from tests.factories import make_question
from tests.killing import state_of
from tests.moments import TOMORROW, due_in
from tests.processes import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: What a full machine may need for what takes a moment (seconds).
PATIENCE = 30


class Process:
    """A child that runs until it is stopped, and says when it has come to the middle of its work."""

    def __init__(self, run: Callable[[], None], prepare: Callable[[Callable[[], None]], None]):
        """Start ``run``; ``prepare`` is called before it with the function to be called in the middle."""
        connections.close_all()  # a connection must not be shared with a child
        self.reads, writes = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 70
            try:
                prepare(lambda: os.write(writes, b"."))
                run()
                code = 0
            except SystemExit as end:
                code = end.code
            except BaseException:  # noqa: BLE001 - the child must never come back into the test run
                traceback.print_exc(file=sys.stderr)
            finally:
                os._exit(code)
        os.close(writes)

    def stop_in_the_middle(self) -> int:
        """Send SIGTERM when the middle has come; return the exit code."""
        codes: list[int] = []

        def is_over() -> bool:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            codes.extend([os.waitstatus_to_exitcode(status)] if pid else [])
            return bool(codes)

        try:
            ready, _, _ = select.select([self.reads], [], [], 60)
            assert ready, "it has not come to the middle"
            assert os.read(self.reads, 1), "it ended before"
            os.kill(self.pid, signal.SIGTERM)
            assert wait_for(is_over, PATIENCE), "it goes on"
        finally:
            os.close(self.reads)
            if not codes:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        return codes[0]


def go_on_after_the_signal():
    while signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:  # which it is once the signal has been heard
        time.sleep(0.01)


def hang():
    time.sleep(2 * PATIENCE)


def whole(question):
    """Return all that has to agree about a question."""
    return {name: value for name, value in state_of(question, 0).items() if name != "version"}


#: What the process does in the middle of its work, and how many seconds it may go on after the signal.
WAYS = [pytest.param(go_on_after_the_signal, PATIENCE, id="goes on"), pytest.param(hang, 1, id="hangs")]


@pytest.fixture(autouse=True)
def _queued(settings):
    settings.TASKS = settings.TASKS | {"queue": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.EMAIL_BACKEND = "qa.tasks.mailing.QueuedBackend"


@pytest.mark.parametrize(("rest", "grace"), WAYS)
def test_a_publication_under_way_is_finished_or_undone_and_no_other_is_begun(rest, grace):
    questions = [make_question("Due?", go_live_at=TOMORROW) for _number in range(2)]
    due_in(0, *questions)
    before = whole(questions[0])
    assert whole(questions[1]) == before

    def prepare(in_the_middle):
        def wrapper(execute, sql, *arguments):
            result = execute(sql, *arguments)
            if sql.startswith('UPDATE "wagtailcore_page"'):
                in_the_middle()
                rest()
            return result

        loop.GRACE = grace
        connection.execute_wrappers.append(wrapper)

    code = Process(scheduler.run, prepare).stop_in_the_middle()
    assert code == (0 if rest is go_on_after_the_signal else 1)
    states = [whole(question) for question in questions]
    assert states.count(before) == (1 if code == 0 else 2)
    publish_due()
    after = whole(questions[0])
    assert after["page"] == ["Due?", True, False, False]
    assert after["log"].count("wagtail.publish.scheduled") == after["queued"] == 1
    assert after["search"]
    assert whole(questions[1]) == after
    assert set(map(str, states)) <= {str(before), str(after)}


@pytest.mark.parametrize(("rest", "grace"), WAYS)
def test_a_task_under_way_is_finished_or_done_by_the_next_worker_and_nothing_twice(rest, grace, tmp_path):
    sent = tmp_path / "sent"
    sent.touch()

    def send(backend, letters, *, in_the_middle):
        in_the_middle()
        rest()
        with sent.open("a") as lines:
            lines.writelines(f"{letter.subject}\n" for letter in letters)
        return len(letters)

    def prepare(in_the_middle):
        loop.GRACE = grace
        EmailBackend.send_messages = lambda self, letters: send(self, letters, in_the_middle=in_the_middle)

    for subject in ("One", "Two"):
        send_mail(subject, "Text", "column@localhost", ["editor@example.org"])
    assert Process(worker.run, prepare).stop_in_the_middle() == 0
    first = sent.read_text().split()
    assert len(first) == (1 if rest is go_on_after_the_signal else 0)
    assert [task.status for task in DBTaskResult.objects.all()] == [TaskResultStatus.READY] * (2 - len(first))
    assert queue.state(timezone.now()).failing == [], "it may heal by itself"
    queue.try_again(timezone.now())  # without the pause
    worker.run_once()
    assert sorted(first + [letter.subject for letter in mail.outbox]) == ["One", "Two"]
    assert not DBTaskResult.objects.exists()
