"""Resolver of the references in an answer: ``page:12``, ``letter:some-id``, ``document:3`` and ``image:5``.

Rendering an answer is costly and its result is kept; where its links lead changes whenever another page is moved,
renamed, unpublished or made private. So rendered HTML only marks references, and ``settle`` puts in what they stand for
at the moment, in batches: each kind costs at most two queries, however many there are. A reference to something that is
missing, a draft or private becomes its plain text; a recommended question (``question:12``) that readers may not see
leaves no trace.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Model
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from PIL import features
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import Page

from qa.querysets import public_files, published_pages
from qa.registered_models import question_page

_LARGEST_ID = 2**63 - 1  # a bigger number is no primary key, and PostgreSQL refuses to compare with it
PICTURE_WIDTHS = (480, 960, 1440)
_ON_A_SCREEN = "max-2880x2880"  # what a link to a picture shows
#: What browsers get if they can, the smallest first; a Pillow that cannot write one of them leaves it out.
_MODERN_FORMATS = tuple(name for name in ("avif", "webp") if features.check(name))
_SIZES = "(min-width: 46rem) 42rem, 92vw"

# What stands in HTML that came out of nh3 or of our own templates: values are always in double quotes.
_ATTRIBUTES = r"""((?:\s[\w-]+="[^"]*")*?)\sdata-reference="(\w+):([^"]+)"((?:\s[\w-]+="[^"]*")*)"""
_LINK = re.compile(rf"<a{_ATTRIBUTES}>(.*?)</a>", re.DOTALL)
_IMAGE = re.compile(rf"<img{_ATTRIBUTES}>")
_QUESTION = re.compile(rf"<aside{_ATTRIBUTES}>(.*?)</aside>", re.DOTALL)
_DOCUMENT = re.compile(r'<p class="document" data-reference="document:([^"]+)">(.*?)</p>', re.DOTALL)
_ALTERNATIVE = re.compile(r'\salt="([^"]*)"')
_MARK = re.compile(r'\sdata-reference="(\w+):([^"]+)"')


class Targets(NamedTuple):
    """What references stand for now: addresses of links, images, documents, and questions that are recommended."""

    addresses: dict[tuple[str, str], str]
    images: dict[str, AbstractImage]
    documents: dict[str, AbstractDocument]
    questions: dict[str, Page]


def settle(html: str) -> SafeString:
    """Return rendered HTML with every marked reference replaced by what it stands for."""
    wanted: dict[str, set[str]] = {}
    for kind, key in _MARK.findall(html):
        wanted.setdefault(kind, set()).add(key)
    if wanted:
        targets = _targets(wanted)
        html = _LINK.sub(lambda match: _link(match, targets), html)
        html = _IMAGE.sub(lambda match: _image(match, targets), html)
        html = _QUESTION.sub(lambda match: _question(match, targets), html)
        html = _DOCUMENT.sub(lambda match: _document(match, targets), html)
    return mark_safe(html)  # noqa: S308 - as safe as it came: addresses and pictures are escaped


def settle_alone(html: str, context: dict[str, Any] | None) -> SafeString:
    """Settle the HTML of a block that is rendered by itself; inside an answer, all is settled at once at the end."""
    return mark_safe(html) if context and "outline" in context else settle(html)  # noqa: S308


def referenced_objects(references: Iterable[tuple[str, str]]) -> Iterator[tuple[type[Model], str, str, str]]:
    """Yield references in the form of Wagtail's reference index: model, primary key as text, and two empty paths."""
    models = {"page": Page, "document": get_document_model(), "image": get_image_model()}
    letter_ids = []
    for kind, key in references:
        if kind == "letter":
            letter_ids.append(key)
        elif primary_keys([key]):
            yield models[kind], str(int(key)), "", ""
    if letter_ids:
        questions = question_page.model.objects.filter_letter_ids(letter_ids)
        for pk in questions.values_list("pk", flat=True):
            yield Page, str(pk), "", ""


def picture_html(image: AbstractImage, alternative: str) -> str:
    """Return a ``picture`` element of a Wagtail image, with formats and sizes to choose from and its width and height.

    It is empty when the image's file is gone or no picture: readers then get the letter without it, not an error.
    """
    kept_as = _kept_as(image)
    by_format = {name: found for name in (*_MODERN_FORMATS, kept_as) if (found := _renditions(image, name))}
    if kept_as not in by_format:
        return ""
    fallback = by_format.pop(kept_as)
    sources = format_html_join(
        "",
        '<source type="image/{}" srcset="{}" sizes="{}">',
        ((name, _srcset(renditions), _SIZES) for name, renditions in by_format.items()),
    )
    return format_html(
        '<picture>{}<img src="{}" srcset="{}" sizes="{}" alt="{}" width="{}" height="{}" loading="lazy"></picture>',
        sources,
        fallback[-1].url,
        _srcset(fallback),
        _SIZES,
        alternative,
        fallback[-1].width,
        fallback[-1].height,
    )


def _kept_as(image: AbstractImage) -> str:
    """Return the format of a picture for browsers that know no other: sharp lines stay sharp, photographs small."""
    return "png" if image.file.name.lower().endswith((".png", ".gif")) else "jpeg"


def _renditions(image: AbstractImage, format_name: str) -> list[AbstractRendition]:
    """Return an image in one format, the narrowest first; nothing if it cannot be had in this format.

    They are made once; those of an image that came with its renditions cost no query.
    """
    # Not wider than the image: the next width would only be the same picture again.
    widths = [width for before, width in pairwise((0, *PICTURE_WIDTHS)) if before < image.width]
    try:
        renditions = image.get_renditions(*(f"width-{width}|format-{format_name}" for width in widths)).values()
    except OSError:  # what Wagtail, Willow and Pillow raise all descend from it
        return []
    return sorted({rendition.width: rendition for rendition in renditions}.values(), key=lambda found: found.width)


def _srcset(renditions: list[AbstractRendition]) -> str:
    return ", ".join(f"{rendition.url} {rendition.width}w" for rendition in renditions)


def _link(match: re.Match[str], targets: Targets) -> str:
    before, kind, key, after, words = match.groups()
    address = _large_picture(targets.images.get(key)) if kind == "image" else targets.addresses.get((kind, key))
    return f'<a{before} href="{escape(address)}"{after}>{words}</a>' if address else words


def _large_picture(image: AbstractImage | None) -> str:
    """Return the address of a picture as large as screens are: its original is for the desk."""
    try:
        return image.get_rendition(f"{_ON_A_SCREEN}|format-{_kept_as(image)}").url if image else ""
    except OSError:
        return ""


def _image(match: re.Match[str], targets: Targets) -> str:
    alternative = mark_safe(found[1]) if (found := _ALTERNATIVE.search(match[0])) else ""  # noqa: S308 - escaped there
    image = targets.images.get(match[3])
    return (image and picture_html(image, alternative)) or alternative


def _question(match: re.Match[str], targets: Targets) -> str:
    question = targets.questions.get(match[3])
    if question is None:
        return ""
    note = mark_safe(match[5].strip())  # noqa: S308 - escaped by the block's template
    return render_to_string("includes/related_question.html", {"question": question, "note": note})


def _document(match: re.Match[str], targets: Targets) -> str:
    """Return the card of a document with the title it was given here, or its own; nothing if readers may not see it."""
    document, title = targets.documents.get(match[1]), match[2].strip()
    if document is None:
        return ""
    size = filesizeformat(document.file_size) if document.file_size else ""
    return format_html(
        '<p class="document"><a href="{}"><span class="document-title">{}</span>'
        ' <span class="document-kind">{}</span></a></p>',
        document.url,
        mark_safe(title) if title else document.title,  # noqa: S308 - escaped by the template of the block
        ", ".join(filter(None, [document.file_extension.upper(), size])),
    )


def _targets(wanted: dict[str, set[str]]) -> Targets:
    addresses: dict[tuple[str, str], str] = {}
    letter_ids, page_ids = wanted.get("letter"), primary_keys(wanted.get("page", ()))
    if letter_ids:
        questions = question_page.model.objects.published().filter_letter_ids(letter_ids)
        addresses |= {("letter", page.letter_id): page.url for page in questions.defer_streamfields()}
    if page_ids:
        pages = published_pages(Page.objects.filter(pk__in=page_ids))
        addresses |= {("page", str(page.pk)): page.url for page in pages if page.url}
    documents = {}
    if document_ids := primary_keys(wanted.get("document", ())):
        found = public_files(get_document_model().objects.filter(pk__in=document_ids))
        documents = {str(document.pk): document for document in found}
        addresses |= {("document", pk): document.url for pk, document in documents.items()}
    images = {}
    if image_ids := primary_keys(wanted.get("image", ())):
        found = public_files(get_image_model().objects.filter(pk__in=image_ids)).prefetch_related("renditions")
        images = {str(image.pk): image for image in found}
    questions = {}
    if question_ids := primary_keys(wanted.get("question", ())):
        found = question_page.model.objects.published().filter(pk__in=question_ids)
        questions = {str(page.pk): page for page in found.defer_streamfields() if page.url}
    return Targets(addresses, images, documents, questions)


def primary_keys(keys: Iterable[str]) -> set[int]:
    """Return the keys that can be primary keys."""
    return {int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= _LARGEST_ID}
