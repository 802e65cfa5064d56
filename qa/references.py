"""What ``page:12``, ``letter:some-id``, ``document:3`` and ``image:5`` in a text stand for, looked up in batches.

However many links a letter has, each kind costs at most two queries (pages: themselves and who may see them; pictures:
themselves and their sizes). A reference to something that is missing, a draft or private resolves to nothing, and the
renderer then shows its plain text.
"""

from collections.abc import Iterable

from django.apps import apps
from django.utils.html import format_html
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage
from wagtail.models import Page

from qa.markdown import ALTERNATIVE_TEXT, Target, references
from qa.querysets import published_pages

_LARGEST_ID = 2**63 - 1  # a bigger number is no primary key, and PostgreSQL refuses to compare with it
PICTURE_WIDTHS = (480, 960, 1440)


class ReferenceResolver:
    """Resolves the references of some texts; made for one rendering of one answer."""

    def __init__(self, texts: Iterable[str]) -> None:
        wanted: dict[str, set[str]] = {}
        for text in texts:
            for kind, key in references(text):
                wanted.setdefault(kind, set()).add(key)
        self._found: dict[tuple[str, str], Target] = {}
        self._find_pages(_ids(wanted.get("page", ())), wanted.get("letter", set()))
        self._find_documents(_ids(wanted.get("document", ())))
        self._find_images(_ids(wanted.get("image", ())))

    def __call__(self, kind: str, key: str) -> Target | None:
        """Return the target of one reference, ``None`` when it leads nowhere that readers may go."""
        return self._found.get((kind, key))

    def _find_pages(self, ids: set[int], letter_ids: set[str]) -> None:
        questions = apps.get_model("qa", "QuestionPage").objects
        for page in questions.published().filter_letter_ids(letter_ids) if letter_ids else ():
            self._found["letter", page.letter_id] = Target(page.url)
        if ids:
            for page in published_pages(Page.objects.filter(pk__in=ids)):
                if page.url:
                    self._found["page", str(page.pk)] = Target(page.url)

    def _find_documents(self, ids: set[int]) -> None:
        if ids:
            documents = get_document_model().objects.filter(pk__in=ids, collection__view_restrictions=None)
            for document in documents:
                self._found["document", str(document.pk)] = Target(document.url)

    def _find_images(self, ids: set[int]) -> None:
        if not ids:
            return
        images = get_image_model().objects.filter(pk__in=ids).prefetch_related("renditions")
        for image in images:
            self._found["image", str(image.pk)] = Target(image.file.url, picture_html(image, ALTERNATIVE_TEXT))


def picture_html(image: AbstractImage, alternative: str) -> str:
    """Return an ``img`` element of a Wagtail image, with sizes to choose from and its own width and height.

    It is empty when the image's file is gone or no picture: readers then get the letter without it, not an error.
    """
    try:
        renditions = image.get_renditions(*(f"width-{width}|format-webp" for width in PICTURE_WIDTHS)).values()
    except OSError:  # what Wagtail, Willow and Pillow raise all descend from it
        return ""
    by_width = sorted({rendition.width: rendition for rendition in renditions}.items())
    largest = by_width[-1][1]
    return format_html(
        '<img src="{}" srcset="{}" sizes="(min-width: 46rem) 42rem, 92vw" alt="{}" width="{}" height="{}" '
        'loading="lazy">',
        largest.url,
        ", ".join(f"{rendition.url} {width}w" for width, rendition in by_width),
        alternative,
        largest.width,
        largest.height,
    )


def _ids(keys: Iterable[str]) -> set[int]:
    """Return the keys that can be primary keys."""
    return {int(key) for key in keys if key.isascii() and key.isdigit() and int(key) <= _LARGEST_ID}
