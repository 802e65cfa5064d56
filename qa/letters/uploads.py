"""Pictures and documents of letters into the library, each once: a file is known by the hash of its content."""

import hashlib
from io import BytesIO
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.fields.files import FieldFile
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.images.models import AbstractImage

from qa.letters.errors import LetterError


def store_picture(path: Path, title: str, uploaded: list[FieldFile] | None = None) -> AbstractImage:
    """Return the stored image with the content of the file, uploading it if no image has it yet.

    A file that is uploaded is appended to ``uploaded``.
    """
    images = get_image_model()
    content = _content(path, "picture")
    file_hash = _hash(content)
    if found := images.objects.filter(file_hash=file_hash).first():
        return found
    try:
        WagtailImageField().clean(SimpleUploadedFile(path.name, content))  # what the upload form accepts
        # That form also fills in size and hash; without the hash the picture would be uploaded again and again.
        file = ImageFile(BytesIO(content), name=path.name)
        image = images(title=title[:255], file=file, file_size=len(content), file_hash=file_hash)
        image.full_clean(exclude=["width", "height"])
        image.save()
    except ValidationError as error:
        raise LetterError(f"the picture {path.name} cannot be stored: {' '.join(error.messages)}") from None
    if uploaded is not None:
        uploaded.append(image.file)
    return image


def store_document(path: Path, title: str, uploaded: list[FieldFile] | None = None) -> AbstractDocument:
    """Return the stored document with the content of the file, uploading it if no document has it yet.

    A file that is uploaded is appended to ``uploaded``. Raises ``LetterError``, also for a kind of file that the
    library does not take.
    """
    documents = get_document_model()
    content = _content(path, "document")
    file_hash = _hash(content)
    if found := documents.objects.filter(file_hash=file_hash).order_by("pk").first():
        return found
    file = ContentFile(content, name=path.name)
    document = documents(title=title[:255], file=file, file_size=len(content), file_hash=file_hash)
    try:
        document.full_clean()
        document.save()
    except ValidationError as error:
        raise LetterError(f"the document {path.name} cannot be stored: {' '.join(error.messages)}") from None
    if uploaded is not None:
        uploaded.append(document.file)
    return document


def delete_files(files: list[FieldFile]) -> None:
    """Delete stored files whose database rows were rolled back."""
    for file in files:
        file.storage.delete(file.name)


def _content(path: Path, kind: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LetterError(f"the {kind} {path.name} cannot be read: {error.strerror}") from None


def _hash(content: bytes) -> str:
    """Return the hash by which Wagtail knows a file."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
