"""Views of uploaded pictures: what readers get, for a site without a web server that serves it, and originals."""

import posixpath

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.views.static import serve

#: The folders of ``MEDIA_ROOT`` that everybody may see, and that a web server may serve (deploy/nginx.conf).
PUBLIC_FOLDERS = ("images", "avatar_images")


def picture(request: HttpRequest, path: str) -> FileResponse | HttpResponseNotModified:
    """Serve a file below ``MEDIA_ROOT``; 404 also for a name that no file can have.

    Django looks for whatever the address says: the system refuses a name that is too long, and Python one with a NUL
    character or half of a surrogate pair. It also takes ``images/../documents/`` for what that means, as long as it is
    below the root. So an address that could be written shorter is none of a picture: nobody comes from a public folder
    into a private one.
    """
    if posixpath.normpath(path) != path or "\\" in path:
        raise Http404
    try:
        return serve(request, path, document_root=settings.MEDIA_ROOT)
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error


def original(request: HttpRequest, path: str) -> HttpResponse:
    """Serve an original, or a copy of one in its own size, to those who may enter the desk; 404 for everybody else.

    Its name can be guessed from that of each picture made of it.
    """
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    response = picture(request, path)
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    patch_vary_headers(response, ["Cookie"])
    return response
