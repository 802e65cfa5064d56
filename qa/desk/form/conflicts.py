"""Edit-conflict check: nobody saves over somebody else's changes without having seen them."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.compare import FieldComparison
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.log_actions import LogActionRegistry, log
from wagtail.models import Page, PageSubscription, Revision

from qa.desk.primary_keys import parse_pk

SET_ASIDE = "qa.set_aside"
#: Fields with which a form identifies itself; the conflict page sends its own.
_NOT_CONTENT = {"csrfmiddlewaretoken", "loaded_revision_id", "loaded_revision_created_at", "overwrite_revision_id"}


def register_log_action(actions: LogActionRegistry) -> None:
    """Register the log action for a version that came too late to be the newest."""
    actions.register_action(SET_ASIDE, _("Set aside"), _("Set aside: somebody else had saved meanwhile"))


def check_for_conflict(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Answer a stale form with both versions and the choice; ``None`` if nobody has saved since it was opened.

    Wagtail checks this for autosave only; a "Save" or "Publish" of it overwrites. What was sent is kept as a revision
    beside the newest one, so that either choice, or none, loses nothing. A form that says the same as the newest
    version is not stale.
    """
    if request.method != "POST" or page.alias_of_id:
        return None
    theirs = _newest(page)
    if not is_out_of_date(request.POST, theirs):
        return None
    if not request.accepts("text/html"):  # Wagtail has looked, too, but before the page was locked for this request
        message = gettext("Somebody else has saved meanwhile. Save, and you see what differs.")
        body = {"success": False, "error_code": "invalid_revision", "error_message": message}
        return JsonResponse(body, status=400)
    lock = page.get_lock()
    if lock and lock.for_user(request.user):
        return None  # nothing will be saved, and Wagtail says why
    their_version, my_version = theirs.as_object(), _sent(request, theirs.as_object())
    differences = _differences(request, their_version, my_version) if my_version else []
    if my_version and not differences:
        return None
    mine = _set_aside(request, my_version, theirs) if my_version else None
    by_whom = _changed_by(request, theirs, their_version, my_version) if my_version else {}
    context = {
        "page": page,
        "theirs": theirs,
        "who_saved": _name_of(theirs),
        "mine": mine,
        "differences": [(difference, by_whom.get(difference.field_label())) for difference in differences],
        "sent": [(name, values) for name, values in request.POST.lists() if name not in _NOT_CONTENT],
        "is_publishing": "action-publish" in request.POST,
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        "history_url": reverse("wagtailadmin_pages:history", args=[page.pk]),
    }
    return TemplateResponse(request, "qa/desk/conflict.html", context, status=409)


def _newest(page: Page) -> Revision | None:
    """Return the newest version, with the page locked until this request is done."""
    with transaction.atomic():  # which the desk's requests are in already
        locked = Page.objects.select_for_update().filter(pk=page.pk)
        number = locked.values_list("latest_revision_id", flat=True).first()
    return Revision.objects.select_related("user").filter(pk=number).first()


def is_out_of_date(form: QueryDict, newest: Revision | None) -> bool:
    """Return whether a form is of another version than the newest, by the same rule as Wagtail's check of autosave.

    A form that has saved itself names that version; any other names the one that it was opened with, and when that was
    saved, because autosave overwrites a revision and keeps its key.
    """
    if newest is None:
        return False
    if saved := form.get("overwrite_revision_id"):
        return saved != str(newest.pk)
    if opened := form.get("loaded_revision_id"):
        moment = form.get("loaded_revision_created_at", "")
        return (opened, moment) != (str(newest.pk), newest.created_at.isoformat())
    return False


def _sent(request: HttpRequest, page: Page) -> Page | None:
    """Return the page as the form has it, unsaved; ``None`` if it has mistakes that not even a draft may have."""
    subscription = PageSubscription(page=page, user=request.user)
    form_class = page.get_edit_handler().get_form_class()
    form = form_class(
        request.POST,
        request.FILES,
        instance=page,
        subscription=subscription,
        parent_page=page.get_parent(),
        for_user=request.user,
    )
    form.defer_required_fields()
    return form.save(commit=False) if form.is_valid() else None


def _set_aside(request: HttpRequest, version: Page, newest: Revision) -> Revision:
    """Keep a version as a revision that is not the newest one."""
    kept = Revision(
        content_object=version,
        base_content_type=version.get_base_content_type(),
        user=request.user,
        created_at=newest.created_at - timedelta(microseconds=1),  # Wagtail goes by it, too, for the newest
        content=version.serializable_data(),
        object_str=str(version),
    )
    kept.save()
    log(instance=version, action=SET_ASIDE, user=request.user, revision=kept, content_changed=True)
    return kept


def _differences(request: HttpRequest, one: Page, other: Page) -> list[FieldComparison]:
    """Return the fields in which two versions of a page differ, in the order of the form."""
    panel = one.get_edit_handler().get_bound_panel(instance=one, request=request, form=None)
    compared = (comparison(one, other) for comparison in panel.get_comparison())
    return [difference for difference in compared if difference.has_changed()]


def _changed_by(request: HttpRequest, newest: Revision, theirs: Page, mine: Page) -> dict[str, str]:
    """Return who changed a field since the form was opened, by its label; nothing if that version is not kept.

    Autosave overwrites its revision again and again, so that only the last state of it is known.
    """
    opened = Revision.objects.for_instance(mine).filter(pk=parse_pk(request.POST.get("loaded_revision_id", ""))).first()
    if (
        not opened
        or opened == newest
        or opened.created_at.isoformat() != request.POST.get("loaded_revision_created_at")
    ):
        return {}
    before = opened.as_object()
    their_fields = {difference.field_label() for difference in _differences(request, before, theirs)}
    my_fields = {difference.field_label() for difference in _differences(request, before, mine)}
    return {
        label: gettext("both of you") if label in their_fields & my_fields
        else gettext("you") if label in my_fields
        else _name_of(newest)
        for label in their_fields | my_fields
    }  # fmt: skip


def _name_of(revision: Revision) -> str:
    return user_display_name(revision.user) if revision.user else gettext("Somebody")
