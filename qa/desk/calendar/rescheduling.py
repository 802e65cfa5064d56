"""Rescheduling of a question, by the rules of Wagtail's own schedule."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.log_actions import LogFormatter, log
from wagtail.models import Page, PageLogEntry, Revision

from qa.moments import named_moment

MOVED = "qa.move_on_schedule"


def lift_schedule_lock(page: Page) -> None:
    """Make ``page`` (this object, nothing stored) look as if its schedule did not lock it; other locks stay.

    The attribute is the one that ``PageQuerySet.annotate_approved_schedule`` sets.
    """
    page._approved_schedule = False


def scheduled_revision_for(page: Page, user: AbstractUser) -> Revision:
    """Return the scheduled revision of ``page``, which ``user`` may replace.

    Raises ``PermissionDenied`` for those who may not unschedule and publish the page, or for whom it is locked by
    somebody or by a review, and ``ValidationError`` if there is nothing to replace: it is not scheduled (any more), or
    a newer draft exists, which the replacement would hide.
    """
    may = page.permissions_for_user(user)
    if page.alias_of_id or not (may.can_edit() and may.can_publish() and may.can_unschedule()):
        raise PermissionDenied
    revision = page.scheduled_revision
    if revision is None:
        raise ValidationError(_("“%s” is no longer scheduled.") % page.get_admin_display_title())
    if page.latest_revision_id != revision.pk:
        raise ValidationError(
            _("There is a draft newer than the scheduled version: cancel the schedule, then schedule that draft.")
        )
    lift_schedule_lock(page)
    lock = page.get_lock()
    del page._approved_schedule
    if lock is not None and lock.for_user(user):
        raise PermissionDenied(lock.get_message(user))
    return revision


def move(page: Page, user: AbstractUser, moment: datetime) -> Revision:
    """Schedule what is scheduled of ``page`` for ``moment`` instead; return the new revision.

    What stock Wagtail does in three steps (unschedule, edit, schedule again), with the same rights, in one transaction.
    Raises what ``scheduled_revision_for`` raises, and ``ValidationError`` for a moment that has passed (publishing now
    would be another decision) or that is not before the expiry, and if the page is no longer valid.
    """
    with transaction.atomic():
        page = Page.objects.select_for_update(of=("self",)).get(pk=page.pk)  # the clock takes the same lock
        scheduled = scheduled_revision_for(page, user)
        old = scheduled.approved_go_live_at
        if moment <= timezone.now():
            raise ValidationError(_("That moment has passed. To publish at once, cancel the schedule first."))
        draft = scheduled.as_object()
        if draft.expire_at and draft.expire_at <= moment:
            expiry = {"moment": named_moment(draft.expire_at)}
            raise ValidationError(_("It expires before that, on %(moment)s.") % expiry)
        draft.go_live_at = moment
        revision = draft.save_revision(user=user, changed=False)
        data = {"from": old.isoformat(), "to": moment.isoformat()}
        log(instance=draft, action=MOVED, user=user, revision=revision, content_changed=False, data=data)
        PublishPageRevisionAction(revision, user=user, changed=False).execute()
        return revision


class MovedFormatter(LogFormatter):
    """How the page's history tells of a move, in the reader's time zone."""

    label = gettext_lazy("Move on the schedule")

    def format_message(self, log_entry: PageLogEntry) -> str:
        """Name both moments."""
        moments = {name: named_moment(datetime.fromisoformat(log_entry.data[name])) for name in ("from", "to")}
        return _("Moved on the schedule from %(from)s to %(to)s") % moments


def register_log_action(actions) -> None:
    """Let Wagtail's log know the action."""
    actions.register_action(MOVED)(MovedFormatter)
