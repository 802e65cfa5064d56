"""Forms of pictures and documents, which say at the file who will be able to see it."""

from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm


class _SaysWhoSees:
    """Mixin: a sentence more in the help of the file."""

    who_sees = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            field = self.fields["file"]
            field.help_text = format_lazy("{} {}", field.help_text, self.who_sees)


class _SaysOneReason:
    """Mixin: what is refused is refused for one reason; an empty file has no format either, and both would be said."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if len(self.errors.get("file", ())) > 1:
            self._errors["file"] = self.error_class(self._errors["file"].as_data()[:1])


class PictureForm(_SaysOneReason, _SaysWhoSees, BaseImageForm):
    """The form of a picture of the library."""

    who_sees = _(
        "Everybody who has the address of a picture can see it, also before an answer with it is published and in a "
        "private collection: upload none that must stay secret."
    )


class DocumentForm(_SaysOneReason, _SaysWhoSees, BaseDocumentForm):
    """The form of a document of the library."""

    who_sees = _(
        "Everybody who has the address of a document can read it, also before an answer with it is published, unless "
        "it is in a private collection."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            field = self.fields["file"]
            field.help_text = format_lazy("{} {}", field.help_text, what_is_taken())


def what_is_taken() -> str:
    """Return which documents the library takes, in a sentence."""
    formats = ", ".join(name.upper() for name in settings.WAGTAILDOCS_EXTENSIONS)
    largest = filesizeformat(settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
    return gettext("Supported formats: %(formats)s. Maximum size: %(largest)s.") % {
        "formats": formats,
        "largest": largest,
    }
