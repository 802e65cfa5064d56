"""Search for questions like the one that is being written (``GET questions/similar/``)."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.permissions import policy_registry

from qa.desk.primary_keys import parse_pk
from qa.models import QuestionPage, SearchEntry
from qa.search.databases import Filters
from qa.search.finding import find
from qa.search.query import Query, parse
from qa.search.words import fold

MOST = 5
_MOST_DRAFTS_COMPARED = 200
#: Words with the same beginning count as the same: "index", "indexes", "indexing".
_BEGINNING = 5  # letters
_LONGEST = 2000  # characters of the letter; of its words the first few are looked for


def urls() -> list[URLPattern]:
    """Return the address that the form asks while a title is typed."""
    return [path("questions/similar/", similar, name="similar_questions")]


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """Return a list as HTML for ``?title=``, ``text=`` (the reader's letter) and ``page=`` (the question itself)."""
    policy = policy_registry.get_by_type(Page)
    if not policy.user_has_any_permission(request.user, {"add", "change"}):
        raise PermissionDenied
    own_pk = parse_pk(request.GET.get("page", ""))
    editable = policy.instances_user_has_any_permission_for(request.user, {"change", "publish"})
    questions = similar_questions(request.GET.get("title", ""), request.GET.get("text", ""), own_pk, editable)
    return render(request, "qa/desk/similar_results.html", {"questions": questions})


def similar_questions(title: str, text: str, own_pk: int | None, editable: Page) -> list[QuestionPage]:
    """Return at most ``MOST`` questions that say the same as a title and a letter: published ones first, then drafts.

    Published are those that readers would find; of the others, those among ``editable``. A question is like this one
    if two words of it (or the only one) stand in its title, topics, short answer or headings.
    """
    about = parse(fold(title))
    if not about:
        return []
    query = parse(f"{fold(title)} {fold(text[:_LONGEST])}")
    published = _published(query, about, own_pk)
    return published + _unpublished(about, own_pk, editable, MOST - len(published))


def _published(query: Query, about: Query, own_pk: int | None) -> list[QuestionPage]:
    results = find(query, Filters(), as_typed=True)
    hits = [hit.page_id for hit in (*results.hits, *results.near) if hit.page_id != own_pk][: 4 * MOST]
    entries = SearchEntry.objects.filter(pk__in=hits).values_list("pk", "headline", "emphasis")
    shared = {pk: _shared(about, f"{headline} {emphasis}") for pk, headline, emphasis in entries}
    enough = min(2, len(about.words))
    # The search has them in the order of all words, also those of the letter; the title's own count more.
    best = sorted((pk for pk in hits if shared.get(pk, 0) >= enough), key=lambda pk: -shared[pk])[:MOST]
    pages = QuestionPage.objects.published().defer_streamfields().in_bulk(best)
    return [pages[pk] for pk in best if pk in pages]


def _unpublished(about: Query, own_pk: int | None, editable: Page, most: int) -> list[QuestionPage]:
    if most <= 0:
        return []
    begins = Q()
    for word in about.words:
        begins |= Q(draft_title__icontains=word[:_BEGINNING])
    others = QuestionPage.objects.filter(begins, pk__in=editable.values("pk")).exclude(pk=own_pk)
    others = others.exclude(Exists(SearchEntry.objects.filter(page=OuterRef("pk"))))
    others = list(others.defer_streamfields().order_by("-asked_on", "-pk")[:_MOST_DRAFTS_COMPARED])
    shared = {page.pk: _shared(about, fold(page.draft_title)) for page in others}
    near = [page for page in others if shared[page.pk] >= min(2, len(about.words))]
    return sorted(near, key=lambda page: -shared[page.pk])[:most]


def _shared(about: Query, words: str) -> int:
    beginnings = {word[:_BEGINNING] for word in words.split()}
    return len({word[:_BEGINNING] for word in about.words} & beginnings)
