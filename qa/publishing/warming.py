"""Renders an answer before its first reader asks for it: with it, its pictures get their sizes and formats.

A thread of the process that publishes does it, because encoding one picture as AVIF takes a second or more, and
whoever presses "Publish" should not wait for it. A command waits for it at its end (``finish``); if a process ends
without that, the first reader waits as before.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connections

from qa.models import QuestionPage
from qa.rendering import render

logger = logging.getLogger(__name__)

# One thread: encoding takes all of a core, and readers need the others.
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="warming")


def warm_later(pk: int) -> None:
    """Render the question with this primary key in the background; to be called once it is committed."""
    if settings.WARM_IN_BACKGROUND:
        _THREAD.submit(_warm_in_thread, pk)
    else:
        warm(pk)


def finish() -> None:
    """Wait until every question that was handed over is rendered; once a process is ending, Wagtail makes no picture.

    It makes them in threads of its own, and Python starts none any more then.
    """
    _THREAD.submit(lambda: None).result()


def warm(pk: int) -> None:
    """Render a question as readers get it, if they may see it. Whatever fails is logged and raises nothing."""
    try:
        if question := QuestionPage.objects.published().filter(pk=pk).first():
            render(question.answer, question.question)
    except Exception:
        logger.exception("Question %s could not be rendered ahead of its readers.", pk)


def _warm_in_thread(pk: int) -> None:
    try:
        if threading.main_thread().is_alive():
            warm(pk)
    finally:
        connections.close_all()  # no request ends here that would do it
