"""Promoted results: what editors want to be found first for a query."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.models import Page
from wagtail.search.utils import normalise_query_string

from qa.querysets import published_pages
from qa.search.query import Query


@dataclass(frozen=True)
class Promoted:
    """A page of the site, or one elsewhere, that editors chose for a query."""

    title: str
    address: str
    description: str
    page_id: int | None


def promoted(query: Query, request: HttpRequest) -> list[Promoted]:
    """Return what editors promote for this query, in their order; a page only while everybody may read it.

    Wagtail's own tag would keep a row of every query that anybody ever types.
    """
    chosen = list(SearchPromotion.objects.filter(query__query_string=normalise_query_string(query.text)))
    if not chosen:
        return []
    pages = published_pages(Page.objects.filter(pk__in=[choice.page_id for choice in chosen])).in_bulk()
    results = []
    for choice in chosen:
        if choice.page_id is None:
            title = choice.external_link_text or choice.external_link_url
            results.append(Promoted(title, choice.external_link_url, choice.description, None))
        elif page := pages.get(choice.page_id):
            results.append(Promoted(page.title, page.get_url(request) or "", choice.description, page.pk))
    return [result for result in results if result.address]


def answered(words: Iterable[str]) -> set[str]:
    """Return those of the searches (in lower case) for which readers are shown something promoted: one query."""
    public = published_pages(Page.objects.all()).order_by()
    shown = SearchPromotion.objects.filter(Q(page=None) | Q(page__in=public.values("pk")))
    matching = shown.filter(query__query_string__in=list(words))
    return set(matching.values_list("query__query_string", flat=True))
