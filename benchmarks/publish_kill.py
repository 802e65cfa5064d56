"""Whether a death in the middle leaves a torn page: ``python -m benchmarks.publish_kill [--step N]``.

Publishes, schedules, approves and takes down questions in the desk and by the clock, in a process that is killed after
its first SQL statement, its second, and so on; after every death the page, its log, its schedule, its search
entry, the content version and the queue must be as before or wholly as after. On SQLite, or on the server that
``TEST_DATABASE_URL`` names (``python -m tests.with_postgres python -m benchmarks.publish_kill``), each time in a
database that is thrown away.
Exits 1 if a state is torn.
"""

import argparse
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings.test")
os.environ["TEST_PROCESS"] = "yes"  # with the queue, as in production

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402

from qa.desk.roles import ensure_roles  # noqa: E402
from tests.factories import make_column  # noqa: E402
from tests.killing import torn_states, ways  # noqa: E402


def measure(step: int) -> int:
    """Print the table; return the number of torn states."""
    make_column()
    ensure_roles()
    get_user_model().objects.create_superuser("admin", "admin@example.org", "a password")
    tried = torn = 0
    print(f"{connection.vendor}")
    for name, way in ways().items():
        states = dict(torn_states(way, step))
        broken = {number: state for number, state in states.items() if state}
        print(f"  {name:<22}{len(states):5} statements tried, torn states: {len(broken)}", flush=True)
        for number, state in broken.items():
            print(f"    after statement {number}: {state}")
        tried, torn = tried + len(states), torn + len(broken)
    print(f"  {'all':<22}{tried:5} statements tried, torn states: {torn}")
    return torn


def main() -> int:
    """Measure in a database that is thrown away; return the exit code."""
    parser = argparse.ArgumentParser(description="Kill publications after every SQL statement.")
    parser.add_argument("--step", type=int, default=1, help="statements from one death to the next (default: 1)")
    step = parser.parse_args().step
    connection.settings_dict["TEST"]["NAME"] = f"killed_{os.getpid()}"
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"{connection.settings_dict['NAME']}.killed_{os.getpid()}"
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return 1 if measure(step) else 0
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
