"""Decorator of Wagtail's views of documents: what they say to caches."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from wagtail.documents import get_document_model

from qa.querysets import public_files
from qa.rendering.references import primary_keys

_LONGEST = 19  # digits of a key of 64 bits


def private_unless_public(view: Callable) -> Callable:
    """Decorate a view of Wagtail's: nobody stores what it answers, unless it is a document that everybody may read.

    A cache that goes by the ending of an address (.pdf, .zip) would hand a private document to all. Of a public one
    nothing is said, and the cache decides.
    """

    @wraps(view)
    def decorated(request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        if args and len(args[0]) > _LONGEST:  # Python reads no number of thousands of digits
            raise Http404
        response = view(request, *args, **kwargs)
        # The form that asks for a password is for a restriction and no document.
        asked = get_document_model().objects.filter(pk__in=primary_keys(args[:1]))
        if not public_files(asked).exists():
            add_never_cache_headers(response)
        return response

    return decorated
