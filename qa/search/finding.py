"""Search for the questions that answer a query, the best first."""

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import islice, product

from qa.models import QuestionPage, SearchEntry
from qa.search.databases import FREQUENT, MOST_HITS, Database, Filed, Filters, Hit, rarity, the_database
from qa.search.excerpts import Excerpt, excerpt
from qa.search.query import Query
from qa.search.spelling import corrections

#: Results that are ranked; of more, those whose title or topics match and the newest.
_RANKED = 500
#: With fewer results than this, questions with only some of the words are shown below them, this many.
_ENOUGH, _NEAR = 10, 10
_COMBINATIONS = 6  # of words that may have been meant


@dataclass(frozen=True)
class Found:
    """What a query found. ``query`` is the one that was asked in the end, with misspelt words corrected."""

    query: Query
    hits: list[Hit] = field(default_factory=list)  # with all words
    near: list[Hit] = field(default_factory=list)  # with some of them, the best ones
    more: bool = False  # there are more than can be paged through
    frequencies: dict[str, int] = field(default_factory=dict)
    topics: list[Filed] = field(default_factory=list)  # of the hits, unless they were narrowed to one

    @property
    def is_corrected(self) -> bool:
        return bool(self.query.corrections)


@dataclass(frozen=True)
class Result:
    """A question with the passage that was found in it."""

    question: QuestionPage
    excerpt: Excerpt


def find(query: Query, filters: Filters, *, by_date: bool = False, as_typed: bool = False) -> Found:
    """Return the questions that match: all words, else all of the corrected words; of few, also those with some.

    ``as_typed`` corrects nothing.
    """
    if not query:
        return Found(query)
    with the_database() as database:
        return _find(query, filters, database, by_date=by_date, as_typed=as_typed)


def _find(query: Query, filters: Filters, database: Database, *, by_date: bool, as_typed: bool) -> Found:
    hits = database.hits(query, filters)
    if not hits and not as_typed:
        query, hits = _corrected(query, filters, database)
    if len(query.all_words) == 1 or len(hits) > MOST_HITS:  # then every word is about as frequent as the others
        frequencies = {word: len(hits) for word in query.all_words}
    else:
        frequencies = database.frequencies(query.all_words)
    ranked = hits if by_date else _ranked(query, hits, filters, frequencies, database)
    near: list[Hit] = []
    if len(hits) < _ENOUGH and len(query.all_words) > 1:
        some = database.hits(_telling(query, frequencies), filters, any_word=True)
        with_all = set(hits)
        near = [
            hit for hit in _ranked(query, some, filters, frequencies, database, any_word=True) if hit not in with_all
        ]
        near = near[:_NEAR]
    ids = [hit.page_id for hit in ranked[:MOST_HITS]]
    topics = database.topics(ids) if ids and filters.topic_id is None else []
    return Found(query, ranked[:MOST_HITS], near, len(hits) > MOST_HITS, frequencies, topics)


def _corrected(query: Query, filters: Filters, database: Database) -> tuple[Query, list[Hit]]:
    """Return the query with misspelt words corrected, and what has all of its words then.

    Of several words that may have been meant, those are taken that are found together.
    """
    frequencies = database.frequencies(query.all_words)
    meant = corrections((word for word, number in frequencies.items() if not number), database)
    first = query
    for choice in islice(product(*meant.values()), _COMBINATIONS):
        corrected = query.corrected(dict(zip(meant, choice, strict=True)))
        if hits := database.hits(corrected, filters):
            return corrected, hits
        first = corrected if first is query else first
    return first, []


def _telling(query: Query, frequencies: dict[str, int]) -> Query:
    """Return the query for any of the words: without those that are everywhere, if others are left."""
    known = [word for word, number in frequencies.items() if number]
    telling = [word for word in known if frequencies[word] < FREQUENT] or known
    return replace(query, words=tuple(telling or query.all_words), phrases=())


def _ranked(
    query: Query,
    hits: list[Hit],
    filters: Filters,
    frequencies: dict[str, int],
    database: Database,
    *,
    any_word: bool = False,
) -> list[Hit]:
    """Return the hits, the best first; of very many only some are compared, the rest follows by date."""
    compared = hits
    if len(hits) > _RANKED:
        asked = _telling(query, frequencies) if any_word else query
        in_titles = database.hits(asked, filters, any_word=any_word, titles=True)
        compared = list(dict.fromkeys([*in_titles[: _RANKED // 2], *hits]))[:_RANKED]
    known = {word: number for word, number in frequencies.items() if number}
    scores = database.scores(known, [hit.page_id for hit in compared], any_word=any_word)
    best_first = sorted(compared, key=lambda hit: (scores.get(hit.page_id, 0.0), *hit[::-1]), reverse=True)
    done = set(compared)
    return [*best_first, *(hit for hit in hits if hit not in done)]


def results(found: Found, hits: list[Hit]) -> list[Result]:
    """Return the questions of one page of hits with their passages; what is not public any more is left out."""
    if not hits:
        return []
    ids = [hit.page_id for hit in hits]
    questions = QuestionPage.objects.published().filter(pk__in=ids).defer_streamfields().with_topics().in_bulk()
    passages = dict(SearchEntry.objects.filter(pk__in=questions).values_list("pk", "passages"))
    size = max([MOST_HITS, *found.frequencies.values()])
    words = found.query.all_words
    wanted = {word: rarity(found.frequencies.get(word, 1), size) for word in words}
    return [Result(questions[pk], excerpt(passages.get(pk) or [], wanted)) for pk in ids if pk in questions]


def years_of(hits: list[Hit]) -> list[tuple[int, int]]:
    """Return the years of the hits with their number of hits, the latest first."""
    return sorted(Counter(hit.asked_on.year for hit in hits).items(), reverse=True)
