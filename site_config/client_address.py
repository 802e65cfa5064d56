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
            return _without_port(named)
    return request.META.get("REMOTE_ADDR", "")


def _without_port(address: str) -> str:
    """Return an address as RFC 7239, 6 has it without the port that some proxies add: ``[2001:db8::1]:47``."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
