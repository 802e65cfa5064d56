"""View decorator that makes what is done at the desk happen wholly or not at all."""

from collections.abc import Callable
from functools import wraps

from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from site_config.after_commit import atomic_change

_READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # the safe methods of RFC 9110, 9.2.1


def atomic_writes(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Run a view in a transaction when the request may change something; an error rolls all of it back.

    What fails after the commit is logged and no error page: the change is made. A request that loses a race for a
    name or an address that can be there only once is run again, and its form then says that the name is taken.

    Wagtail publishes in several transactions: a process that is killed in between leaves a page that is live without
    log entry, or without its schedule (wagtail/wagtail#13879). ``ATOMIC_REQUESTS`` would do this for every request of
    the site, and on SQLite, whose transactions are immediate here, let every reader wait for the one writer.
    """

    @wraps(view)
    def with_transaction(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method in _READS:
            try:
                return view(request, *args, **kwargs)
            except IntegrityError:  # Wagtail notes who has a form open: of a page that was deleted that very moment
                return view(request, *args, **kwargs)
        try:
            return _in_transaction(view, request, args, kwargs)
        except (IntegrityError, ValidationError):  # forms have looked: what they let through was free until now
            if request.FILES:  # they are read
                raise
            forget_messages(request)
            return _in_transaction(view, request, args, kwargs)

    with_transaction.writes_are_atomic = True
    return with_transaction


def forget_messages(request: HttpRequest) -> None:
    """Take back the messages that a view has left for the next page: they are said of what is rolled back."""
    get_messages(request)._queued_messages.clear()


def _in_transaction(view: Callable[..., HttpResponse], request: HttpRequest, args: tuple, kwargs: dict) -> HttpResponse:
    with atomic_change():
        response = view(request, *args, **kwargs)
        # A template that is rendered later still has queries to make.
        return response.render() if hasattr(response, "render") and not response.is_rendered else response
