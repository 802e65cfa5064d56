"""Warnings to whoever saves or opens a question, of links that readers cannot follow."""

from collections.abc import Iterator

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.admin import messages
from wagtail.models import Page

from qa.blocks.walking import walk
from qa.models import QuestionPage
from qa.rendering.markdown import reference_addresses
from qa.rendering.reference_check import examine


def warn(request: HttpRequest, page: Page) -> None:
    """Tell the editor who has saved the page which of its links lead nowhere; not while the desk saves by itself."""
    if isinstance(page, QuestionPage) and request.accepts("text/html") and (warning := _warning(page)):
        messages.warning(request, warning)


def warn_on_opening(request: HttpRequest, page: Page) -> None:
    """Tell the editor who opens the page which of its links have come to lead nowhere since it was written."""
    if not isinstance(page, QuestionPage) or request.method != "GET":
        return
    warning = _warning(page)
    waiting = get_messages(request)
    said = [str(message) for message in waiting]
    waiting.used = False  # looking at them must not take them away: the page that is being opened shows them
    if warning and not any(warning in message for message in said):  # whoever has just saved comes back to the form
        messages.warning(request, warning)


def _warning(page: QuestionPage) -> SafeString | None:
    """Return what readers cannot follow, as a list; ``None`` if they can follow everything."""
    findings = examine(dict.fromkeys(addresses_of(page)))
    if not findings:
        return None
    lines = format_html_join("", "<li>{}</li>", ((finding.message,) for finding in findings))
    heading = gettext("Readers cannot follow every link of this page: they see plain text or nothing in its place.")
    return format_html("{}<ul>{}</ul>", heading, lines)


def addresses_of(page: QuestionPage) -> Iterator[str]:
    """Yield what a question refers to, in the order of its form: ``page:12``, and what only looks like it."""
    yield from reference_addresses(page.question)
    # What is stored: of a question that was deleted, only that has the number.
    for part in walk(page.answer.stream_block, page.answer.raw_data):
        if hasattr(part.block, "reference_addresses"):
            yield from part.block.reference_addresses(part.value)
    if page.follow_up_to_id:
        yield f"page:{page.follow_up_to_id}"
    yield from (f"page:{related.question_id}" for related in page.related_questions.all())
