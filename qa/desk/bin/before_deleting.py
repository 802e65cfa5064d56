"""Hooks of the pages that ask before something is deleted: where it goes, and who is working on it."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.admin import messages
from wagtail.admin.models import EditingSession
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.models import Page, get_default_page_content_type

from qa.models import QuestionPage

#: Wagtail's forms say every 10 seconds that they are still open; it takes one for closed after a minute.
_OPEN_FOR = timedelta(minutes=1)


def say_where_a_page_goes(request: HttpRequest, page: Page) -> None:
    """Say on the page that asks whether to delete a question that it can be taken back, and who has it open."""
    if request.method != "GET" or not isinstance(page, QuestionPage):
        return
    for sentence in _who_has_it_open(request, page):
        messages.warning(request, sentence)
    say_where(request)


def say_where_others_go(request: HttpRequest, instances: Iterable[Model]) -> None:
    """Say the same of topics and experts."""
    if request.method == "GET":
        say_where(request)


def lead_to_the_bin(request: HttpRequest, page: Page) -> None:
    """Say after a question was deleted where it is."""
    if isinstance(page, QuestionPage):
        _lead(request)


def lead_others_to_the_bin(request: HttpRequest, instances: Iterable[Model]) -> None:
    """Say the same of topics and experts."""
    _lead(request)


def _lead(request: HttpRequest) -> None:
    if settings.BIN_DAYS > 0:
        way = messages.button(reverse("qa_bin"), gettext("Bin"))
        messages.info(request, gettext("It is in the bin."), buttons=[way])


def say_where(request: HttpRequest) -> None:
    """Say where what is deleted goes, and for how long."""
    if settings.BIN_DAYS > 0:
        text = ngettext(
            "What you delete goes to the bin for %(days)s day, from where it can be taken back.",
            "What you delete goes to the bin for %(days)s days, from where it can be taken back.",
            settings.BIN_DAYS,
        )
        messages.info(request, text % {"days": settings.BIN_DAYS})


def _who_has_it_open(request: HttpRequest, page: Page) -> list[str]:
    sessions = EditingSession.objects.filter(
        content_type=get_default_page_content_type(),
        object_id=str(page.pk),
        last_seen_at__gte=timezone.now() - _OPEN_FOR,
    )
    sessions = sessions.exclude(user=request.user).select_related("user").order_by("-last_seen_at")
    names = ", ".join(dict.fromkeys(user_display_name(session.user) for session in sessions))
    return [gettext("%(names)s has it open right now.") % {"names": names}] if names else []
