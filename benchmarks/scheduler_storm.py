"""Many schedulers, many due pages, deaths and a poisonous page: ``python -m benchmarks.scheduler_storm``.

Each round lets ``--pages`` pages be due at one moment, one of them broken so that it cannot be published, under
``--processes`` running schedulers, one of which is killed with SIGKILL in the middle (and replaced, as a supervisor
would). Prints how many were published once, twice, not at all, and how late. On SQLite, or on the server that
``TEST_DATABASE_URL`` names (``python -m tests.with_postgres python -m benchmarks.scheduler_storm``), each time in a
database that is thrown away. Exits 1 if a page was published twice or lost.

Revisions are written straight into the table instead of through the editor: it is their publication that is measured.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings.test")

import django

django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from wagtail.models import PageLogEntry, Revision  # noqa: E402

from qa.models import QuestionPage  # noqa: E402
from tests.factories import make_column, make_question  # noqa: E402
from tests.processes import start  # noqa: E402

PATIENCE = 180  # seconds that a round may take before what is missing is called lost
LEAD = 2.0  # seconds from the writing of a round's schedule to its moment


@dataclass
class Tally:
    """What became of all due pages, without the poisonous ones."""

    once: int = 0
    twice: int = 0
    lost: int = 0
    poison_published: int = 0
    late: list[float] = field(default_factory=list)  # seconds after the round's moment

    def quantile(self, share: float) -> float:
        return sorted(self.late)[min(len(self.late) - 1, int(len(self.late) * share))] if self.late else float("nan")


def schedule(pages: list[QuestionPage], moment: datetime) -> tuple[list[int], int]:
    """Let all pages be due at a moment, one of them broken; return the revisions and the broken one."""
    page_type = ContentType.objects.get_for_model(QuestionPage)
    base_type = pages[0].get_base_content_type()
    rows = []
    for page in pages:
        content = page.serializable_data() | {"go_live_at": moment.isoformat()}
        rows.append(
            Revision(
                content_type=page_type,
                base_content_type=base_type,
                object_id=str(page.pk),
                object_str=page.title,
                created_at=timezone.now(),
                content=content,
                approved_go_live_at=moment,
            )
        )
    poison = random.choice(rows)  # noqa: S311 - no secret
    poison.content["asked_on"] = "no date"
    Revision.objects.bulk_create(rows)
    return [row.pk for row in rows if row is not poison], poison.pk


def published(revisions: list[int]) -> list[tuple[int, datetime]]:
    """Return revision and moment of every publication by the clock."""
    rows = PageLogEntry.objects.filter(action="wagtail.publish.scheduled", revision__in=revisions)
    return list(rows.values_list("revision_id", "timestamp"))


def storm(pages: list[QuestionPage], rounds: int, new: Callable[[], subprocess.Popen], count: int) -> Tally:
    """Run all rounds; return what became of the pages. No scheduler is left running, whatever happens."""
    tally = Tally()
    processes = [new() for _number in range(count)]
    try:
        _rounds(pages, rounds, new, processes, tally)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)
    return tally


def _rounds(
    pages: list[QuestionPage], rounds: int, new: Callable[[], subprocess.Popen], processes: list, tally: Tally
) -> None:
    count = len(processes)
    time.sleep(5)
    for number in range(rounds):
        moment = timezone.now() + timedelta(seconds=LEAD)
        revisions, poison = schedule(pages, moment)
        killed = False
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and len(rows := published(revisions)) < len(revisions):
            if not killed and len(rows) > len(revisions) // 4:
                victim = processes.pop(random.randrange(count))  # noqa: S311
                victim.kill()
                victim.wait()
                killed = True
            time.sleep(0.1)
        time.sleep(1)  # for what might be published a second time
        rows = published(revisions)
        times = Counter(revision for revision, _moment in rows)
        tally.once += sum(times[revision] == 1 for revision in revisions)
        tally.twice += sum(times[revision] > 1 for revision in revisions)
        tally.lost += sum(times[revision] == 0 for revision in revisions)
        tally.poison_published += len(published([poison]))
        late = [(at - moment).total_seconds() for _revision, at in rows]
        tally.late += late
        print(f"  round {number + 1:2}: {len(rows)} published, the last after {max(late):.1f} s", flush=True)
        Revision.objects.filter(pk=poison).update(approved_go_live_at=None)
        processes += [new() for _number in range(count - len(processes))]
        time.sleep(3)


def measure(processes: int, rounds: int, pages: int) -> int:
    """Print the table; return the exit code."""
    print(f"{connection.vendor}: {processes} schedulers, {rounds} rounds of {pages} pages")
    make_column()
    made = [make_question(f"Question {number}?", publish=False) for number in range(pages)]
    with tempfile.TemporaryDirectory() as folder:
        tally = storm(made, rounds, lambda: start("run_scheduler", log=Path(folder) / "log"), processes)
        log = (Path(folder) / "log").read_text(encoding="utf-8", errors="replace")
    expected = rounds * (pages - 1)
    print(f"  published once      {tally.once:6}   (goal: {expected})")
    print(f"  published twice     {tally.twice:6}   (goal: 0)")
    print(f"  lost                {tally.lost:6}   (goal: 0)")
    print(f"  poison published    {tally.poison_published:6}   (goal: 0)")
    print(f"  late, first         {min(tally.late):6.2f} s after the moment")
    print(f"  late, median        {tally.quantile(0.5):6.2f} s")
    print(f"  late, p99           {tally.quantile(0.99):6.2f} s (goal: 2)")
    print(f"  database complaints {log.count('The database does not answer'):6}")
    return 0 if (tally.once, tally.twice, tally.lost) == (expected, 0, 0) else 1


def main() -> int:
    """Measure in a database that is thrown away; return the exit code."""
    parser = argparse.ArgumentParser(description="Publish under many schedulers at once.")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--pages", type=int, default=200)
    options = parser.parse_args()
    name = connection.settings_dict["NAME"]
    scratch = f"storm_{os.getpid()}"
    connection.settings_dict["TEST"]["NAME"] = f"{name}.{scratch}" if connection.vendor == "sqlite" else scratch
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return measure(options.processes, options.rounds, options.pages)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
