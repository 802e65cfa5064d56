"""Odd requests to every address of the site, as every kind of account: ``python -m benchmarks.fuzz [--requests N]``.

Goes through all URL patterns in turn, with every method, odd values in paths, parameters, headers, cookies, forms,
files and JSON, made from a number (``tests/odd_requests/``). On SQLite, or on the server that ``TEST_DATABASE_URL``
names (``python -m tests.with_postgres python -m benchmarks.fuzz``), in a database that is thrown away. Prints how often
which status came, each place with an error of the server, what is needed to send that request again
(``--first N --requests 1`` with the same ``--seed``), and the slowest. Exits 1 after an error or a hang.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
import warnings
from collections import Counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings.test")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from tests.odd_requests.making import make  # noqa: E402
from tests.odd_requests.sending import TOO_LONG, Outcome  # noqa: E402
from tests.odd_requests.site import furnish  # noqa: E402

_SHOWN = 3  # requests of one place


def place_of(outcome: Outcome) -> str:
    """Return where an error was raised: its kind, the address, and the last places of the traceback, ours first."""
    lines = outcome.error.strip().splitlines() or ["no error"]
    files = [line.strip().removeprefix('File "') for line in lines if line.strip().startswith("File ")]
    places = [file.rpartition("site-packages/")[2].replace('", line ', ":") for file in files]
    ours = [place for place, file in zip(places, files, strict=True) if "/qa/" in file or "/home/" in file]
    views = [
        place for place in places if place.startswith(("wagtail/admin/views", "wagtail/contrib", "wagtail/images"))
    ]
    where = " < ".join([*ours[-2:], *views[-1:], *places[-1:]])
    return f"{outcome.status} {lines[-1].split(':')[0]} | {outcome.request.pattern} | {where}"


def measure(first: int, number: int, seed: int) -> int:
    """Send the requests and print what came of them; return the number of faults."""
    site, found, asked = furnish()
    statuses, patterns, faults, slowest = Counter(), set(), {}, []
    start = time.monotonic()
    for done, at in enumerate(range(first, first + number), 1):
        outcome = site.send(make(at, seed, found, asked))
        statuses[outcome.status] += 1
        patterns.add(outcome.request.pattern)
        slowest = sorted([*slowest, outcome], key=lambda one: -one.processor)[:5]
        if outcome.is_fault:
            faults.setdefault(place_of(outcome), []).append(outcome)
            if len(faults[place_of(outcome)]) == 1:
                print(f"! {place_of(outcome)}\n    {outcome.request}\n{outcome.error[-300:]}", flush=True)
        if done % 5000 == 0:
            print(
                f"  {done} after {time.monotonic() - start:.0f} s, {sum(map(len, faults.values()))} faults", flush=True
            )
    print(f"{connection.vendor}: {number} requests, seed {seed}, to {len(patterns)} patterns of {len(found)}")
    print("  " + ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())))
    late = sum(one.processor > TOO_LONG for outcomes in faults.values() for one in outcomes)
    errors = sum(map(len, faults.values())) - late
    print(f"  errors of the server: {errors}, over {TOO_LONG} s of the processor: {late}")
    print("  not counted: the 503 that /healthz/ answers where no scheduler and no worker runs")
    for place, outcomes in sorted(faults.items(), key=lambda item: -len(item[1])):
        print(f"  {len(outcomes)} x {place}")
        for outcome in outcomes[:_SHOWN]:
            print(f"      {str(outcome.request)[:400]}")
    for outcome in slowest:
        print(f"  {outcome.seconds:.2f} s, {outcome.processor:.2f} s of the processor: {str(outcome.request)[:160]}")
    return len(faults)


def main() -> int:
    """Measure in a database that is thrown away; return the exit code."""
    parser = argparse.ArgumentParser(description="Ask every address of the site oddly.")
    parser.add_argument("--requests", type=int, default=100_000, help="how many (default: 100,000)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first (default: 0)")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other requests (default: 1)")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    connection.settings_dict["TEST"]["NAME"] = f"asked_oddly_{os.getpid()}"
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"{connection.settings_dict['NAME']}.asked_oddly_{os.getpid()}"
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings.MEDIA_ROOT = f"{folder}/media"
            return 1 if measure(options.first, options.requests, options.seed) else 0
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
