"""What operators are promised of a machine that others use as well: they read neither the database nor its copies."""

import re
import sqlite3
import stat
import subprocess
from pathlib import Path

import pytest

from site_config import env
from tests.processes import PRODUCTION, ROOT, manage

pytestmark = pytest.mark.same_on_every_database


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder):
    """Return what anybody but the account itself may read, write or enter, by name."""
    return {path.name: oct(mode(path)) for path in [folder, *folder.rglob("*")] if mode(path) & 0o077}


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{}, PRODUCTION], ids=["development", "production"])
def test_the_first_start_makes_everything_for_this_account_alone(tmp_path, variables):
    folder = tmp_path / "new" / "var"
    done = manage("showmigrations", "qa", **variables, VAR_DIR=str(folder), DATABASE_URL="")
    assert done.returncode == 0, done.stderr
    assert (folder / "db.sqlite3").exists()
    assert open_to_others(folder) == {}


@pytest.mark.slow
def test_the_folder_is_private_also_where_the_database_is_elsewhere(tmp_path):
    away = {"VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": "postgres://a:b@127.0.0.1:1/c"}
    manage("diffsettings", **PRODUCTION, **away)
    assert mode(tmp_path / "var") == 0o700


def test_what_sqlite_lays_beside_the_database_is_private_as_well(tmp_path):
    path = Path(env.sqlite(tmp_path / "column.sqlite3")["NAME"])
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE a (b)")
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["column.sqlite3", "column.sqlite3-shm", "column.sqlite3-wal"]
    assert {mode(file) for file in files} == {0o600}
    connection.close()


def test_a_database_that_is_there_is_closed_to_others_and_not_to_its_group(tmp_path):
    files = [tmp_path / name for name in ("column.sqlite3", "column.sqlite3-wal", "column.sqlite3-shm")]
    for file in files:
        file.write_bytes(b"kept")
        file.chmod(0o664)
    env.sqlite(files[0])
    assert {mode(file) for file in files} == {0o660}
    assert {file.read_bytes() for file in files} == {b"kept"}
    env.sqlite(":memory:")
    assert not Path(":memory:").exists()


def test_a_folder_that_is_there_stays_as_the_operator_made_it(tmp_path, monkeypatch):
    tmp_path.chmod(0o711)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    assert env.private_folder("VAR_DIR", ROOT / "var") == tmp_path
    assert mode(tmp_path) == 0o711


def test_a_folder_that_cannot_be_made_does_not_end_the_start(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "file" / "var"))
    assert env.private_folder("VAR_DIR", ROOT / "var") == tmp_path / "file" / "var"


def test_the_backup_of_the_handbook_is_private(tmp_path):
    text = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    command = re.search(r"`(\(umask 077; sqlite3 .*?\))`", text)[1]
    (tmp_path / "var").mkdir()
    sqlite3.connect(tmp_path / "var/db.sqlite3").execute("CREATE TABLE a (b)")
    program = tmp_path / "sqlite3"  # what the shell of SQLite does at ".backup", where it is not installed
    program.write_text('#!/bin/sh\ncp "$1" "${2#.backup }"\n')
    program.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, env=environment, check=True)  # noqa: S603
    assert mode(tmp_path / "copy.sqlite3") == 0o600


@pytest.mark.django_db
def test_who_signs_in_without_having_asked_for_a_page_gets_the_front_page(client, column, editor):
    response = client.post("/_util/login/", {"username": "editor", "password": "a password"})
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.get("/", headers={"host": "localhost"}).status_code == 200
