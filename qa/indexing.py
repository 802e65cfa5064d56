"""Wagtail's own index, which the desk searches: whoever saves a question several times in a row indexes it once."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LATER: ContextVar[bool] = ContextVar("indexed_later", default=False)


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
