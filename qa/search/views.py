"""The search page: ``GET /search/?q=&topic=&year=&sort=&page=``."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from qa.models import QuestionIndexPage, QuestionPage, SearchEntry, Topic
from qa.querysets import published_pages
from qa.search import vain_searches
from qa.search.databases import MOST_HITS, Filters
from qa.search.finding import Found, find, results, years_of
from qa.search.promoted import promoted
from qa.search.query import MAX_CHARACTERS, MOST_WORDS, Query, parse

PER_PAGE = 10
_NEWEST = 5  # questions that are shown where nothing is found
_MOST_TOPICS = 12  # to choose from


@dataclass(frozen=True)
class Asked:
    """The parameters of a search page. ``unknown`` tells that some were left out because nothing has them."""

    query: Query
    topic: Topic | None = None
    year: int | None = None
    by_date: bool = False
    as_typed: bool = False
    page: int = 1
    unknown: bool = False

    def address(self, **changes: Any) -> str:
        """Return the address of this search with some parameters changed; ``None`` leaves one out."""
        parameters = {
            "q": self.query.text,
            "topic": self.topic.slug if self.topic else None,
            "year": self.year,
            "sort": "date" if self.by_date else None,
            "spelling": "typed" if self.as_typed else None,
        } | changes
        return f"{reverse('qa:search')}?{urlencode({name: value for name, value in parameters.items() if value})}"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer a search. A parameter that makes no sense is left out and the page says so with status 400."""
    asked = read(request)
    filters = Filters(asked.topic.pk if asked.topic else None, asked.year)
    found = find(asked.query, filters, by_date=asked.by_date, as_typed=asked.as_typed)
    pages = max(1, -(-len(found.hits) // PER_PAGE))
    status = 400 if asked.unknown or asked.page > pages else 200
    number = min(asked.page, pages)
    chosen = promoted(asked.query, request) if asked.query and number == 1 else []
    if asked.query and not (found.hits or found.near or chosen or asked.topic or asked.year):
        vain_searches.count(asked.query, request)
    context = _context(asked, found, number, pages) | {"unknown": status == 400, "promoted": chosen}
    response = render(request, "qa/search.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    add_never_cache_headers(response)
    return response


def read(request: HttpRequest) -> Asked:
    """Return what was asked for; raises nothing, whatever the address holds."""
    given = request.GET
    slug, year, sort, page = (given.get(name, "") for name in ("topic", "year", "sort", "page"))
    known = QuestionPage.objects.once_public().their_topics()
    topic = known.filter(slug=slug).first() if slug and "\x00" not in slug else None
    known_year = int(year) if len(year) == 4 and year.isascii() and year.isdigit() and year > "0000" else None
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0
    return Asked(
        query=parse(given.get("q", "")),
        topic=topic,
        year=known_year,
        by_date=sort == "date",
        as_typed=given.get("spelling") == "typed",
        page=max(1, number),
        unknown=bool(
            (slug and not topic) or (year and not known_year) or sort not in ("", "date") or (page and not number)
        ),
    )


def _context(asked: Asked, found: Found, number: int, pages: int) -> dict[str, Any]:
    first = number == 1
    shown = found.hits[(number - 1) * PER_PAGE : number * PER_PAGE]
    column = published_pages(QuestionIndexPage.objects.all()).first()
    context = {
        "column": column,
        "asked": asked,
        "query": asked.query,
        "found": found,
        "limits": {"characters": MAX_CHARACTERS, "words": MOST_WORDS, "hits": MOST_HITS},
        "results": results(found, shown),
        "near": results(found, found.near) if first else [],
        "as_typed_address": asked.address(spelling="typed"),
        "sort_address": asked.address(sort=None if asked.by_date else "date"),
        "page_number": number,
        "page_total": pages,
        "previous_address": asked.address(page=number - 1 if number > 2 else None) if number > 1 else "",
        "next_address": asked.address(page=number + 1) if number < pages else "",
        "filters": _filters(asked, found),
    }
    if not found.hits and not found.near:
        published = QuestionPage.objects.published()
        context |= {
            "newest": published.newest_first().defer_streamfields()[:_NEWEST],
            "topics": Topic.objects.filter(
                Exists(SearchEntry.objects.filter(page__question_topics__topic=OuterRef("pk")))
            ),
        }
    return context


def _filters(asked: Asked, found: Found) -> list[dict[str, Any]]:
    """Return what the results can be narrowed to, with the number of results each would leave."""
    topics = [
        {"name": topic.name, "number": topic.number, "address": asked.address(topic=topic.slug)}
        for topic in found.topics[:_MOST_TOPICS]
    ]
    years = [
        {"name": str(year), "number": number, "address": asked.address(year=year)}
        for year, number in (years_of(found.hits) if not asked.year else [])
    ]
    # A choice that all results share is none.
    return [
        {"kind": kind, "choices": choices, "chosen": chosen, "address": asked.address(**{kind: None})}
        for kind, choices, chosen in (
            ("topic", topics, asked.topic.name if asked.topic else ""),
            ("year", years if len(years) > 1 else [], str(asked.year or "")),
        )
        if choices or chosen
    ]
