"""Database queries of the readers' search, the same for PostgreSQL and for SQLite.

Everything is bounded: a word in a third of 100,000 answers must cost little more than a rare one. Values reach the
database as parameters only; words have been folded to letters and digits before.
"""
# ruff: noqa: S608 - what is put together are names and conditions written here

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from json import dumps
from math import log
from typing import Any, NamedTuple, Protocol

from django.db import connection, transaction

from qa.search.query import Query
from qa.search.tables import configuration

#: Rows that are counted and can be paged through; beyond, the page says "more than".
MOST_HITS = 1000
#: Topics of given pages; by the ORM, a list of a thousand numbers alone would take as long as the rest of the search.
_TOPICS = (
    "SELECT t.name, t.slug, count(DISTINCT f.page_id) AS number FROM qa_questiontopic f JOIN qa_topic t"
    " ON t.id = f.topic_id WHERE f.page_id {} GROUP BY t.id, t.name, t.slug ORDER BY number DESC, t.name"
)
#: A word in more entries than this tells nothing about which of them is meant.
FREQUENT = 2000


class Hit(NamedTuple):
    """A question that matches, and what filters need of it."""

    page_id: int
    asked_on: date


class Filed(NamedTuple):
    """A topic, and how many of the questions found are filed under it."""

    name: str
    slug: str
    number: int


class Filters(NamedTuple):
    """What else a result must be: about a topic, asked in a year."""

    topic_id: int | None = None
    year: int | None = None

    def conditions(self) -> tuple[str, list[object]]:
        """Return SQL conditions on the entry ``e``, each after an AND, and their parameters."""
        sql, parameters = "", []
        if self.topic_id is not None:
            sql += " AND e.page_id IN (SELECT page_id FROM qa_questiontopic WHERE topic_id = %s)"
            parameters.append(self.topic_id)
        if self.year is not None:
            sql += " AND e.asked_on BETWEEN %s AND %s"
            parameters += [date(self.year, 1, 1), date(self.year, 12, 31)]
        return sql, parameters


class Database(Protocol):
    """One way to ask; ``any_word`` is for one of the words instead of all of them."""

    def hits(self, query: Query, filters: Filters, *, any_word: bool = False, titles: bool = False) -> list[Hit]:
        """Return matching entries, the newest first, at most ``MOST_HITS`` and one more."""

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """Return in how many entries each word is, at most ``FREQUENT``."""

    def scores(self, words: dict[str, int], page_ids: list[int], *, any_word: bool = False) -> dict[int, float]:
        """Return how well the entries answer words, given with their frequencies; the larger the better."""

    def titles_with(self, words: list[str], limit: int) -> list[int]:
        """Return the newest pages whose title or topics have all words, of the last one its beginning."""

    def topics(self, page_ids: list[int]) -> list[Filed]:
        """Return the topics of these questions, the most frequent first."""


@contextmanager
def the_database() -> Iterator[Database]:
    """Give the way to ask the database of this site, for as long as the ``with`` block lasts."""
    if connection.vendor != "postgresql":
        yield _SQLite()
        return
    with _through_the_index():
        yield _PostgreSQL()


class _PostgreSQL:
    """One weighted vector with a GIN index."""

    #: How much a word weighs in title and topics, short answer and headings, the reader's letter, the answer; measured
    #: with benchmarks.search_quality, as SQLite's, whose formula is another one.
    WEIGHTS = (1.0, 0.5, 0.25, 0.25)

    def hits(self, query: Query, filters: Filters, *, any_word: bool = False, titles: bool = False) -> list[Hit]:
        sql, parameters = self._tsquery(query, any_word)
        more, values = filters.conditions()
        column = "titles" if titles else "words"
        return self._rows(
            f"SELECT e.page_id, e.asked_on FROM qa_searchentry e WHERE e.{column} @@ ({sql}){more}"
            f" ORDER BY e.asked_on DESC, e.page_id DESC LIMIT {MOST_HITS + 1}",
            [*parameters, *values],
            Hit,
        )

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        words = list(words)
        one = (
            "(SELECT count(*) FROM (SELECT 1 FROM qa_searchentry WHERE words @@ plainto_tsquery(%s::regconfig, %s)"
            f" LIMIT {FREQUENT}) found)"
        )
        parameters = [value for word in words for value in (configuration(), word)]
        counts = self._rows(f"SELECT {', '.join([one] * len(words))}", parameters, _row)[0] if words else ()
        return dict(zip(words, counts, strict=True))

    def scores(self, words: dict[str, int], page_ids: list[int], *, any_word: bool = False) -> dict[int, float]:
        """Weigh each word by its rarity, as BM25 does; ts_rank alone does not know how rare a word is."""
        if not page_ids or not words:
            return {}
        size = self._size() if len(words) > 1 else 0  # of a single word, rarity says nothing
        numbers = range(len(words))
        # 1: divided by 1 + the logarithm of the length
        terms = " + ".join(f"%s * ts_rank(%s::float4[], v.words, q.word{n}, 1)" for n in numbers)
        queries = ", ".join(f"plainto_tsquery(%s::regconfig, %s) AS word{n}" for n in numbers)
        # OFFSET 0 keeps the planner from undoing what makes this fast: a vector is unpacked once (|| makes a copy),
        # not once a word, and a word is parsed once, not once a vector.
        sql = (
            f"SELECT v.page_id, {terms} FROM (SELECT page_id, words || ''::tsvector AS words FROM qa_searchentry"
            f" WHERE page_id = ANY(%s) OFFSET 0) v CROSS JOIN (SELECT {queries} OFFSET 0) q"
        )
        weights = list(reversed(self.WEIGHTS))
        weighed = [value for number in words.values() for value in (rarity(number, size), weights)]
        asked = [value for word in words for value in (configuration(), word)]
        return dict(self._rows(sql, [*weighed, page_ids, *asked], _row))

    def titles_with(self, words: list[str], limit: int) -> list[int]:
        *whole, start = words
        sql = " && ".join(["plainto_tsquery('simple', %s)"] * len(whole) + ["to_tsquery('simple', %s)"])
        return self._rows(
            f"SELECT page_id FROM qa_searchentry WHERE titles @@ ({sql}) ORDER BY asked_on DESC, page_id DESC"
            f" LIMIT {limit}",
            [*whole, f"{start}:*"],
            int,
        )

    def topics(self, page_ids: list[int]) -> list[Filed]:
        return self._rows(_TOPICS.format("= ANY(%s)"), [page_ids], Filed)

    def _size(self) -> int:
        """Return how many entries there are: of few counted, of many what the planner takes for their number."""
        return self._rows(
            "SELECT CASE WHEN reltuples > 5000 THEN reltuples::int"
            " ELSE (SELECT count(*) FROM (SELECT 1 FROM qa_searchentry LIMIT 20000) counted) END"
            " FROM pg_class WHERE oid = 'qa_searchentry'::regclass",
            [],
            int,
        )[0]

    def _tsquery(self, query: Query, any_word: bool) -> tuple[str, list[str]]:
        config = configuration()
        wanted = [("plainto_tsquery(%s::regconfig, %s)", word) for word in query.words]
        wanted += [("phraseto_tsquery(%s::regconfig, %s)", " ".join(phrase)) for phrase in query.phrases]
        sql = f"({(' || ' if any_word else ' && ').join(part for part, _words in wanted)})"
        values = [words for _part, words in wanted] + [" ".join(phrase) for phrase in query.without]
        sql += " && !!phraseto_tsquery(%s::regconfig, %s)" * len(query.without)
        return sql, [value for words in values for value in (config, words)]

    def _rows(self, sql: str, parameters: list[object], make: Callable[..., Any]) -> list:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return [make(*row) for row in cursor.fetchall()]


@contextmanager
def _through_the_index() -> Iterator[None]:
    """Keep the planner from reading every vector one by one, in one transaction for all questions of a search.

    It takes a comparison of vectors for cheap and does not count their unpacking, so that for frequent words it
    prefers the table, or the index of dates, to the index of words: seconds instead of milliseconds. And one reader's
    search takes one processor, not three.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL jit = off;"
                " SET LOCAL max_parallel_workers_per_gather = 0"
            )
        yield


class _SQLite:
    """FTS5, whose bm25() weighs columns and rarity."""

    WEIGHTS = (6, 2, 1, 1)

    def hits(self, query: Query, filters: Filters, *, any_word: bool = False, titles: bool = False) -> list[Hit]:
        more, values = filters.conditions()
        return self._rows(
            "SELECT e.page_id, e.asked_on FROM qa_search_words w JOIN qa_searchentry e ON e.page_id = w.rowid"
            f" WHERE w.qa_search_words MATCH %s{more} ORDER BY e.asked_on DESC, e.page_id DESC LIMIT {MOST_HITS + 1}",
            [self._match(query, any_word, titles), *values],
            Hit,
        )

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        words = list(words)
        one = (
            "(SELECT count(*) FROM (SELECT 1 FROM qa_search_words WHERE qa_search_words MATCH %s"
            f" LIMIT {FREQUENT}) found)"
        )
        parameters = [f'"{word}"' for word in words]
        counts = self._rows(f"SELECT {', '.join([one] * len(words))}", parameters, _row)[0] if words else ()
        return dict(zip(words, counts, strict=True))

    def scores(self, words: dict[str, int], page_ids: list[int], *, any_word: bool = False) -> dict[int, float]:
        if not page_ids or not words:
            return {}
        weights = ", ".join(str(weight) for weight in self.WEIGHTS)
        match = (" OR " if any_word else " AND ").join(f'"{word}"' for word in words)
        rows = self._rows(
            f"SELECT rowid, -bm25(qa_search_words, {weights}) FROM qa_search_words WHERE qa_search_words MATCH %s"
            " AND rowid BETWEEN %s AND %s",
            [match, min(page_ids), max(page_ids)],
            _row,
        )
        wanted = set(page_ids)
        return {page_id: score for page_id, score in rows if page_id in wanted}

    def titles_with(self, words: list[str], limit: int) -> list[int]:
        *whole, start = words
        match = " AND ".join([*(f'"{word}"' for word in whole), f'"{start}"*'])
        return self._rows(
            "SELECT e.page_id FROM qa_search_titles t JOIN qa_searchentry e ON e.page_id = t.rowid"
            f" WHERE t.qa_search_titles MATCH %s ORDER BY e.asked_on DESC, e.page_id DESC LIMIT {limit}",
            [match],
            int,
        )

    def topics(self, page_ids: list[int]) -> list[Filed]:
        return self._rows(_TOPICS.format("IN (SELECT value FROM json_each(%s))"), [dumps(page_ids)], Filed)

    def _match(self, query: Query, any_word: bool, titles: bool) -> str:
        wanted = [f'"{" ".join(words)}"' for words in (*((word,) for word in query.words), *query.phrases)]
        match = f"({(' OR ' if any_word else ' AND ').join(wanted)})"
        if titles:
            match = f"{{headline}} : {match}"
        return " NOT ".join([f"({match})", *(f'"{" ".join(phrase)}"' for phrase in query.without)])

    def _rows(self, sql: str, parameters: list[object], make: Callable[..., Any]) -> list:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return [make(*row) for row in cursor.fetchall()]


def _row(*values: Any) -> tuple[Any, ...]:
    return values


def rarity(number: int, size: int) -> float:
    """Return how much a word tells that is in ``number`` of ``size`` entries (Robertson and Zaragoza 2009, 3.1)."""
    return log(1 + (max(size, number) - number + 0.5) / (number + 0.5))
