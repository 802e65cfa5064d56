"""Lets whoever saves a question several times in a row make its search entry once, at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LATER: ContextVar[bool] = ContextVar("search_entries_later", default=False)


@contextmanager
def search_entries_later() -> Iterator[None]:
    """Leave the search entries of questions as they are for as long as the ``with`` block lasts.

    Wagtail makes an entry with each ``save``, and a page that is created and published is saved three times. Whoever
    uses this calls ``insert_or_update_object`` afterwards.
    """
    token = _LATER.set(True)
    try:
        yield
    finally:
        _LATER.reset(token)


def made_now() -> bool:
    """Tell whether a saved question gets its search entry at once."""
    return not _LATER.get()
