"""Signal receivers that take the metadata from a picture before it is stored, on whatever road it comes."""

from io import BytesIO
from typing import Any

from django.core.files.images import ImageFile
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.db.models.signals import pre_save
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage
from wagtail.users.models import UserProfile

from qa.pictures.metadata import without_metadata
from qa.pictures.rewriting import rewrite


def connect() -> None:
    """Connect the receivers; called once when the app is ready."""
    pre_save.connect(picture_stored, sender=get_image_model(), dispatch_uid="qa.pictures.picture_stored")
    pre_save.connect(profile_picture_stored, sender=UserProfile, dispatch_uid="qa.pictures.profile_picture_stored")


def picture_stored(sender: type[Model], instance: AbstractImage, **kwargs: Any) -> None:
    """Clean a picture of the library; its size and hash are those of what is stored."""
    if _clean(instance.file, instance._state.adding):
        instance._set_image_file_metadata()


def profile_picture_stored(sender: type[Model], instance: UserProfile, **kwargs: Any) -> None:
    """Clean the profile picture of an account."""
    _clean(instance.avatar, instance._state.adding)


def _clean(file: FieldFile, is_new: bool) -> bool:
    """Clean a file that is about to be stored, or was stored for a row that is new; return whether it had anything."""
    if not file or (file._committed and not is_new):
        return False
    file.open()
    content = file.read()
    file.seek(0)
    clean = without_metadata(content)
    if clean == content:
        return False
    if file._committed:
        rewrite(file, clean)
    # The row learns the size of the picture by being given the file.
    stored = file.name if file._committed else ImageFile(BytesIO(clean), name=file.name)
    setattr(file.instance, file.field.name, stored)
    return True
