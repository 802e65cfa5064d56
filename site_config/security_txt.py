"""``/.well-known/security.txt``: where somebody who has found a hole writes to (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

_HOLDS = timedelta(
    days=90
)  # RFC 9116, 2.5.5: less than a year; a copy that is older tells of a site nobody looks after


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Answer with the contacts of ``SECURITY_CONTACT``, in their order; 404 while there are none.

    It expires at midnight (UTC), 90 days from today, so that it never does while the site runs.
    """
    if not settings.SECURITY_CONTACTS:
        raise Http404
    expires = datetime.combine(datetime.now(UTC).date() + _HOLDS, time(), UTC)
    lines = [
        *(f"Contact: {contact}" for contact in settings.SECURITY_CONTACTS),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {settings.LANGUAGE_CODE}",
        f"Canonical: {settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{reverse('security_txt')}",
    ]
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
