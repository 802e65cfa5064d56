"""The site that the pictures are taken of: the demo column, work on the desks, and a clock that stands still.

``python -m docs.screenshots.scratch_site PORT`` serves it until it is stopped. Everything that it writes goes to
``VAR_DIR``; ``take.py`` makes that a temporary folder.
"""

import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import django
import time_machine
from django.core.management import call_command

#: A Tuesday morning shortly after the newest letters of the demo column were asked.
NOW = datetime(2026, 11, 24, 10, 20, tzinfo=UTC)
#: What readers missed: words, how often, days ago.
MISSED = [("kubernetes", 14, 1), ("two factor login", 9, 0), ("celery beat", 6, 3), ("passkeys", 5, 2), ("wasm", 2, 9)]


def prepare() -> None:
    """Make the database, load the demo column a day before ``NOW``, and let writer and editor work on it."""
    with time_machine.travel(NOW - timedelta(days=1, hours=1), tick=False) as clock:
        call_command("migrate", verbosity=0)
        call_command("load_demo", verbosity=0)
        clock.shift(timedelta(hours=6))
        _plan()
        _comment()
        _search_in_vain()
    with time_machine.travel(NOW, tick=False):
        from qa.models import SchedulerHeartbeat

        call_command("run_worker", "--once", verbosity=0)
        SchedulerHeartbeat.beat(NOW)


def serve(port: int) -> None:
    """Serve the site on this machine, at the time ``NOW`` for ever."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
            pass

    with time_machine.travel(NOW, tick=False), ThreadedWSGIServer(("127.0.0.1", port), Quiet) as server:
        server.daemon_threads = True
        server.set_app(get_wsgi_application())
        server.serve_forever()


def _plan() -> None:
    """Give the writer's drafts the days that they are meant for, as the form does: in the row and in a revision."""
    from qa.models import QuestionPage

    for letter_id, day in {"type-hints-everywhere": date(2026, 12, 1), "celery-or-cron": date(2026, 11, 30)}.items():
        question = QuestionPage.objects.get(letter_id=letter_id).get_latest_revision_as_object()
        question.planned_for = day
        question.save()
        question.save_revision(user=question.owner)


def _comment() -> None:
    """Let the editor say something about the title of the question that waits for review."""
    from django.contrib.auth import get_user_model
    from wagtail.models import Comment

    from qa.models import QuestionPage

    Comment.objects.create(
        page=QuestionPage.objects.get(letter_id="rewrite-from-scratch"),
        user=get_user_model().objects.get(username="editor"),
        text="“Awful” is her word, so it stays.",
        contentpath="title",
    )


def _search_in_vain() -> None:
    from qa.models import VainSearch

    today = NOW.date()
    VainSearch.objects.bulk_create(
        VainSearch(words=words, times=times, last_on=today - timedelta(days=days)) for words, times, days in MISSED
    )


if __name__ == "__main__":
    Path(os.environ["VAR_DIR"]).mkdir(parents=True, exist_ok=True)
    django.setup()
    prepare()
    serve(int(sys.argv[1]))
