"""Cleaning of the pictures that are stored already: originals, what was made of them, and profile pictures."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.db.models.fields.files import FieldFile
from PIL import Image
from wagtail.images import get_image_model
from wagtail.users.models import UserProfile

from qa.pictures.metadata import BROKEN, without_metadata
from qa.pictures.rewriting import rewrite


@dataclass
class Cleaned:
    """How many files were cleaned of how many, and the names of those that could not be read."""

    files: int = 0
    cleaned: int = 0
    broken: tuple[str, ...] = ()


def clean_stored(over: Callable[[list], Iterable]) -> Cleaned:
    """Take the metadata from every stored picture; ``over`` goes over them and may end early."""
    report = Cleaned()
    for model, pk in over(list(_rows())):
        row = model.objects.filter(pk=pk).first()
        file = row and (row.avatar if model is UserProfile else row.file)
        if file:  # somebody may have deleted it since
            report.files += 1
            try:
                report.cleaned += _clean(row, file)
            except BROKEN:
                report.broken += (file.name,)
    return report


def _rows() -> Iterator[tuple[type[Model], int]]:
    """Yield model and number of what has a file: renditions first, because readers get those."""
    images = get_image_model()
    found = (images.get_rendition_model().objects.all(), images.objects.all(), UserProfile.objects.exclude(avatar=""))
    for rows in found:
        yield from ((rows.model, pk) for pk in rows.order_by("pk").values_list("pk", flat=True))


def _clean(row: Model, file: FieldFile) -> bool:
    """Clean one file, and let its row say what it is now, also if that was broken off before; return whether it was."""
    with file.storage.open(file.name) as opened:
        content = opened.read()
    clean = without_metadata(content)
    if clean != content:
        rewrite(file, clean)
    if isinstance(row, get_image_model()):
        file_hash = hashlib.sha1(clean, usedforsecurity=False).hexdigest()
        if file_hash != row.file_hash:
            with file.storage.open(file.name) as opened, Image.open(opened) as picture:
                width, height = picture.size
            values = {"file_size": len(clean), "file_hash": file_hash, "width": width, "height": height}
            type(row).objects.filter(pk=row.pk).update(**values)
    return clean != content
