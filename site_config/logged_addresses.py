"""Logging of addresses without the secrets in them: whoever reads a log cannot use what stands there.

A calendar's private address and a link for a new password are all that is needed to use them.
"""

import logging
import re

_SECRETS = re.compile(r"(?P<before>(?<!/admin)/calendar/|/password_reset/confirm/)[^\s\"']+")


def without_secrets(text: str) -> str:
    """Return a line of a log with ``…`` in place of the secret part of each address."""
    return _SECRETS.sub(r"\g<before>…", text)


class SecretsFilter(logging.Filter):
    """Takes secrets out of what a handler logs; it lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message."""
        message = record.getMessage()
        if (cleaned := without_secrets(message)) != message:
            record.msg, record.args = cleaned, None
        return True
