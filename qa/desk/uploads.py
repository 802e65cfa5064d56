"""Limits of what is uploaded, where Wagtail has none or asks too late.

Those of pictures and documents of the library are settings (``WAGTAILIMAGES_MAX_…``, ``WAGTAILDOCS_MAX_UPLOAD_SIZE``).
Wagtail decodes a picture to count its pixels; profile pictures and tables of redirects may have any size.
"""

import zipfile
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.admin.forms.account import AvatarPreferencesForm
from wagtail.admin.views.account import AvatarSettingsPanel
from wagtail.contrib.redirects.forms import ImportForm
from wagtail.images.fields import WagtailImageField

from qa.pictures.metadata import BROKEN, is_whole

_LARGEST_TABLE = 1024 * 1024  # bytes; some 10,000 redirects, all of which are held in memory and shown
_LARGEST_WORKBOOK = 20 * _LARGEST_TABLE  # bytes, unpacked: 1 MB of a workbook can be a gigabyte of XML


class AvatarForm(AvatarPreferencesForm):
    """The form of a profile picture, held to what a picture of the library may be before it is made small."""

    avatar = WagtailImageField(label=_("Upload a profile picture"), required=False)


def refuse_large_table(file: UploadedFile) -> None:
    """Raise ``ValidationError`` for a table of redirects that is too large to be looked at."""
    size, largest = file.size, _LARGEST_TABLE
    if size <= largest and zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as workbook:
            size, largest = sum(part.file_size for part in workbook.infolist()), _LARGEST_WORKBOOK
    file.seek(0)
    if size > largest:
        raise ValidationError(
            _("This file is too big (%(size)s). Maximum filesize %(largest)s.")
            % {"size": filesizeformat(size), "largest": filesizeformat(largest)}
        )


def refuse_picture(field: WagtailImageField, file: Any) -> None:
    """Raise ``ValidationError`` for a picture with too many pixels, by what its head says, or one that is broken."""
    pixels = _pixels(field, file)
    if pixels is None or pixels > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        number = _("unknown number") if pixels is None else pixels
        limit = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
        message = field.error_messages["file_too_many_pixels"] % {"num_pixels": number, "max_pixels_count": limit}
        raise ValidationError(message, code="file_too_many_pixels")
    can_be_shown = is_whole(file.read())
    file.seek(0)
    if not can_be_shown:
        raise ValidationError(field.error_messages["invalid_image"], code="invalid_image")


def _pixels(field: WagtailImageField, file: Any) -> int | None:
    """Return the pixels of all frames, or nothing if there are more than Pillow believes."""
    file.seek(0)
    try:
        with Image.open(file) as picture:
            return picture.width * picture.height * getattr(picture, "n_frames", 1)
    except Image.DecompressionBombError:
        return None
    except BROKEN:
        raise ValidationError(field.error_messages["invalid_image"], code="invalid_image") from None
    finally:
        file.seek(0)


def limit_every_upload() -> None:
    """Put the limits into Wagtail's forms: none of them can be chosen by a setting."""
    WagtailImageField.check_image_pixel_size = refuse_picture
    AvatarSettingsPanel.form_class = AvatarForm
    field: forms.Field = ImportForm.base_fields["import_file"]
    if refuse_large_table not in field.validators:
        field.validators.append(refuse_large_table)
