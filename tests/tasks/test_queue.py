"""What is queued after a change is done, tried again, and seen when it keeps failing or nobody does it."""

import re
import signal
import time
from contextvars import Context
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from qa.models import QuestionPage, WorkerHeartbeat
from qa.tasks import mailing, queue, worker
from tests.factories import TopicFactory, make_question
from tests.moments import NOON
from tests.processes import running, wait_for

PURGING = "qa.publishing.outer_caches.PurgingBackend"


@pytest.fixture
def queued(settings, monkeypatch):
    """The queue as it is in production: in the database, until a worker comes."""
    # The worker of a test works in its transaction.
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
    settings.TASKS = settings.TASKS | {"queue": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.EMAIL_BACKEND = "qa.tasks.mailing.QueuedBackend"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def broken_mail(settings):
    """A mail server that is away."""
    settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False


def send():
    send_mail("Approve it", "Please.", "column@localhost", ["editor@example.org"], html_message="<p>Please.</p>")


def home(client):
    return " ".join(client.get("/admin/").content.decode().split())


@pytest.mark.django_db
def test_a_mail_is_sent_by_the_worker_and_then_nothing_of_it_is_kept(queued, clock):
    send()
    assert not mail.outbox
    worker.run_once()
    (letter,) = mail.outbox
    assert (letter.subject, letter.body, letter.to) == ("Approve it", "Please.", ["editor@example.org"])
    assert [tuple(part) for part in letter.alternatives] == [("<p>Please.</p>", "text/html")]
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_what_is_rolled_back_is_not_queued(queued):
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_while_one_sends_nothing_others_do(queued):
    with mailing.without_mail():
        send()
        Context().run(send)  # another thread, which has a context of its own
    send()
    worker.run_once()
    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_a_title_of_several_lines_neither_stops_a_notice_nor_adds_a_header_to_it(queued, clock):
    title = "Hello\r\nBcc: everybody@example.org\r\n\r\nand more"
    send_mail(f"“{title}” was submitted", "Please.", "column@localhost", ["editor@example.org"])
    worker.run_once()
    (letter,) = mail.outbox
    assert letter.subject == "“Hello Bcc: everybody@example.org and more” was submitted"
    assert letter.recipients() == ["editor@example.org"]
    assert letter.message()["Bcc"] is None  # and it can be made, unlike one with a subject of several lines


@pytest.mark.django_db
def test_what_fails_is_tried_again_after_a_growing_pause_and_given_up_after_a_day(queued, clock, broken_mail):
    send()
    pauses = []
    while True:
        worker.run_once()
        row = DBTaskResult.objects.get()
        if row.status == TaskResultStatus.FAILED:
            break
        pauses.append((row.run_after - row.finished_at).total_seconds())
        worker.run_once()
        assert len(DBTaskResult.objects.get().worker_ids) == len(pauses), "not tried before its pause is over"
        clock.move_to(row.run_after)
    assert pauses[:10] == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600]
    assert set(pauses[10:]) == {600}
    assert timedelta(hours=23) < clock_now() - NOON < timedelta(hours=25)
    assert queue.state(clock_now()).failing[0].given_up == 1
    clock.shift(queue.FORGET_AFTER)
    queue.look_after(clock_now())
    assert not DBTaskResult.objects.exists()


def clock_now():
    return datetime.now(tz=UTC)


@pytest.mark.django_db
def test_the_desk_names_what_keeps_failing_and_lets_it_be_tried_again(
    queued, clock, broken_mail, client, editor, writer, settings
):
    send()
    worker.run_once()
    client.force_login(editor)
    assert "keeps failing" not in home(client), "it may heal by itself"
    clock.shift(timedelta(seconds=2))
    worker.run_once()
    text = home(client)
    assert "1 task keeps failing: e-mail, since May 4, 2026, noon (UTC)" in text
    assert "ConnectionRefusedError" in text
    assert re.search(r'action="/admin/queue/try-again/">\s*<input type="hidden" name="csrfmiddlewaretoken"', text)
    client.force_login(writer)
    assert "keeps failing" not in home(client)
    assert client.post(reverse("queue_try_again")).status_code in (302, 403)
    assert DBTaskResult.objects.get().run_after > clock_now()

    settings.MAIL_BACKEND = settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.force_login(editor)
    assert client.get(reverse("queue_try_again")).status_code == 405
    assert "1 task is tried again" in home_after_post(client)
    worker.run_once()
    assert len(mail.outbox) == 1
    assert "keeps failing" not in home(client)


def home_after_post(client):
    return client.post(reverse("queue_try_again"), follow=True).content.decode()


@pytest.mark.django_db
def test_nothing_is_lost_without_a_worker_and_desk_and_health_say_so(queued, clock, client, editor):
    worker.run_once()
    send()
    client.force_login(editor)
    assert client.get("/healthz/worker", headers={"host": "localhost"}).json()["status"] == "ok"
    clock.shift(timedelta(minutes=5))
    assert "1 task has waited for 5" in home(client)
    assert "The worker was last seen May 4, 2026, noon (UTC)" in home(client)
    answer = client.get("/healthz/worker", headers={"host": "localhost"})
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "worker is silent",
        "last_seen": "2026-05-04T12:00:00+00:00",
        "waiting": 1,
        "waits_for_seconds": 300,
        "failing": 0,
    }
    lines = client.get("/healthz/metrics", headers={"host": "localhost"}).content.decode().splitlines()
    assert {"column_queue_waiting 1", "column_queue_oldest_seconds 300", "column_queue_failing 0"} <= set(lines)
    worker.run_once()
    assert len(mail.outbox) == 1
    assert client.get("/healthz/worker", headers={"host": "localhost"}).status_code == 200


@pytest.mark.django_db
def test_what_a_dead_worker_left_is_done_by_the_next_one(queued, clock):
    send()
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=NOON)
    worker.run_once()
    assert not mail.outbox
    clock.shift(queue.STUCK_AFTER + timedelta(seconds=1))
    queue.look_after(clock_now())
    worker.run_once()
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_and_stops_at_once(queued, column, tmp_path):
    with running("run_worker", log=tmp_path / "log") as process:
        make_question("Which way?", topics=[TopicFactory(name="Careers")])
        assert DBTaskResult.objects.exists()
        assert wait_for(lambda: not DBTaskResult.objects.exists()), (tmp_path / "log").read_text()
        assert WorkerHeartbeat.last_seen()
        assert [found.title for found in QuestionPage.objects.search("careers")] == ["Which way?"]
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        assert process.wait(30) == 0
        assert time.monotonic() - asked < 10
