"""Versions of a page as its form knows them: the newest, the one that was opened, the one that was sent."""

from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, PageSubscription, Revision

from qa.desk.form.contents import Content
from qa.desk.primary_keys import parse_pk
from qa.models import OpenedVersion

SET_ASIDE = "qa.set_aside"
#: What a form says of the version that it was opened with, once it has seen a newer one.
OPENED = ("opened_revision_id", "opened_revision_created_at")


def newest_version(page: Page) -> Revision | None:
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


def note_opened(request: HttpRequest, page: Page) -> None:
    """Remember which version the form shows: a hook of ``before_edit_page``."""
    if request.method == "GET" and not page.alias_of_id and (newest := page.latest_revision):
        OpenedVersion.note(newest.pk, newest.created_at)


def opened_as(form: QueryDict) -> tuple[str, str]:
    """Return number and moment of the version that the words of a form are a change of, as the form names them.

    The moment is empty where the form has saved itself: nobody else saves over that version.
    """
    if form.get(OPENED[0]):
        return form[OPENED[0]], form.get(OPENED[1], "")
    if saved := form.get("overwrite_revision_id"):
        return saved, ""
    return form.get("loaded_revision_id", ""), form.get("loaded_revision_created_at", "")


def opened_content(form: QueryDict, page: Page) -> tuple[Content, datetime] | tuple[None, None]:
    """Return the content of the version that a form was opened with, and when that was saved; nothing if it is gone."""
    number, moment = opened_as(form)
    revision = Revision.objects.for_instance(page).filter(pk=parse_pk(number)).first()
    if revision is None:
        return None, None
    if not moment or moment == revision.created_at.isoformat():
        return revision.content, revision.created_at
    kept = OpenedVersion.objects.filter(revision=revision.pk).exclude(content__isnull=True)
    for version in kept:
        if version.saved_at.isoformat() == moment:
            return version.content, version.saved_at
    return None, None


def sent_version(request: HttpRequest, page: Page) -> Page | None:
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


def set_aside(request: HttpRequest, version: Page, newest: Revision) -> Revision:
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


def name_of(revision: Revision) -> str:
    """Return the name of whoever saved a version."""
    return user_display_name(revision.user) if revision.user else gettext("Somebody")


def who_saved_since(newest: Revision, moment: datetime | None) -> str:
    """Return the names of all who saved after a moment, the last one first; if it is unknown, only that one."""
    names = [name_of(newest)]
    if moment is not None:
        later = Revision.objects.for_instance(newest.content_object).filter(
            created_at__gt=moment, created_at__lte=newest.created_at
        )
        later = later.exclude(pk__in=PageLogEntry.objects.filter(action=SET_ASIDE).values("revision"))
        names += [name_of(one) for one in later.select_related("user").defer("content").order_by("-created_at")]
    return ", ".join(dict.fromkeys(names))
