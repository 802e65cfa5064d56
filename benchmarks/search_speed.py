"""How long a search takes in columns of 1,000, 10,000 and 100,000 questions.

``python -m tests.with_postgres python -m benchmarks.search_speed`` measures on a PostgreSQL of its own (without
``tests.with_postgres``: on SQLite); sizes may be given as arguments. The questions are invented: 180 words each, drawn
so that the frequent ones are in more than a third of them, as in real language (Zipf). Prints p50 and p95 in
milliseconds: of whole requests, through Django with all its middleware, in this process; the processor's time in them,
Python's and the database's together, which says the same on a machine that has other things to do; and of it the
search alone, without the page around the results.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

ROUNDS = 60
MEASURED = (
    "whole request, by the clock",
    "whole request, processor's time",
    "search alone, processor's time",
)
REQUESTS = {
    "rare word": "/search/?q={rare}",
    "frequent word": "/search/?q={frequent}",
    "three words": "/search/?q={frequent}+{frequent2}+{frequent3}",
    "no such word": "/search/?q=qqqqzzzz{number}",
    "misspelling": "/search/?q={misspelt}",
    "suggestion": "/search/suggest?q={start}",
}


def main() -> int:
    """Fill a database step by step and measure at each size."""
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 10_000, 100_000]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "site_config.settings.test", "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        column = Column()
        figures = {}
        for size in sizes:
            column.grow(size)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
            figures[size] = column.measure()
        load = f"{os.getloadavg()[1]:.0f} processes waiting for {os.cpu_count()} processors"
        print(f"{connection.vendor}, {ROUNDS} of each, p50 / p95 in ms; {load}")
        print(f"{'questions':<16}" + "".join(f"{size:>14,}" for size in sizes) + f"{'p95, last : first':>20}")
        for measured in MEASURED:
            print(measured)
            for name in REQUESTS:
                pairs = [figures[size][measured, name] for size in sizes]
                cells = "".join(f"{f'{middle:.0f} / {high:.0f}':>14}" for middle, high in pairs)
                print(f"  {name:<14}{cells}{pairs[-1][1] / pairs[0][1]:>20.1f}")
    return 0


class Column:
    """An invented column that grows."""

    def __init__(self) -> None:
        from qa.models import QuestionIndexPage, Topic

        self._random = random.Random(1)  # noqa: S311 - the same column each time
        syllables = [first + vowel for first in "bdfgklmnprstv" for vowel in "aeiou"]
        self._words = list(dict.fromkeys("".join(self._random.choices(syllables, k=4)) for _ in range(60_000)))
        weights = [1 / (rank + 30) for rank in range(len(self._words))]
        self._cumulative = _running(weights)
        self._index = QuestionIndexPage.objects.get()
        self._topics = [Topic.objects.create(name=f"Topic {n}", slug=f"topic-{n}") for n in range(30)]
        self._size = 0
        self._learnt: set[str] = set()

    def grow(self, size: int) -> None:
        """Add questions until there are ``size`` of them, past the slow ways of tree and index."""
        from django.db import connection

        from qa.search import tables

        tables.drop(connection)
        while self._size < size:
            self._add(min(2_000, size - self._size))
        tables.create(connection)
        type(self._index).objects.filter(pk=self._index.pk).update(numchild=self._size)

    def _text(self, number: int) -> str:
        return " ".join(self._random.choices(self._words, cum_weights=self._cumulative, k=number))

    def _add(self, number: int) -> None:
        from django.contrib.contenttypes.models import ContentType
        from django.db import connection
        from wagtail.models import Locale, Page

        from qa.models import QuestionPage, QuestionTopic, SearchEntry
        from qa.search.entries import learn

        base = {
            "content_type": ContentType.objects.get_for_model(QuestionPage),
            "depth": self._index.depth + 1,
            "locale": Locale.objects.get(),
            "live": True,
        }
        pages, texts = [], []
        for place in range(self._size, self._size + number):
            slug = f"question-{place}"
            path = QuestionPage._get_path(self._index.path, self._index.depth + 1, place + 1)
            url = f"{self._index.url_path}{slug}/"
            title = self._text(8)
            pages.append(Page(title=title, draft_title=title, slug=slug, path=path, url_path=url, **base))
            texts.append(self._text(180))
        Page.objects.bulk_create(pages)
        start = date(2000, 1, 1)
        questions = [
            QuestionPage(page_ptr_id=page.pk, asked_on=start + timedelta(days=page.pk % 9000), asker_name="Robert B.")
            for page in pages
        ]
        fields = list(QuestionPage._meta.local_concrete_fields)
        for some in (questions[at : at + 500] for at in range(0, number, 500)):
            query = QuestionPage._base_manager._insert
            query(some, fields=fields, using=connection.alias, raw=True)
        topics = [self._random.choice(self._topics) for _ in pages]
        QuestionTopic.objects.bulk_create(
            QuestionTopic(page_id=page.pk, topic=topic, sort_order=0) for page, topic in zip(pages, topics, strict=True)
        )
        entries = [
            SearchEntry(
                page_id=page.pk,
                asked_on=question.asked_on,
                headline=f"{page.title} {topic.name.lower()}",
                emphasis=text[:120],
                letter="",
                body=text,
                topics=[topic.name],
                passages=[["", "", text[: len(text) // 2]], ["more", "More", text[len(text) // 2 :]]],
            )
            for page, question, topic, text in zip(pages, questions, topics, texts, strict=True)
        ]
        SearchEntry.objects.bulk_create(entries, batch_size=500)
        new = {word for entry in entries for word in (*entry.headline.split(), *entry.body.split())} - self._learnt
        learn([SearchEntry(headline=" ".join(sorted(new)), emphasis="", letter="", body="")])
        self._learnt |= new
        self._size += number

    def measure(self) -> dict[tuple[str, str], tuple[float, float]]:
        """Return p50 and p95 by what is measured and kind of request, in milliseconds; no two requests are the same."""
        from django.test import Client

        client = Client(headers={"host": "localhost"})
        times: dict[tuple[str, str], list[float]] = {}
        for name, address in REQUESTS.items():
            for number in range(ROUNDS + 5):
                clock, processor = _time(client.get, address.format(**self._values(number)))
                _clock, search = _time(_search, address.format(**self._values(number + ROUNDS)))
                for measured, time_taken in zip(MEASURED, (clock, processor, search), strict=True):
                    times.setdefault((measured, name), []).append(time_taken)
        warm = {key: taken[5:] for key, taken in times.items()}
        return {key: (statistics.median(taken), statistics.quantiles(taken, n=20)[-1]) for key, taken in warm.items()}

    def _values(self, number: int) -> dict[str, object]:
        rare, middling = self._words[3_000 + number * 7], self._words[100 + number]
        return {
            "number": number,
            "rare": rare,
            "frequent": self._words[number % 5],
            "frequent2": self._words[(number + 1) % 6],
            "frequent3": self._words[(number + 2) % 7],
            "misspelt": middling[:3] + middling[4] + middling[3] + middling[5:],
            "start": middling[:3] if number % 2 else f"{middling[:-2]}{middling[-1]}{middling[-2]}",
        }


def _search(address: str) -> None:
    """Find and quote what the page of this address would show."""
    from django.test import RequestFactory

    from qa.search.databases import Filters
    from qa.search.finding import find, results
    from qa.search.query import parse
    from qa.search.suggestions import suggestions
    from qa.search.views import PER_PAGE

    request = RequestFactory(headers={"host": "localhost"}).get(address)
    query = parse(request.GET["q"])
    if "suggest" in address:
        suggestions(query.text.split(), request)
        return
    found = find(query, Filters())
    results(found, found.hits[:PER_PAGE])


def _time(get: Callable[[str], object], address: str) -> tuple[float, float]:
    """Return the milliseconds that something takes: by the clock, and of the processor."""
    clock, processor = time.perf_counter(), _processor()
    answer = get(address)
    processor, clock = _processor() - processor, time.perf_counter() - clock
    assert getattr(answer, "status_code", 200) == 200  # noqa: S101 - a benchmark of error pages would be fast
    return clock * 1000, processor * 1000


def _processor() -> float:
    """Return the seconds that this process and its connection's process in the database have computed (proc(5))."""
    from django.db import connection

    there = 0
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        there = int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0])
    return time.process_time() + there / 1e9


def _running(weights: list[float]) -> list[float]:
    total, sums = 0.0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return sums


if __name__ == "__main__":
    sys.exit(main())
