"""Standing of a form (``GET form-standing/``): who is signed in, whether its page is there and may still be changed.

The form's script asks when a save does not come through (``static/js/desk-session.js``), and has the reason and the way
out instead of the number of an error.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.models import Page, PageLogEntry

from qa.desk.calendar.rescheduling import scheduled_revision_for
from qa.desk.primary_keys import parse_pk
from qa.desk.reach import where_to_add
from qa.moments import named_moment

DELETED = "wagtail.delete"


def urls() -> list[URLPattern]:
    """Return the addresses that the form's script asks, and where a sign-in from the form ends."""
    return [
        path("form-standing/", standing, name="qa_form_standing"),
        path("signed-in-again/", signed_in_again, name="qa_signed_in_again"),
    ]


@never_cache
@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Return as JSON who is signed in, a token for forms, and for ``?page=`` how that page is.

    ``&correcting=yes``: the form is the one that corrects what is scheduled (``correcting.py``). Whoever is not signed
    in gets what Wagtail answers to scripts of such (403).
    """
    answer = {
        "account": str(request.user.pk),
        "name": user_display_name(request.user),
        "token": get_token(request),
    }
    if number := request.GET.get("page"):
        answer["page"] = _standing_of(request, parse_pk(number), "correcting" in request.GET)
    return JsonResponse(answer)


def _standing_of(request: HttpRequest, pk: int | None, is_correcting: bool) -> dict[str, Any]:
    """Return how a page is: ``there``, ``unscheduled``, ``refused`` or ``deleted``, and but for the first in words."""
    page = Page.objects.filter(pk=pk).first()
    if page is None:
        return {"state": "deleted", "message": _deleted_by(pk), "add": where_to_add(request.user)}
    permissions = page.permissions_for_user(request.user)
    if not permissions.can_edit():
        return {"state": "refused", "message": _("You may not change this page any more.")}
    if is_correcting:
        try:
            scheduled_revision_for(page, request.user)
        except ValidationError as error:
            return {"state": "unscheduled", "message": " ".join(error.messages)}
    elif permissions.page_locked():
        return {"state": "refused", "message": _("This page has been locked since you opened it.")}
    return {"state": "there"}


def _deleted_by(pk: int | None) -> str:
    entry = PageLogEntry.objects.filter(page=pk, action=DELETED).select_related("user").order_by("-timestamp").first()
    if entry is None:
        return _("This page has been deleted.")
    who = user_display_name(entry.user) if entry.user else _("Somebody")
    return _("%(who)s has deleted this page: %(moment)s.") % {"who": who, "moment": named_moment(entry.timestamp)}


@never_cache
@require_safe
def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Say that the window may be closed: the form in the other one has noticed (``static/js/desk-session.js``)."""
    return render(request, "qa/desk/signed_in_again.html")
