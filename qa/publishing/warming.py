"""Cache warming: an answer is rendered, and its pictures resized, before its first reader asks for it.

Encoding one picture as AVIF takes a second or more. Whoever presses "Publish" should not wait for it, nor should the
clock: the worker does it. Where none runs, the first reader waits.
"""

import logging

from qa.models import QuestionPage
from qa.rendering.answers import render

logger = logging.getLogger(__name__)


def warm(pk: int) -> None:
    """Render a question as readers get it, if they may see it. Whatever fails is logged and raises nothing."""
    try:
        if question := QuestionPage.objects.published().filter(pk=pk).first():
            render(question.answer, question.question)
    except Exception:
        logger.exception("Question %s could not be rendered ahead of its readers.", pk)
