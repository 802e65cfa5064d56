"""Upload of a letter's pictures and documents, each once: a file is known by the hash of its content."""

import hashlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError
from django.db.models.fields.files import FieldFile
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.images.models import AbstractImage

from qa.letters.errors import LetterError
from qa.letters.files import read

_LARGEST_FILE = 60_000_000  # bytes; it is held in memory


def store_picture(path: Path, folder: Path, title: str, uploaded: list[FieldFile] | None = None) -> AbstractImage:
    """Return the stored image with the content of the file, uploading it if no image has it yet.

    The file must lie in ``folder``. One that is uploaded is appended to ``uploaded``. Raises ``LetterError``, whose
    reason continues a sentence that begins with the file's name.
    """
    images = get_image_model()
    content = read(path, folder, WagtailImageField().max_upload_size or _LARGEST_FILE)
    file_hash = _hash(content)
    if found := images.objects.filter(file_hash=file_hash).first():
        return found
    try:
        WagtailImageField().clean(SimpleUploadedFile(path.name, content))  # what the upload form accepts
        # That form also fills in size and hash; without the hash the picture would be uploaded again and again.
        file = ImageFile(BytesIO(content), name=path.name)
        image = images(title=title[:255], file=file, file_size=len(content), file_hash=file_hash)
        image.full_clean(exclude=["width", "height"])
        if uploaded is not None:
            uploaded.append(image.file)  # before it is there: saving it may be broken off
        image.save()
    except ValidationError as error:
        raise LetterError(f"cannot be stored: {' '.join(error.messages)}") from None
    return image


def store_document(path: Path, folder: Path, title: str, uploaded: list[FieldFile] | None = None) -> AbstractDocument:
    """Return the stored document with the content of the file, uploading it if no document has it yet.

    The same as ``store_picture``; raises ``LetterError`` also for a kind of file that the library does not take.
    """
    documents = get_document_model()
    content = read(path, folder, _LARGEST_FILE)
    file_hash = _hash(content)
    if found := documents.objects.filter(file_hash=file_hash).order_by("pk").first():
        return found
    file = ContentFile(content, name=path.name)
    document = documents(title=title[:255], file=file, file_size=len(content), file_hash=file_hash)
    try:
        document.full_clean()
        if uploaded is not None:
            uploaded.append(document.file)
        document.save()
    except ValidationError as error:
        raise LetterError(f"cannot be stored: {' '.join(error.messages)}") from None
    return document


def delete_files(files: list[FieldFile]) -> None:
    """Delete the stored files that no row names: the transaction that uploaded them was rolled back.

    The rows are asked because what was broken off by a signal may have been committed just before. When the database
    cannot say, the files stay: better one too many than a picture that is gone.
    """
    stored = [file for file in files if file._committed]  # by the storage; the others never came so far
    with suppress(DatabaseError, InterfaceError):
        for file in stored:
            if not type(file.instance)._base_manager.filter(**{file.field.name: file.name}).exists():
                file.storage.delete(file.name)


def _hash(content: bytes) -> str:
    """Return the hash by which Wagtail knows a file."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
