"""Every address of the site, found in its URL patterns: a new one is asked oddly without anybody listing it.

Of the desk, what stands for a parameter is what the table of permissions is tried with (``test_admin_permissions``).
Of the rest it stands here; a pattern for which nothing does fails the test.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction, get_page_models

from tests.desk.test_admin_permissions import address_of

_PARAMETER = re.compile(r"<(?:\w+:)?\w+>|\(\?P<\w+>[^)]*\)")
#: What stands for a part of a pattern that is no parameter with a name, or that is not the desk's.
SAMPLES = {
    r"documents/(\d+)/(.*)$": "documents/{document}/{file}",
    "documents/authenticate_with_password/<int:restriction_id>/": "documents/authenticate_with_password/{folder}/",
    "sitemap-<section>.xml": "sitemap-{questions}.xml",
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": (
        "_util/authenticate_with_password/{restriction}/{locked}/"
    ),
    r"^media/(?P<path>original_images/.+|images/[^/]+\.original\.(?:format-\w+\.)?\w+)$": "media/original_images/{x.png}",  # noqa: E501
    "^media/(?P<path>(?:images|avatar_images)/.+)$": "media/images/{x.png}",
    "accent/<str:digits>.css": "accent/{1f4e8c}.css",
    "accent/desk/<str:digits>.css": "accent/desk/{1f4e8c}.css",
    "calendar/<str:secret>.ics": "calendar/{a-secret}.ics",
    r"^((?:[\w\-]+/)*)$": "{questions}/{whole}/",
}
#: The routes that are part of a page (``RoutablePageMixin``), below it.
ROUTES = {
    "topics/<any_slug:slug>/": "topics/{django}/",
    "topics/<any_slug:slug>/feed/": "topics/{django}/feed/",
    "archive/<str:year>/": "archive/{2025}/",
    "experts/<any_slug:slug>/": "experts/{maren}/",
}


@dataclass(frozen=True)
class Address:
    """An address of the site: its pattern, and its parts; every other part, from the second on, is a parameter."""

    pattern: str
    parts: tuple[str, ...]
    query: str = ""

    @property
    def of_the_desk(self) -> bool:
        """Whether only who is signed in has anything there."""
        return self.pattern.startswith("admin/")


def patterns(found: list[Any] | None = None, before: str = "") -> Iterator[str]:
    """Yield every pattern of the site as it is written, with those that include it."""
    for pattern in get_resolver().url_patterns if found is None else found:
        written = before + (str(pattern.pattern).removeprefix("^") if before else str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield written
        else:
            yield from patterns(pattern.url_patterns, written)


def make_what_is_asked_for(every_page: dict[str, str]) -> dict[str, Any]:
    """Make what the addresses beside the pages name; return it by the names that ``SAMPLES`` has."""
    folder = Collection.get_first_root_node().add_child(name="Locked")
    document = get_document_model().objects.create(
        title="A locked one", file=ContentFile(b"a", "locked.txt"), collection=folder
    )
    lock = CollectionViewRestriction.objects.create(
        collection=folder, restriction_type=CollectionViewRestriction.PASSWORD, password="a word"
    )
    restriction = PageViewRestriction.objects.filter(restriction_type=PageViewRestriction.PASSWORD).first()
    return {
        "document": document.pk,
        "file": document.filename,
        "folder": lock.pk,
        "restriction": restriction.pk,
        "locked": restriction.page_id,
    }


def addresses(samples: list[tuple[str, str, Any]], named: dict[str, Any], pages: dict[str, str]) -> list[Address]:
    """Return every address of the site, in the order of its patterns.

    ``samples`` are those of the table of permissions, ``named`` those of ``make_what_is_asked_for``, ``pages`` more
    addresses that there are, by what is there.
    """
    found = []
    for pattern in sorted(set(patterns())):
        if pattern.startswith("admin/"):
            found.append(_of_the_desk(pattern, samples))
        else:
            found.append(_filled(pattern, SAMPLES.get(pattern, pattern), named))
    for model in get_page_models():
        for route in model.get_subpage_urls() if hasattr(model, "get_subpage_urls") else []:
            written = str(route.pattern)
            for page in model.objects.live():
                found.append(
                    _filled(f"{model.__name__}: {written}", page.url[1:] + ROUTES.get(written, written), named)
                )
    for what, address in pages.items():
        path, _, query = address.partition("?")
        found.append(Address(what, tuple(re.split("([^/]+)", path)), query))
    return found


def _of_the_desk(pattern: str, samples: list[tuple[str, str, Any]]) -> Address:
    path, _, query = address_of(pattern, samples).partition("?")
    return Address(pattern, tuple(_split(pattern, path, samples)), query)


def _split(pattern: str, path: str, samples: list[tuple[str, str, Any]]) -> Iterator[str]:
    """Yield what stands between the parameters of an address, and what stands for them, in turn."""
    at = 0
    fixed = ["/" + _plain(part) for part in _PARAMETER.split(pattern)[:1]]
    fixed += [_plain(part) for part in _PARAMETER.split(pattern)[1:]]
    for number, part in enumerate(fixed):
        if number:
            end = path.index(part, at) if part else len(path)
            yield path[at:end]
            at = end
        yield part
        at += len(part)


def _plain(part: str) -> str:
    return part.replace(r"\.", ".").replace(".*", "anything").rstrip("$")


def _filled(pattern: str, sample: str, named: dict[str, Any]) -> Address:
    assert not re.search(r"[<>\\()?]", sample), f"what stands for {pattern}? Add it to tests/odd_requests/addresses.py."
    parts = re.split(r"\{([^}]+)\}", "/" + sample)
    return Address(pattern, tuple(str(named.get(part, part)) if n % 2 else part for n, part in enumerate(parts)))
