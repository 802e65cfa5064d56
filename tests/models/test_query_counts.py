"""The number of queries of a page does not grow with the column."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qa.scheduling.publisher import publish_due
from tests.factories import TopicFactory, make_question

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

SMALL, LARGE = 5, 50
#: The most that a page may ask of the database; lower a number when a change makes that true.
CEILINGS = {"index": 15, "topic": 14, "question": 20, "front": 16}


def grow(total, already, topics):
    for number in range(already, total):
        make_question(
            asker_name="Robert B.",
            asked_on=date(2024, 1, 1) + timedelta(days=number),
            topics=topics[: 1 + number % 3],
            slug=f"number-{number}",
            answer=[("markdown", "A [link](page:1) and **more**."), ("heading", {"text": "Why", "level": "h2"})],
        )


def test_no_page_asks_more_of_the_database_when_the_column_grows(client, column):
    topics = [TopicFactory(name=name) for name in ("Django", "Careers", "Teams")]
    addresses = {
        "index": column.url,
        "topic": f"{column.url}topics/django/",
        "question": f"{column.url}number-2/",
        "front": "/",
    }

    def counts():
        found = {}
        for name, address in addresses.items():
            cache.clear()
            client.get("/", headers={"host": "localhost"})  # the root paths of sites are cached between requests
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address, headers={"host": "localhost"}).status_code == 200
            found[name] = len(queries)
        return found

    grow(SMALL, 0, topics)
    small = counts()
    grow(LARGE, SMALL, topics)
    large = counts()

    # The longer list has a second page, whose existence costs nothing either.
    assert large == small
    over = {name: number for name, number in large.items() if number > CEILINGS[name]}
    assert not over, f"more queries than allowed: {over}"


#: One publication of a question under two topics by the clock, with all that belongs to it in its transaction.
#: On PostgreSQL, where it waits for its turn; on SQLite it is one less. Six of them are savepoints, so that what
#: follows the publication may fail.
PUBLICATION = 69


def test_a_publication_by_the_clock_asks_no_more_however_large_the_column_is(column, settings):
    settings.TASKS = settings.TASKS | {"queue": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # as in production
    topics = [TopicFactory(name=name) for name in ("Django", "Careers")]
    noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
    counts = []
    for size in (SMALL, LARGE):
        grow(size, SMALL if counts else 0, topics)
        with time_machine.travel(noon - timedelta(hours=1), tick=False) as clock:
            for number in range(3):
                make_question(f"Due {number} of {size}?", go_live_at=noon, topics=topics)
            clock.move_to(noon)
            with CaptureQueriesContext(connection) as queries:
                assert len(publish_due().published) == 3
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 3 + 3 * PUBLICATION
