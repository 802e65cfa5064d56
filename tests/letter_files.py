"""Files of letters for the tests of the import, and the import itself as an operator starts it."""

import struct
import zlib
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry, PageLogEntry, PageViewRestriction, Revision, WorkflowState

from qa.models import Expert, QuestionPage, Topic


def write(folder, name, body="Because.", **keys):
    keys = {"title": f"Why {name}?"} | keys
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    path.write_text(f"---\n{lines}---\n\n{body}\n", encoding="utf-8")
    return path


def picture(path, colour=0):
    """Write a PNG of one grey pixel."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes([0, colour])))
        + chunk(b"IEND", b"")
    )
    return path


def run(*paths, **options):
    """Return what the import printed; an import that fails raises ``Failed`` with it."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_letters", *map(str, paths), stdout=out, stderr=err, **options)
    except CommandError as error:
        raise AssertionError(f"{out.getvalue()}{err.getvalue()}{error}") from None
    return out.getvalue() + err.getvalue()


def run_failing(*paths, **options):
    """Return what an import printed that ends with an error."""
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("import_letters", *map(str, paths), stdout=out, stderr=err, **options)
    assert caught.value.returncode == 1
    return f"{out.getvalue()}{err.getvalue()}{caught.value}"


def the(letter_id):
    return QuestionPage.objects.get(letter_id=letter_id)


def get(client, address):
    return client.get(address, headers={"host": "localhost"})


def everything():
    """Return what an import that changes nothing must leave as it is."""
    models = (QuestionPage, Topic, Expert, get_image_model(), Revision, PageLogEntry, ModelLogEntry,
              PageViewRestriction, WorkflowState)  # fmt: skip
    rows = {model.__name__: sorted(map(str, model.objects.values_list())) for model in models}
    return rows, sorted(str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
