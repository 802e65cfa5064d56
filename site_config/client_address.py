"""The network address of a client, also behind a proxy."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address from which a request came; behind a proxy (``BEHIND_PROXY``) the one that the proxy names.

    A proxy appends to ``X-Forwarded-For`` whom it was asked by, so that only the last entry is not the client's word.
    """
    if settings.BEHIND_PROXY:
        named = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        if named:
            return named
    return request.META.get("REMOTE_ADDR", "")
