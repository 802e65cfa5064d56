"""Search suggestions, while a reader types: ``GET /search/suggest?q=``."""

from django.http import HttpRequest, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from qa.models import QuestionIndexPage, QuestionPage, SearchEntry, Topic
from qa.querysets import published_pages
from qa.search.databases import Database, the_database
from qa.search.query import first_words
from qa.search.spelling import begun
from qa.search.words import fold

MOST = 6
_MOST_TOPICS = 2  # of them
_SHORTEST = 2  # characters; a single one begins everything
_CANDIDATES = 50


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Return ``{"suggestions": [{"text": …, "address": …, "kind": …}]}``, at most ``MOST``, topics first."""
    words = first_words(request.GET.get("q", ""))
    offered = suggestions(words, request) if len("".join(words)) >= _SHORTEST else []
    response = JsonResponse({"suggestions": offered})
    response["X-Robots-Tag"] = "noindex"
    add_never_cache_headers(response)
    return response


def suggestions(words: list[str], request: HttpRequest) -> list[dict[str, str]]:
    """Return titles and topics that have all words, of the last one its beginning; misspelt words are corrected."""
    with the_database() as database:
        ids = database.titles_with(words, _CANDIDATES)
        if not ids and (corrected := _corrected(words, database)) != words:
            words = corrected
            ids = database.titles_with(words, _CANDIDATES)
    topics = _topics(words, request)
    return topics + _titles(words, ids, MOST - len(topics), request)


def _corrected(words: list[str], database: Database) -> list[str]:
    return [word if database.titles_with([word], 1) else begun(word, database) or word for word in words]


def _topics(words: list[str], request: HttpRequest) -> list[dict[str, str]]:
    """Return topics with published questions whose names begin with the words."""
    start = " ".join(words)
    near = [topic for topic in Topic.objects.only("name", "slug") if f" {fold(topic.name)}".find(f" {start}") >= 0]
    shown = [topic for topic in near[: 3 * _MOST_TOPICS] if _has_questions(topic)][:_MOST_TOPICS]
    column = published_pages(QuestionIndexPage.objects.all()).first() if shown else None
    if column is None:
        return []
    base = column.get_url(request)
    return [
        {
            "text": topic.name,
            "address": base + column.reverse_subpage("topic", args=[topic.slug]),
            "kind": gettext("Topic"),
        }
        for topic in shown
    ]


def _has_questions(topic: Topic) -> bool:
    return SearchEntry.objects.filter(page__question_topics__topic=topic).exists()


def _titles(words: list[str], ids: list[int], most: int, request: HttpRequest) -> list[dict[str, str]]:
    headlines = dict(SearchEntry.objects.filter(pk__in=ids).values_list("pk", "headline"))
    start = " ".join(words)
    # Titles that begin like this first, then those with the words side by side, then by date.
    order = {pk: (not text.startswith(start), f" {start}" not in f" {text}") for pk, text in headlines.items()}
    best = sorted((pk for pk in ids if pk in order), key=lambda pk: order[pk])[:most]
    questions = QuestionPage.objects.published().filter(pk__in=best).defer_streamfields().in_bulk()
    pages = [questions[pk] for pk in best if pk in questions]
    return [{"text": page.title, "address": page.get_url(request) or "", "kind": ""} for page in pages]
