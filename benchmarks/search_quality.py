"""How well the search finds: queries with known answers, on SQLite and PostgreSQL, beside Wagtail's stock search.

``python -m benchmarks.search_quality FOLDER`` loads the demo column, imports the letters of FOLDER (the TeX FAQ, see
docs/operating.md) and asks ``search_queries.tsv``. A query counts by the place of the first letter that answers it:
MRR@10 is the mean of 1/place, success@n the share of queries answered within n places.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

QUERIES = Path(__file__).with_name("search_queries.tsv")
#: The kind of queries that nothing was tuned with; their figures are reported apart.
HELD_OUT = "held out"


def main() -> int:
    """Run both halves, each in a process and a database of its own, and print the table."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    if os.environ.get("SEARCH_QUALITY_PART"):
        print(json.dumps(measure(Path(sys.argv[1]))))
        return 0
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "site_config.settings.test", "SEARCH_QUALITY_PART": "1"}
        again = [sys.executable, "-m", "benchmarks.search_quality", sys.argv[1]]
        commands = {"SQLite": again, "PostgreSQL": [sys.executable, "-m", "tests.with_postgres", *again]}
        for name, command in commands.items():
            print(f"{name} …", file=sys.stderr)
            done = subprocess.run(  # noqa: S603 - our own modules
                command,
                env=environment | {"VAR_DIR": f"{folder}/{name}"},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            found[name] = json.loads(done.stdout.splitlines()[-1])
    report(found)
    return 0


def measure(folder: Path) -> dict[str, dict[str, int]]:
    """Return for our search and the stock one the place of the first right answer to each query; 0 is not in ten."""
    import django

    django.setup()
    from django.core.management import call_command
    from wagtail.models import Page

    from qa.models import QuestionPage
    from qa.search.databases import Filters
    from qa.search.finding import find
    from qa.search.query import parse

    quiet = {"stdout": sys.stderr, "verbosity": 0}
    call_command("migrate", **quiet)
    call_command("load_demo", stdout=sys.stderr)
    call_command("import_letters", str(folder), topics_from="category", status="published", stdout=sys.stderr)
    call_command("rebuild_search", stdout=sys.stderr)
    call_command("update_index", **quiet)
    ids = dict(QuestionPage.objects.values_list("pk", "letter_id"))

    def ours(query: str) -> list[int]:
        found = find(parse(query), Filters())
        return [hit.page_id for hit in (*found.hits, *found.near)[:10]]

    def stock(query: str) -> list[int]:
        # What the search view of Wagtail's project template does.
        return [page.pk for page in Page.objects.live().search(query)[:10]]

    return {
        name: {query: _place(search, query, letters, ids) for _kind, query, letters in queries()}
        for name, search in (("ours", ours), ("stock", stock))
    }


def queries() -> list[tuple[str, str, set[str]]]:
    """Return kind, query and right letters of each query."""
    lines = QUERIES.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(kind, query, set(letters.split(","))) for kind, query, letters in rows]


def _place(search: Callable[[str], list[int]], query: str, letters: set[str], ids: dict[int, str]) -> int:
    try:
        found = search(query)
    except Exception as error:  # noqa: BLE001 - the stock search raises; that is one of its results
        print(f"{query!r}: {type(error).__name__}", file=sys.stderr)
        return 0
    places = [place for place, pk in enumerate(found, 1) if ids.get(pk) in letters]
    return places[0] if places else (0 if found else -1)


def scores(places: list[int]) -> dict[str, float]:
    """Return the figures of some queries; a place of 0 is a wrong answer, -1 none at all."""
    number = len(places)
    return {
        "MRR@10": sum(1 / place for place in places if place > 0) / number,
        "success@1": sum(place == 1 for place in places) / number,
        "success@5": sum(0 < place <= 5 for place in places) / number,
        "nothing found": sum(place == -1 for place in places) / number,
    }


def report(found: dict[str, dict[str, dict[str, int]]]) -> None:
    """Print a table of the queries that the search was tuned with and one of those held out, and what missed."""
    columns = [(f"{name} {which}", found[name][which]) for which in ("ours", "stock") for name in found]
    tuned = [asked for asked in queries() if asked[0] != HELD_OUT]
    for title, asked in (("queries", tuned), (HELD_OUT, [asked for asked in queries() if asked[0] == HELD_OUT])):
        print(f"{f'{len(asked)} {title}':<16}" + "".join(f"{name:>18}" for name, _places in columns))
        totals = [scores([places[query] for _kind, query, _letters in asked]) for _name, places in columns]
        for figure in totals[0]:
            print(f"  {figure:<14}" + "".join(f"{total[figure]:18.3f}" for total in totals))
        kinds = dict.fromkeys(kind for kind, _query, _letters in asked)
        for kind in kinds if len(kinds) > 1 else ():
            of_kind = [query for other, query, _letters in asked if other == kind]
            figures = [scores([places[query] for query in of_kind])["success@5"] for _name, places in columns]
            print(f"  {kind:<11}{len(of_kind):>3}" + "".join(f"{figure:18.3f}" for figure in figures) + "  success@5")
        for name, places in columns[: len(found)]:
            missed = [f"{query} ({places[query]})" for _kind, query, _letters in asked if not 0 < places[query] <= 5]
            print(f"  {name} missed: {'; '.join(missed) or 'none'}")


if __name__ == "__main__":
    sys.exit(main())
