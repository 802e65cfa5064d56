"""Hooks and receivers that follow a change: they may fail, and the change stands.

Two kinds of code follow a change. Hooks run when its transaction is committed: nothing can undo the change then, so an
error in a hook must not become an error page. Receivers of signals run inside the transaction: those that only follow
the change are marked ``may_fail``; the others belong to it, and one that fails undoes all of it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

logger = logging.getLogger(__name__)


def after_commit(function: Callable[..., Any], *arguments: Any) -> None:
    """Call a function when the caller's transaction is committed; an error is logged under the function's name.

    Django's own ``on_commit(…, robust=True)`` raises while it logs the error of anything that has no
    ``__qualname__``, such as a ``partial``: nobody here calls it past this function.
    """
    transaction.on_commit(_surviving(function, arguments))


@contextmanager
def atomic_change() -> Iterator[None]:
    """Run the ``with`` block in a transaction, after which each hook may fail by itself, whoever registered it.

    Wagtail makes redirects of renamed pages and deletes files in such hooks. One that fails would skip those behind it
    and say that a change had failed which is made.
    """
    with transaction.atomic():
        yield
        # The last thing inside: what is registered later runs outside of any transaction, at once.
        hooks = connection.run_on_commit
        connection.run_on_commit = [(savepoints, _surviving(hook), robust) for savepoints, hook, robust in hooks]


def may_fail(instead: Callable[..., None] | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a receiver one that only follows the change: what it wrote is undone and its error logged, no more.

    ``instead`` is then called as the receiver was, to have it done later. A database that is away, locked or full
    (``OperationalError``) ends the change itself, which could not be stored either.
    """

    def marked(receiver: Callable[..., None]) -> Callable[..., None]:
        @wraps(receiver)
        def follow(*args: Any, **kwargs: Any) -> None:
            if not _done(receiver, args, kwargs) and instead is not None:
                _done(instead, args, kwargs)

        follow.may_fail = True
        return follow

    return marked


def _done(function: Callable[..., None], args: tuple, kwargs: dict[str, Any]) -> bool:
    try:
        with _savepoint_if_needed():
            function(*args, **kwargs)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 - logged there
        _log(function)
        return False
    return True


@contextmanager
def _savepoint_if_needed() -> Iterator[None]:
    """Run the ``with`` block in a savepoint that its first query makes: most receivers mostly have nothing to do."""
    with ExitStack() as savepoint:
        waiting = [transaction.atomic()]

        def begin(execute: Callable[..., Any], sql: str, *query: Any) -> Any:
            # Not for the beginning of another one, of which this may be a part.
            if waiting and not str(sql).startswith(("BEGIN", "SAVEPOINT")):
                savepoint.enter_context(waiting.pop())
            return execute(sql, *query)

        with connection.execute_wrapper(begin):
            yield


def _surviving(function: Callable[..., Any], arguments: tuple = ()) -> Callable[[], None]:
    if hasattr(function, "survives"):
        return function

    @wraps(function, updated=())
    def hook() -> None:
        try:
            function(*arguments)
        except Exception:  # noqa: BLE001 - logged there
            _log(function)

    hook.survives = True
    return hook


def _log(function: Callable[..., Any]) -> None:
    function = getattr(function, "func", function)  # of a partial
    name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(function))}"
    logger.exception("%s failed. It follows a change that is made all the same.", name)
