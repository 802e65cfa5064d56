"""View of uploaded pictures, for a site without a web server that serves them."""

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.views.static import serve


def picture(request: HttpRequest, path: str) -> FileResponse | HttpResponseNotModified:
    """Serve a file below ``MEDIA_ROOT``; 404 also for a name that no file can have.

    Django looks for whatever the address says: the system refuses a name that is too long, and Python one with a NUL
    character or half of a surrogate pair.
    """
    try:
        return serve(request, path, document_root=settings.MEDIA_ROOT)
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
