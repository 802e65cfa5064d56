"""``manage.py run_scheduler`` as operators run it: a process of its own, or several."""

import os
import signal
import threading
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from qa.models import QuestionPage, SchedulerHeartbeat, ScheduleTrouble, SearchEntry
from qa.scheduling import scheduler
from qa.tasks import loop
from tests.factories import fresh, make_question
from tests.moments import TOMORROW, due_in
from tests.processes import running, wait_for

pytestmark = pytest.mark.slow


def log_rows(question, action="wagtail.publish.scheduled"):
    return PageLogEntry.objects.filter(page=question.pk, action=action).count()


@pytest.mark.django_db(transaction=True)
def test_it_publishes_at_the_second_survives_a_lost_connection_and_stops_at_once(tmp_path):
    with running("run_scheduler", log=tmp_path / "log") as process:
        assert wait_for(SchedulerHeartbeat.last_seen), (tmp_path / "log").read_text()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        question = make_question("On time?", go_live_at=TOMORROW)
        due = due_in(2, question)
        assert wait_for(lambda: fresh(question).live)
        assert SearchEntry.objects.filter(page=question.pk).exists()
        # A second is promised where nothing else runs (benchmarks.scheduler_storm); tests have the machine full.
        assert fresh(question).last_published_at - due < timedelta(seconds=3)
        over = timezone.now() + timedelta(seconds=2)
        QuestionPage.objects.filter(pk=question.pk).update(expire_at=over)
        assert wait_for(lambda: fresh(question).expired)
        assert timezone.now() - over < timedelta(seconds=3)
        assert not SearchEntry.objects.filter(page=question.pk).exists()
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        assert process.wait(30) == 0
        assert time.monotonic() - asked < 15  # at once; a full machine takes its time to end an interpreter


@pytest.mark.django_db(transaction=True)
def test_several_at_once_publish_once_and_one_that_is_killed_leaves_nothing_behind(tmp_path):
    with ExitStack() as stack:
        processes = [stack.enter_context(running("run_scheduler", log=tmp_path / f"{n}.log")) for n in range(3)]
        questions = [make_question(go_live_at=TOMORROW) for _number in range(12)]
        bad = questions.pop(3)
        content = Revision.objects.for_instance(bad).latest("pk").content | {"asked_on": "no date"}
        Revision.objects.for_instance(bad).update(content=content)
        assert wait_for(SchedulerHeartbeat.last_seen)
        due_in(2, bad, *questions)
        assert wait_for(lambda: any(fresh(question).live for question in questions))
        processes[0].kill()
        assert wait_for(lambda: all(fresh(question).live for question in questions), 60)
        assert wait_for(lambda: ScheduleTrouble.objects.filter(attempts__gt=1).exists())
        for process in processes[1:]:
            process.terminate()
            assert process.wait(30) == 0
    assert [log_rows(question) for question in questions] == [1] * 11
    assert SearchEntry.objects.count() == 11
    assert not fresh(bad).live
    assert fresh(bad).scheduled_revision is not None
    assert ScheduleTrouble.objects.get().object_id == str(bad.pk)


@pytest.mark.same_on_every_database
def test_a_database_that_is_away_is_waited_for(monkeypatch, caplog):
    answers = [OperationalError("the server\nis away"), InterfaceError("connection already closed"), 0.01]
    waited = []

    def step(stop):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        os.kill(os.getpid(), signal.SIGTERM)
        return answer

    class Event(threading.Event):
        def wait(self, timeout=None):
            waited.append(timeout)

    monkeypatch.setattr(scheduler, "step", step)
    monkeypatch.setattr(loop, "connections", type("None", (), {"close_all": staticmethod(lambda: None)}))
    monkeypatch.setattr(loop, "close_old_connections", lambda: None)
    monkeypatch.setattr(loop.threading, "Event", Event)
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        with caplog.at_level("INFO", logger="qa.tasks.loop"):
            scheduler.run()
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
            signal.signal(number, handler)
    assert waited == [1.0, 2.0, 0.01]
    assert [record.getMessage() for record in caplog.records] == [
        "Scheduler started.",
        "The database does not answer (the server is away); trying again in 1 seconds.",
        "The database does not answer (connection already closed); trying again in 2 seconds.",
        "The database answers again.",
        "Scheduler stopped.",
    ]
