"""E-mail backend that queues mail with the change that it tells of, and retries while the mail server is away."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError
from django_tasks import task

from qa.tasks.queue import QUEUE, later

_MUTED: ContextVar[bool] = ContextVar("mail_is_muted", default=False)
_FIELDS = ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to")


class QueuedBackend(BaseEmailBackend):
    """Hands mail to the worker, which sends it through ``settings.MAIL_BACKEND``.

    What is no text, and what the database cannot take (it is away, and the mail says so), is sent at once.
    """

    def send_messages(self, messages: Iterable[EmailMessage]) -> int:
        """Queue messages; return how many."""
        if _MUTED.get():
            return 0
        messages = list(messages)
        for message in messages:
            if message.attachments:
                message.connection = None
                get_connection(settings.MAIL_BACKEND, fail_silently=self.fail_silently).send_messages([message])
                continue
            try:
                later(send, _fields(message))
            except DatabaseError:
                get_connection(settings.MAIL_BACKEND, fail_silently=self.fail_silently).send_messages([message])
        return len(messages)


def _fields(message: EmailMessage) -> dict[str, Any]:
    fields = {name: getattr(message, name) for name in _FIELDS}
    # A subject is one line (RFC 5322, 2.1.1). Wagtail puts titles into it, and what a program posts as a title may have
    # several: such a mail would always fail.
    fields["subject"], fields["body"] = " ".join(str(message.subject).split()), str(message.body)
    fields["headers"] = {name: str(value) for name, value in message.extra_headers.items()}
    fields["alternatives"] = [[str(content), kind] for content, kind in getattr(message, "alternatives", [])]
    return fields


@contextmanager
def without_mail() -> Iterator[None]:
    """Send nothing from the ``with`` block; other threads go on sending, which a changed setting would not let them."""
    token = _MUTED.set(True)
    try:
        yield
    finally:
        _MUTED.reset(token)


@task(backend=QUEUE)
def send(fields: dict[str, Any]) -> None:
    """Send one message; raises what the mail server or the way to it says (``OSError``, ``SMTPException``)."""
    connection = get_connection(settings.MAIL_BACKEND)
    EmailMultiAlternatives(**fields, connection=connection).send()
