"""Edit-conflict check: nobody saves over somebody else's changes without having seen them."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page, Revision

from qa.desk.form.contents import PageMerge, content_of
from qa.desk.form.places import places
from qa.desk.form.three_way import MINE, THEIRS
from qa.desk.form.versions import (
    OPENED,
    SET_ASIDE,
    is_out_of_date,
    name_of,
    newest_version,
    opened_as,
    opened_content,
    sent_version,
    set_aside,
    who_saved_since,
)

#: Of which version a form's answers to the conflict page begin.
ANSWER = "keep-"
#: Fields with which a form identifies itself; the conflict page sends its own.
_NOT_CONTENT = {
    "csrfmiddlewaretoken",
    "loaded_revision_id",
    "loaded_revision_created_at",
    "overwrite_revision_id",
    *OPENED,
}


def register_log_action(actions: LogActionRegistry) -> None:
    """Register the log action for a version that came too late to be the newest."""
    actions.register_action(SET_ASIDE, _("Set aside"), _("Set aside: somebody else had saved meanwhile"))


def check_for_conflict(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Answer a stale form with both versions and the choice; ``None`` if nobody has saved since it was opened.

    Wagtail checks this for autosave only; a "Save" or "Publish" of it overwrites. What was sent is kept as a revision
    beside the newest one, so that any choice, or none, loses nothing. A form that says the same as the newest version
    is not stale.
    """
    if request.method != "POST" or page.alias_of_id:
        return None
    theirs = newest_version(page)
    if not is_out_of_date(request.POST, theirs):
        return None
    if not request.accepts("text/html"):  # Wagtail has looked, too, but before the page was locked for this request
        message = gettext("Somebody else has saved meanwhile. Save, and you see what differs.")
        body = {"success": False, "error_code": "invalid_revision", "error_message": message}
        return JsonResponse(body, status=400)
    lock = page.get_lock()
    if lock and lock.for_user(request.user):
        return None  # nothing will be saved, and Wagtail says why
    mine = sent_version(request, theirs.as_object())
    if mine and merge_of(request, theirs, mine).says_the_same:
        return None
    return conflict_page(request, theirs, mine, set_aside(request, mine, theirs) if mine else None)


def merge_of(request: HttpRequest, theirs: Revision, mine: Page) -> PageMerge:
    """Return what comes of the newest version and the one that was sent, with the answers that were sent along."""
    panel = mine.get_edit_handler().get_bound_panel(instance=mine, request=request, form=None)
    comparisons = [comparison(mine, mine) for comparison in panel.get_comparison()]
    answers = {
        name.removeprefix(ANSWER): value
        for name, value in request.POST.items()
        if name.startswith(ANSWER) and value in (MINE, THEIRS)
    }
    before, _moment = opened_content(request.POST, mine)
    return PageMerge(comparisons, before, theirs.content, content_of(mine), answers)


def conflict_page(
    request: HttpRequest, theirs: Revision, mine: Page | None, kept: Revision | None, refused: str = ""
) -> HttpResponse:
    """Return the page with both versions: what they are together, field by field, and the ways on (409).

    ``mine`` is the version that was sent, ``None`` if it has mistakes; ``kept`` is where it was kept, ``refused`` why
    the answer to this page was not taken.
    """
    page = theirs.content_object
    context: dict[str, Any] = {
        "page": page,
        "theirs": theirs,
        "mine": mine,
        "kept": kept,
        "refused": refused,
        "sent": [(name, values) for name, values in request.POST.lists() if _is_content(name)],
        "opened": list(zip(OPENED, opened_as(request.POST), strict=True)),
        "is_publishing": "action-publish" in request.POST,
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        "history_url": reverse("wagtailadmin_pages:history", args=[page.pk]),
        "who_saved": name_of(theirs),
    }
    if mine:
        merge = merge_of(request, theirs, mine)
        _before, moment = opened_content(request.POST, mine)
        found = places(merge, mine, who_saved_since(theirs, moment))
        context |= {
            "places": found,
            "is_asked": any(place.is_asked for place in found),
            "has_more": not all(place.is_asked for place in found),
            "is_known": merge.before is not None,
            "keep_both_url": reverse("qa_keep_both", args=[page.pk]),
        }
    return TemplateResponse(request, "qa/desk/conflict.html", context, status=409)


def _is_content(name: str) -> bool:
    return name not in _NOT_CONTENT and not name.startswith(ANSWER)
