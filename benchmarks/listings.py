"""How long the desk's lists of questions and its reports take with 1,000 and with 20,000 of them.

``python -m benchmarks.listings`` measures on SQLite, ``python -m tests.with_postgres python -m benchmarks.listings`` on
a PostgreSQL of its own; sizes may be given as arguments. Each request goes through Django with all its middleware, in
this process, as an editor. Prints the median processor time in milliseconds (SQLite works in this process; PostgreSQL
does not, there it is the time on the clock), the number of queries, and the ratio of last to first size. The goal is
500 ms with 20,000 questions.
"""

import os
import statistics
import sys
import tempfile
import time

ROUNDS = 5
LISTINGS = {
    "Questions": "/admin/questions/",
    "… the last page": "/admin/questions/?p=999999",
    "… by words": "/admin/questions/?ordering=-word_count",
    "… one topic, live": "/admin/questions/?topic={topic}&status=live",
    "… draft": "/admin/questions/?status=draft",
    "… scheduled": "/admin/questions/?status=scheduled",
    "… overdue for review": "/admin/questions/?status=overdue",
    "… of one asker": "/admin/questions/?asker=reader+7",
    "… search": "/admin/questions/?q=number",
    "explorer": "/admin/pages/{column}/",
    "… “menu order”": "/admin/pages/{column}/?ordering=ord",
    "sidebar": "/admin/api/main/pages/?child_of={column}&for_explorer=1",
    "topics": "/admin/snippets/qa/topic/",
    "experts": "/admin/snippets/qa/expert/",
    "first page": "/admin/",
    "report: scheduled": "/admin/reports/scheduled/",
    "… past review": "/admin/reports/past-review/",
    "… topic coverage": "/admin/reports/topic-coverage/",
    "… broken links": "/admin/reports/broken-links/",
    "… incomplete": "/admin/reports/incomplete/",
}


def main() -> int:
    """Fill a database step by step and measure at each size."""
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 20_000]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "site_config.settings.test", "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from qa.links import inspecting
        from qa.models import Inspection, QuestionIndexPage, Topic
        from tests.many_questions import grow

        call_command("migrate", verbosity=0)
        topics = [Topic.objects.create(name=f"Topic {n}", slug=f"topic-{n}") for n in range(30)]
        column, figures = QuestionIndexPage.objects.get(), {}
        for size in sizes:
            grow(column, size, topics)
            call_command("update_index", verbosity=0)
            inspecting.complete()
            links = [f"page:{column.pk}", "/questions/", "/nowhere/", "#part", "https://docs.djangoproject.com/"]
            Inspection.objects.update(links=[[link, "answer"] for link in links])
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
            figures[size] = measure(topic=topics[0].pk, column=column.pk)
        print(f"{connection.vendor}, medians of {ROUNDS}: milliseconds / queries")
        print(f"{'questions':<22}" + "".join(f"{size:>14,}" for size in sizes) + f"{'last : first':>14}")
        for name in LISTINGS:
            found = [figures[size][name] for size in sizes]
            cells = "".join(f"{f'{duration:.0f} / {queries}':>14}" for duration, queries in found)
            print(f"{name:<22}{cells}{found[-1][0] / found[0][0]:>14.1f}")
    return 0


def measure(**values: int) -> dict[str, tuple[float, int]]:
    """Return the median duration in milliseconds and the number of queries of each list."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    editor, _created = get_user_model().objects.get_or_create(username="editor")
    editor.groups.add(Group.objects.get(name="Editors"))
    client = Client(headers={"host": "localhost"})
    client.force_login(editor)
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    found = {}
    for name, pattern in LISTINGS.items():
        address, times = pattern.format(**values), []
        for _round in range(ROUNDS + 1):
            start = clock()
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            times.append((clock() - start) * 1000)
            assert answer.status_code == 200, address  # noqa: S101 - a benchmark of error pages would be fast
        found[name] = statistics.median(times[1:]), len(queries)
    return found


if __name__ == "__main__":
    sys.exit(main())
