"""Hook that keeps a page from going offline when an editor schedules an update of it."""

from django.http import HttpRequest
from wagtail.models import Page

from qa.publishing.history import give_live_revision


def ensure(request: HttpRequest, page: Page) -> None:
    """Give a live page that has none a live revision before anything is done to it in the editor."""
    if page.live and page.live_revision_id is None:
        give_live_revision(page)
