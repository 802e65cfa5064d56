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
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings.test")

import django

django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import QuerySet  # noqa: E402
from django.utils import timezone  # noqa: E402
from wagtail.models import PageLogEntry, Revision  # noqa: E402

from qa.models import QuestionPage  # noqa: E402
from tests.factories import make_column, make_question  # noqa: E402
from tests.processes import start, wait_for  # noqa: E402

GIVE_UP_AFTER = 180  # seconds that a round may take before what is missing is called lost
STARTED = "Scheduler started."  # in the log of each
LEAD = 2.0  # seconds from the writing of a round's schedule to its moment


@dataclass
class Tally:
    """What became of all due pages, without the poisonous ones."""

    once: int = 0
    twice: int = 0
    lost: int = 0
    poison_published: int = 0
    processor: float = 0.0  # seconds that the schedulers used, without the database's server
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


def scheduled_publications(revisions: list[int]) -> QuerySet[PageLogEntry]:
    """Return the log rows of every publication by the clock."""
    return PageLogEntry.objects.filter(action="wagtail.publish.scheduled", revision__in=revisions)


def published(revisions: list[int]) -> list[tuple[int, datetime]]:
    """Return revision and moment of every publication by the clock."""
    return list(scheduled_publications(revisions).values_list("revision_id", "timestamp"))


def storm(pages: list[QuestionPage], rounds: int, count: int, log: Path) -> Tally:
    """Run all rounds; return what became of the pages. No scheduler is left running, whatever happens."""
    tally = Tally()
    processes: list[subprocess.Popen] = []
    try:
        _rounds(pages, rounds, count, processes, tally, log)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)
    return tally


def _fill_up(processes: list[subprocess.Popen], count: int, log: Path) -> None:
    """Start schedulers until ``count`` run; return when all of them look for what is due."""
    before = log.read_text(errors="replace").count(STARTED) if log.exists() else 0
    new = [start("run_scheduler", log=log) for _number in range(count - len(processes))]
    processes += new
    if not wait_for(lambda: log.read_text(errors="replace").count(STARTED) >= before + len(new), 120):
        raise RuntimeError(f"The schedulers do not start: {log.read_text(errors='replace')[-2000:]}")


def processor_time(process: subprocess.Popen) -> float:
    """Return the seconds of processor that a process has used (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rounds(
    pages: list[QuestionPage], rounds: int, count: int, processes: list[subprocess.Popen], tally: Tally, log: Path
) -> None:
    for number in range(rounds):
        _fill_up(processes, count, log)
        time.sleep(2)
        moment = timezone.now() + timedelta(seconds=LEAD)
        revisions, poison = schedule(pages, moment)
        used = {process.pid: processor_time(process) for process in processes}
        of_the_dead = 0.0
        killed = False
        end = time.monotonic() + GIVE_UP_AFTER
        while time.monotonic() < end and (done := scheduled_publications(revisions).count()) < len(revisions):
            if not killed and done > len(revisions) // 4:
                victim = processes.pop(random.randrange(count))  # noqa: S311
                of_the_dead = processor_time(victim) - used[victim.pid]
                victim.kill()
                victim.wait()
                killed = True
            time.sleep(0.25)  # what is measured needs both cores
        seconds = sum(processor_time(process) - used[process.pid] for process in processes) + of_the_dead
        time.sleep(1)  # for what might be published a second time
        rows = published(revisions)
        times = Counter(revision for revision, _moment in rows)
        tally.once += sum(times[revision] == 1 for revision in revisions)
        tally.twice += sum(times[revision] > 1 for revision in revisions)
        tally.lost += sum(times[revision] == 0 for revision in revisions)
        tally.poison_published += len(published([poison]))
        late = [(at - moment).total_seconds() for _revision, at in rows]
        tally.late += late
        tally.processor += seconds
        print(
            f"  round {number + 1:2}: {len(rows)} published, the last after {max(late):.1f} s;"
            f" schedulers' processor time {seconds:.1f} s, load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        Revision.objects.filter(pk=poison).update(approved_go_live_at=None)


def measure(processes: int, rounds: int, pages: int) -> int:
    """Print the table; return the exit code."""
    print(f"{connection.vendor}: {processes} schedulers, {rounds} rounds of {pages} pages")
    make_column()
    made = [make_question(f"Question {number}?", publish=False) for number in range(pages)]
    with tempfile.TemporaryDirectory() as folder:
        tally = storm(made, rounds, processes, Path(folder) / "log")
        log = (Path(folder) / "log").read_text(encoding="utf-8", errors="replace")
    expected = rounds * (pages - 1)
    print(f"  published once      {tally.once:6}   (goal: {expected})")
    print(f"  published twice     {tally.twice:6}   (goal: 0)")
    print(f"  lost                {tally.lost:6}   (goal: 0)")
    print(f"  poison published    {tally.poison_published:6}   (goal: 0)")
    print(f"  late, first         {min(tally.late):6.2f} s after the moment")
    print(f"  late, median        {tally.quantile(0.5):6.2f} s")
    print(f"  late, p99           {tally.quantile(0.99):6.2f} s (goal: 2)")
    print(f"  processor time      {1000 * tally.processor / max(tally.once, 1):6.1f} ms a page, all schedulers")
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
