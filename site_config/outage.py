"""Error pages for when something is broken: they need no database, no context and no collected files."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

RETRY_AFTER = 60  # seconds; a database that restarts is back by then


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 with ``Retry-After`` (RFC 9110, 10.2.3) while the database is away or busy, else 500.

    It is the site's ``handler500`` and not a middleware: Django calls it while it handles the exception, whichever
    view, template or middleware raised it. Search engines do not drop a page that answers 503.
    """
    away = isinstance(sys.exception(), (OperationalError, InterfaceError))
    # No request: a context processor would ask the database again.
    response = HttpResponse(
        loader.get_template("503.html" if away else "500.html").render(), status=503 if away else 500
    )
    if away:
        response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response
