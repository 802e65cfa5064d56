"""Template tag for the digest of a script, by which browsers notice when somebody has changed it on its way."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage

register = template.Library()


@register.simple_tag
def integrity(path: str) -> str:
    """Return the value of the ``integrity`` attribute of a file in ``static/``."""
    if isinstance(staticfiles_storage, ManifestStaticFilesStorage):
        return _of_collected(staticfiles_storage.stored_name(path))
    return _digest(Path(finders.find(path)).read_bytes())


@cache
def _of_collected(name: str) -> str:
    """Return the digest of a file as it is sent; its name changes with what is in it."""
    with staticfiles_storage.open(name) as file:
        return _digest(file.read())


def _digest(content: bytes) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"
