"""Ctrl+C and SIGTERM end a command in a few lines, and leave everything whole that it works on."""

import json
import re
import signal
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from wagtail.images import get_image_model

from home.management.commands import load_demo
from home.models import HomePage
from qa.demo import loading
from qa.letters import importing
from qa.models import QuestionPage
from qa.tasks import worker
from site_config import stopping
from tests.factories import make_column, make_question
from tests.interrupting import at_call, at_statement, interrupted
from tests.letter_files import picture, run, the, write
from tests.processes import running, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

SIGINT, SIGTERM = signal.SIGINT, signal.SIGTERM
NAMES = ("a", "b", "c")
#: Behind a statement that comes once in every letter, in the middle of its transaction.
IN_LETTER = r'INSERT INTO "wagtailcore_revision"'


@pytest.fixture
def letters(folder):
    """Three letters, each with a picture of its own; the first names the last, and the last the first."""
    for number, name in enumerate(NAMES):
        picture(folder / f"{name}.png", colour=number)
        related = {"a": "[c]", "c": "[a]"}.get(name, "[]")
        write(folder, name, f"![A]({name}.png)", status="published", related=related)
    return folder


def files():
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("original_images/*") if path.is_file())


def is_whole(name):
    """Tell whether a letter is wholly there (or, all the same, not at all)."""
    page = QuestionPage.objects.filter(letter_id=name).first()
    if page is None:
        return True
    (block,) = page.answer
    return (
        page.live
        and page.live_revision_id == page.latest_revision_id
        and page.search_entry is not None
        and default_storage.exists(block.value["image"].file.name)
    )


def check_that_it_goes_on(folder, done):
    """Assert that what is there is whole, that no file was left over, and that the same import does the rest."""
    assert QuestionPage.objects.count() == done
    assert all(map(is_whole, NAMES))
    assert len(files()) == get_image_model().objects.count() == done
    assert "0 wrong" in (printed := run(folder))
    assert f"{len(NAMES) - done} created" in printed
    assert "Nothing changed." in run(folder)
    assert [list(the(name).related_questions.values_list("question__slug", flat=True)) for name in "ac"] == [
        ["c"],
        ["a"],
    ]


#: The moment, the signals, the letters that are there then, and the words of the sentence.
MOMENTS = {
    "while files are read": (at_call(importing, "_read_file", 2), (SIGINT,), 0, "Stopped by SIGINT."),
    "within a letter": (at_statement(2, IN_LETTER), (SIGTERM,), 2, "Stopped by SIGTERM after 2 of 3 letters."),
    "within a letter, twice": (at_statement(2, IN_LETTER), (SIGINT,) * 2, 1, "Stopped by SIGINT after 1 of 3 letters."),
    "many times": (at_statement(2, IN_LETTER), (SIGINT, SIGTERM) * 5, 1, "Stopped by SIGINT after 1 of 3 letters."),
    "between letters": (
        at_call(importing, "_naming_only", 2),
        (SIGTERM,),
        2,
        "Stopped by SIGTERM after 2 of 3 letters.",
    ),
    "in the last letter": (at_statement(3, IN_LETTER), (SIGINT,), 3, "Stopped by SIGINT after 3 of 3 letters."),
    "in the second pass": (at_statement(4, IN_LETTER), (SIGINT,), 3, "after 1 of 1 cross-reference."),
    "at the end": (at_call(importing, "_present_ids", 3), (SIGINT,), 3, "Stopped by SIGINT."),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_import_that_is_stopped_leaves_each_letter_whole_and_says_what_it_did(letters, tmp_path, moment):
    at, signals, done, words = MOMENTS[moment]
    code, printed = interrupted("import_letters", str(letters), at=at, log=tmp_path / "log", signals=signals)
    assert code == 128 + signals[0]
    assert words.removesuffix(".") in printed
    assert "What is done stays; the same command again passes over it and goes on." in printed
    assert re.search(
        rf"Imported {'3' if done == 3 else f'{done} of 3'} letters in \S+ s: {done} created, 0 up", printed
    )
    check_that_it_goes_on(letters, done)


def test_a_letter_whose_commit_was_done_when_it_was_broken_off_keeps_its_picture(letters, tmp_path):
    def at(send):
        commit, left = connection._commit, 3

        def counting():
            nonlocal left
            commit()
            left -= QuestionPage.objects.count() > 0 and 3
            if left == 0:
                send()

        connection._commit = counting

    code, _ = interrupted("import_letters", str(letters), at=at, log=tmp_path / "log", signals=(SIGINT,) * 2)
    assert code == 130
    check_that_it_goes_on(letters, 1)


@pytest.mark.parametrize("number", range(5, 200, 35))
def test_a_letter_that_is_broken_off_at_any_statement_is_there_or_not(letters, tmp_path, number):
    at = at_statement(number)
    code, _ = interrupted("import_letters", str(letters), at=at, log=tmp_path / "log", signals=(SIGINT,) * 2)
    assert code == 130
    check_that_it_goes_on(letters, QuestionPage.objects.count())


def test_a_letter_that_does_not_end_is_broken_off(letters, tmp_path, monkeypatch):
    import time

    monkeypatch.setattr(stopping, "GRACE", 0.2)

    def at(send):
        def hang():
            send()
            time.sleep(60)

        at_statement(2, IN_LETTER)(hang)

    code, printed = interrupted("import_letters", str(letters), at=at, log=tmp_path / "log", signals=(SIGTERM,))
    assert (code, "Imported 1 of 3 letters" in printed) == (143, True)
    check_that_it_goes_on(letters, 1)


def test_a_dry_run_that_is_stopped_has_changed_nothing(letters, tmp_path):
    at = at_statement(2, IN_LETTER)
    code, printed = interrupted("import_letters", "--dry-run", str(letters), at=at, log=tmp_path / "log")
    assert code == 130
    assert "Would import 2 of 3 letters" in printed
    assert "What is done" not in printed
    check_that_it_goes_on(letters, 0)


def test_a_process_of_its_own_is_stopped_by_ctrl_c(folder, tmp_path):
    for number in range(40):
        write(folder, f"letter-{number}", status="published")
    before = signal.signal(SIGINT, signal.default_int_handler)  # what a process ignores, its children ignore, too
    try:
        with running("import_letters", str(folder), log=tmp_path / "log") as process:
            assert wait_for(QuestionPage.objects.exists)
            process.send_signal(SIGINT)
            assert process.wait(60) == 130
    finally:
        signal.signal(SIGINT, before)
    printed = (tmp_path / "log").read_text()
    done = QuestionPage.objects.count()
    assert f"Stopped by SIGINT after {done} of 40 letter" in printed
    assert f"Imported {done} of 40 letters" in printed
    assert "Traceback" not in printed


COMMANDS = (
    *(["check_links"], ["rebuild_search"], ["purge_history", "--keep-days", "0"], ["repair_live_revisions"]),
    *(["publish_scheduled"], ["run_scheduler", "--once"], ["run_worker", "--once"], ["import_letters", "."]),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_ends_with_a_sentence(column, tmp_path, command):
    make_question()
    code, printed = interrupted(*command, at=at_statement(1), log=tmp_path / "log", signals=(SIGTERM,))
    assert code == 143
    assert re.search(r"^Stopped by SIGTERM( after 1 round)?\.", printed, re.MULTILINE), printed


def test_who_handles_ctrl_c_alone_goes_on_as_often_as_it_comes(column, tmp_path):
    program = (
        "import os, signal, time\n"
        "for _ in range(2):\n"
        "    try:\n        os.kill(os.getpid(), signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n        print('heard')\n"
        "    time.sleep(1.1)\n"
    )
    code, printed = interrupted("shell", "--no-imports", "-c", program, at=lambda send: None, log=tmp_path / "log")
    assert (code, printed.count("heard")) == (0, 2)


def test_a_command_with_steps_finishes_the_one_under_way_and_says_how_far_it_came(column, tmp_path):
    questions = [make_question() for _number in range(3)]
    QuestionPage.objects.update(live_revision=None)
    at = at_statement(2, 'INSERT INTO "wagtailcore_revision"')
    code, printed = interrupted("repair_live_revisions", at=at, log=tmp_path / "log")
    assert code == 130
    assert "Stopped by SIGINT after 2 objects." in printed
    assert QuestionPage.objects.filter(live_revision=None).count() == len(questions) - 2


def test_a_task_under_way_is_finished_and_no_other_is_begun(settings, tmp_path):
    from django.core.mail import send_mail

    settings.TASKS = settings.TASKS | {"queue": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.EMAIL_BACKEND = "qa.tasks.mailing.QueuedBackend"
    for subject in ("One", "Two"):
        send_mail(subject, "Text", "column@localhost", ["editor@example.org"])
    at = at_call(worker.Worker, "run_task")
    code, _ = interrupted("run_worker", "--once", at=at, log=tmp_path / "log", signals=(SIGTERM,))
    assert code == 143
    assert [task.status for task in DBTaskResult.objects.all()] == [TaskResultStatus.READY]


IN_DEMO = {
    "accounts": at_call(type(get_user_model().objects), "create_user", 2),
    "letters": at_statement(2, 'INSERT INTO "qa_questiontopic"'),
    "front page": at_call(load_demo, "write_front_page"),
}


@pytest.mark.parametrize("moment", IN_DEMO)
def test_a_demo_that_is_stopped_is_completed_by_the_next_loading(tmp_path, moment, monkeypatch):
    some = [letter for letter in loading.letters() if letter.id in (loading.FEATURED, "admin-as-backoffice")]
    monkeypatch.setattr(loading, "letters", lambda: some)
    make_column()
    accounts = tmp_path / "accounts.json"
    code, _ = interrupted(
        "load_demo", "--accounts", str(accounts), at=IN_DEMO[moment], log=tmp_path / "log", signals=(SIGINT,) * 2
    )
    assert code == 130
    assert not HomePage.objects.get().featured_question
    call_command("load_demo", accounts=accounts)
    for name, password in json.loads(accounts.read_text()).items():
        assert get_user_model().objects.get(username=name).check_password(password)
    assert HomePage.objects.get().featured_question
