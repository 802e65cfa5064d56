"""Policies of the answers: what browsers may load, run and do on which page.

The policies themselves are settings (``site_config/settings/base.py``). Readers' pages have the one of ``SECURE_CSP``;
what needs another one says so here. Only this module speaks to django-csp: Django 6 has the same middleware, and
``csp_override`` for ``csp``.
"""

from collections.abc import Callable, Collection
from functools import wraps
from pathlib import PurePosixPath
from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from site_config.env import with_sources

View = Callable[..., HttpResponseBase]
#: By the ending of the file: what the system knows of types differs from machine to machine.
PICTURES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
#: What no page of the site uses, nor a player in one of its frames.
NOT_USED = [
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
]
#: Passkeys, which only the desk makes and asks for.
_OF_THE_DESK = ["publickey-credentials-create", "publickey-credentials-get"]
PERMISSIONS = ", ".join(f"{name}=()" for name in [*NOT_USED, *_OF_THE_DESK])
DESK_PERMISSIONS = ", ".join([f"{name}=()" for name in NOT_USED] + [f"{name}=(self)" for name in _OF_THE_DESK])
HEADER = "Content-Security-Policy"


def sister_headers(get_response: View) -> View:
    """Middleware: say what else browsers may do, beside what Django's own ``SecurityMiddleware`` says."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # What scripts of other sites may read (feeds, the files of the site), their pages may show as well.
        shared = response.get("Access-Control-Allow-Origin") == "*"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if shared else "same-origin")
        return response

    return answer


def at_the_desk(view: View) -> View:
    """Decorate a view of the desk: it answers with the policy of the desk.

    A preview has been through the middleware as if a reader had asked for it, and keeps the readers' policy. What
    Wagtail shows in a frame (it says so in ``X-Frame-Options``) may be framed by the desk.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Permissions-Policy"] = DESK_PERMISSIONS
        ours = "'self'" if response.get("X-Frame-Options") == "SAMEORIGIN" else "'none'"
        if HEADER in response:
            response[HEADER] = response[HEADER].replace("frame-ancestors 'none'", f"frame-ancestors {ours}")
            return response
        # Only editors meet the rich text editor, for which styles may stand in the page.
        styles = {} if request.user.is_authenticated else {"style-src": ["'self'"]}
        return _with(response, settings.DESK_CSP | styles | {"frame-ancestors": [ours]})

    return answer


def of_pictures(view: View) -> View:
    """Decorate the view of uploaded pictures: other sites may show them, and what is served there is a picture.

    Feeds carry their addresses, and so does what is shared: pages of other hosts load them.
    """

    @wraps(view)
    def answer(request: HttpRequest, path: str, **kwargs: Any) -> HttpResponseBase:
        response = view(request, path, **kwargs)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
        if response.status_code == 200:
            kind = PICTURES.get(PurePosixPath(path).suffix.lower())
            response["Content-Type"] = kind or "application/octet-stream"
            if not kind:
                response["Content-Disposition"] = "attachment"
        return _with(response, settings.FILE_CSP)

    return answer


def with_frames(response: HttpResponse, hosts: Collection[str]) -> HttpResponse:
    """Let a page of readers show these hosts in frames."""
    policy = with_sources({"frame-src": sorted(set(hosts))}, settings.SECURE_CSP)
    return _with(response, policy) if hosts else response


def _with(response: HttpResponseBase, directives: dict[str, Any]) -> Any:
    return csp(directives)(lambda: response)()
