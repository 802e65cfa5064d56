"""Rewriting of stored files at their own address, so that no page and no cache has to learn another one."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile


def rewrite(file: FieldFile, content: bytes) -> None:
    """Put ``content`` in the place of a stored file: on a disk at once, so that readers get one or the other."""
    file.close()
    try:
        path = Path(file.storage.path(file.name))
    except NotImplementedError:  # no disk
        file.storage.delete(file.name)
        file.storage.save(file.name, ContentFile(content))
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(content)
            os.fchmod(written.fileno(), path.stat().st_mode)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
