"""Forms of pictures and documents, which say at the file who will be able to see it."""

from typing import Any

from django.utils.text import format_lazy
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


class PictureForm(_SaysWhoSees, BaseImageForm):
    """The form of a picture of the library."""

    who_sees = _(
        "Everybody who has the address of a picture can see it, also before an answer with it is published and in a "
        "private collection: upload none that must stay secret."
    )


class DocumentForm(_SaysWhoSees, BaseDocumentForm):
    """The form of a document of the library."""

    who_sees = _(
        "Everybody who has the address of a document can read it, also before an answer with it is published, unless "
        "it is in a private collection."
    )
