"""Mail to administrators, once, about scheduled changes that failed."""

import logging
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import get_connection, send_mail
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from qa.models import ScheduleTrouble
from qa.moments import named_moment

logger = logging.getLogger(__name__)

#: Administrators are told of a failure that lasts this long; a missed window is final, and they are told at once.
TELL_AFTER = timedelta(minutes=5)


def tell_administrators(now: datetime) -> threading.Thread:
    """Start to send one mail about all new trouble; return the thread, which is over at once if there is none.

    Each trouble is claimed in the database first, so that one of several schedulers writes. If the mail cannot be sent
    the claim is given back, and the next heartbeat tries again.
    """
    new = ScheduleTrouble.objects.filter(mailed_at=None).filter(Q(next_try=None) | Q(since__lte=now - TELL_AFTER))
    claimed = [row for row in new if ScheduleTrouble.objects.filter(pk=row.pk, mailed_at=None).update(mailed_at=now)]
    addresses = administrators() if claimed else []
    if claimed and not addresses:
        logger.warning("Nobody is told of the trouble with the schedule: no administrator has an e-mail address.")
        claimed = []
    thread = threading.Thread(target=_send, args=(claimed, addresses), daemon=True, name="alarm")
    thread.start()
    return thread


def administrators() -> list[str]:
    """Return the addresses of ``settings.ADMINS``, or else of the active superusers."""
    if settings.ADMINS:
        # Addresses, or pairs of name and address as Django before 6 wants them.
        return [entry if isinstance(entry, str) else entry[-1] for entry in settings.ADMINS]
    superusers = get_user_model()._default_manager.filter(is_superuser=True, is_active=True)
    return [address for address in superusers.values_list("email", flat=True) if address]


def _send(troubles: list[ScheduleTrouble], addresses: list[str]) -> None:
    if not troubles:
        return
    try:
        with translation.override(settings.LANGUAGE_CODE), timezone.override(settings.TIME_ZONE):
            # Not through the queue: it may be the worker that is away as well.
            send_mail(*build_message(troubles), None, addresses, connection=get_connection(settings.MAIL_BACKEND))
    except Exception:
        logger.exception("Administrators could not be told of the trouble with the schedule; it is tried again.")
        try:
            ScheduleTrouble.objects.filter(pk__in=[trouble.pk for trouble in troubles]).update(mailed_at=None)
        finally:
            connection.close()


def build_message(troubles: list[ScheduleTrouble]) -> tuple[str, str]:
    """Return the subject and the text of the mail, in the active language and time zone."""
    subject = ngettext(
        "%(number)d scheduled change was not made", "%(number)d scheduled changes were not made", len(troubles)
    ) % {"number": len(troubles)}
    lines = [gettext("These changes of %(site)s were due and are not made:") % {"site": settings.WAGTAIL_SITE_NAME}, ""]
    for trouble in troubles:
        lines += [f"- {trouble.title}", f"  {named_moment(trouble.due_at)}: {trouble.last_error}"]
        if trouble.next_try is not None:
            lines.append("  " + gettext("It is tried again by itself; you are not written to again about it."))
        else:
            lines.append("  " + gettext("It is not tried again: set a new time for it, or leave it."))
    lines += ["", settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("wagtailadmin_home")]
    return subject, "\n".join(lines)
