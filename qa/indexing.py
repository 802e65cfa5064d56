"""Indexes are written once: Wagtail's, which the desk searches, and our own, which readers search."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_LATER: ContextVar[bool] = ContextVar("indexed_later", default=False)
_WHOLE: ContextVar[Any] = ContextVar("saved_whole", default=None)


@contextmanager
def indexed_later() -> Iterator[None]:
    """Leave the desk's index of questions as it is for as long as the ``with`` block lasts.

    Wagtail indexes with each ``save``, and a page that is created and published is saved three times. Whoever
    uses this calls ``insert_or_update_object`` afterwards.
    """
    token = _LATER.set(True)
    try:
        yield
    finally:
        _LATER.reset(token)


def indexed_now() -> bool:
    """Tell whether a saved question is indexed at once."""
    return not _LATER.get()


@contextmanager
def saved_whole(page: Any) -> Iterator[None]:
    """Say that a page is saved in the ``with`` block together with its rows in other tables."""
    token = _WHOLE.set(page)
    try:
        yield
    finally:
        _WHOLE.reset(token)


def is_saved_whole(pk: int) -> bool:
    """Tell whether the page with this primary key is being saved whole: what is found of it is written once, then."""
    return _WHOLE.get() is not None and _WHOLE.get().pk == pk
