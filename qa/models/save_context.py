"""Context managers around a save, in which Wagtail's indexes and our own are written only once."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_LATER: ContextVar[bool] = ContextVar("indexed_later", default=False)
_WHOLE: ContextVar[Any] = ContextVar("saved_whole", default=None)


@contextmanager
def indexed_later() -> Iterator[None]:
    """Leave Wagtail's two indexes as they are while the ``with`` block lasts: the desk's of questions, and references.

    Wagtail writes both with each ``save``, and a page that is created and published is saved three times. Whoever uses
    this calls ``insert_or_update_object`` and ``ReferenceIndex.create_or_update_for_object`` afterwards. Blocks may be
    nested, also with Wagtail's ``disable_reference_index_auto_update``, whose own end switches the references on.
    """
    # The module needs models that are loaded later than this one.
    from wagtail.signal_handlers import reference_index_auto_update_disabled

    before = getattr(reference_index_auto_update_disabled, "value", False)
    token = _LATER.set(True)
    reference_index_auto_update_disabled.value = True
    try:
        yield
    finally:
        reference_index_auto_update_disabled.value = before
        _LATER.reset(token)


def indexed_now() -> bool:
    """Return whether a saved question is indexed at once."""
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
    """Return whether the page with this primary key is being saved whole: its search entry is then written once."""
    return _WHOLE.get() is not None and _WHOLE.get().pk == pk
