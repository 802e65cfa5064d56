"""Refusal of what nobody's browser sends to the desk, where Wagtail's own views would end in an error of the server.

Anybody who is signed in can send it. ``docs/upgrading.md`` has the list of what that was, and the test which says when
Wagtail answers by itself; ``python -m benchmarks.fuzz`` looks for more. What our own views make of odd requests is
theirs to say: an error that is raised in them is an error of the server, and is heard of.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import wagtail
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch
from django.utils.datastructures import MultiValueDictKeyError
from modelsearch.backends.base import FilterFieldError

from site_config.env import BASE_DIR

View = Callable[..., HttpResponseBase]

_LARGEST_KEY = 2**63 - 1  # what a BigAutoField holds
_WAGTAIL = f"{Path(wagtail.__file__).parent}/"
_OURS = tuple(f"{BASE_DIR / room}/" for room in ("qa", "home"))
#: What a view that takes something from a request at its word raises when it cannot be taken: a field that is missing,
#: what is no number or no JSON, a number larger than a column, a character that no text of PostgreSQL can have.
_NOT_TO_BE_TAKEN = (
    MultiValueDictKeyError,
    ValueError,
    OverflowError,
    RecursionError,  # a search for more than a thousand words
    DataError,
    ValidationError,
    NoReverseMatch,
)
#: Views that stumble over a form without its fields, or over filters that no search can have, by their names. These
#: errors are what a mistake in a program raises as well: elsewhere they stay what they are.
_STUMBLES: dict[str, tuple[type[Exception], ...]] = {
    "create": (AttributeError,),  # of a chooser
    "process_import": (KeyError, AttributeError),  # of redirects
    "choose": (FilterFieldError,),  # of pictures: a tag and words
    "choose_results": (FilterFieldError,),
    "wagtailadmin_choose_page_external_link": (AttributeError,),
    "wagtailadmin_choose_page_chosen_multiple": (AttributeError,),  # the root, which nobody chooses
}
#: Rows of a form: Django makes up to 2,000 of a number that somebody sends, and takes seconds to show them.
_MOST_ROWS = 500
_RAISES_ONLY = "wagtailadmin_error_test"  # a view of Wagtail's whose purpose is an error of the server


def refuse_odd_requests(view: View) -> View:
    """Decorate a view of the desk: 404 for a key that no row can have, 400 for what cannot be what a form sent."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name = request.resolver_match.url_name
        if name == _RAISES_ONLY or any(_is_odd(key, value) for key, value in kwargs.items()):
            raise Http404
        if request.method == "POST" and any(_has_too_many(*field) for field in request.POST.items()):
            raise BadRequest("no form of the desk has so many rows")
        stumbles = (*_NOT_TO_BE_TAKEN, *_STUMBLES.get(name, ()))
        try:
            return view(request, *args, **kwargs)
        except stumbles as error:
            if (kwargs or request.GET or request.method not in ("GET", "HEAD")) and _is_raised_by_wagtail(error):
                raise BadRequest(f"{type(error).__name__}: {error}") from error
            raise

    return answer


def _is_odd(name: str, value: Any) -> bool:
    """Whether a parameter of an address names a row, and none that there can be."""
    if value is None or not (name in ("pk", "id") or name.endswith(("_id", "_pk"))):
        return False
    text = str(value)
    return not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= _LARGEST_KEY)


def _has_too_many(name: str, value: str) -> bool:
    """Whether a field says how many rows there are, and says too many; what is no number, the form itself refuses."""
    return name.endswith("-TOTAL_FORMS") and value.isdecimal() and (len(value) > 9 or int(value) > _MOST_ROWS)


def _is_raised_by_wagtail(error: Exception) -> bool:
    """Whether of all code that is Wagtail's or ours, it was Wagtail's that ran last: what lies below is the same."""
    last, traceback = "", error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        last = file if file.startswith((_WAGTAIL, *_OURS)) else last
        traceback = traceback.tb_next
    return last.startswith(_WAGTAIL)
