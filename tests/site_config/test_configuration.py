"""What operators are promised when something is missing or wrong: one clear sentence, no traceback, no secret."""

from base64 import b64encode
from hashlib import sha384
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from site_config import env
from tests.processes import PRODUCTION, manage

pytestmark = [pytest.mark.slow, pytest.mark.same_on_every_database]


def assert_one_sentence(done, *words):
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_does_not_start_without_its_secrets(missing):
    done = manage("check", **{name: value for name, value in PRODUCTION.items() if name != missing})
    assert_one_sentence(done, missing, "not set")


def test_production_passes_djangos_own_deployment_check():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


STRANGE_REQUESTS = """
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
from django.core import mail
from django.test import Client
from django.urls import path
from site_config import urls
def broken(request): raise RuntimeError("a view that fails")
urls.urlpatterns.insert(0, path("broken/", broken))
client = Client(raise_request_exception=False)
answers = [client.get("/broken/", headers={"host": host}, secure=True) for host in ("evil.example", "example.org")]
mail.mail_admins("A mail", "that arrives")
print([answer.status_code for answer in answers], [message.subject for message in mail.outbox])
"""


def test_errors_go_to_the_log_and_nobody_can_fill_the_administrators_mailbox():
    done = manage("shell", "-v", "0", "-c", STRANGE_REQUESTS, ADMINS="ops@example.org", **PRODUCTION)
    assert done.stdout.strip() == "[400, 500] ['[Django] A mail']"
    assert "Invalid HTTP_HOST header: 'evil.example'" in done.stderr
    assert "RuntimeError: a view that fails" in done.stderr


@pytest.mark.parametrize(
    "address",
    ["postgres//missing-colon", "nonsense", "mysql://u:hunter2@h/db", "postgres://u:hunter2@h:port/db", "postgres://h"],
)
def test_a_malformed_database_address_is_one_sentence_without_the_password(address):
    done = manage("migrate", DATABASE_URL=address)
    assert_one_sentence(done, "DATABASE_URL")
    assert "hunter2" not in done.stderr


def test_a_database_server_that_is_away_is_one_sentence_without_the_password():
    done = manage("migrate", DATABASE_URL="postgres://somebody:hunter2@127.0.0.1:1/column")
    assert_one_sentence(done, "column on 127.0.0.1:1", "DATABASE_URL")
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize(("word", "value"), [("1", True), ("Yes", True), ("0", False), ("false", False), ("", False)])
def test_booleans_are_read_as_words(monkeypatch, word, value):
    monkeypatch.setenv("SWITCH", word)
    assert env.boolean("SWITCH", default=not value) is value


def test_a_boolean_that_is_no_word_is_refused(monkeypatch):
    monkeypatch.setenv("SWITCH", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="SWITCH must be one of"):
        env.boolean("SWITCH")


@pytest.mark.parametrize("value", ["many", "-1", "1.5"])
def test_a_number_that_is_none_is_refused_by_name(monkeypatch, value):
    monkeypatch.setenv("NUMBER", value)
    with pytest.raises(ImproperlyConfigured, match="NUMBER must be"):
        env.integer("NUMBER", 3)


def test_sqlite_is_the_default_and_waits_for_its_lock(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    database = env.database("DATABASE_URL", tmp_path / "db.sqlite3")
    assert database["ENGINE"].endswith("sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 20


def test_an_sqlite_address_gets_the_same_options(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new/column.sqlite3")
    database = env.database("DATABASE_URL", Path("other"))
    assert database == env.sqlite(f"{tmp_path}/new/column.sqlite3")


def test_the_folder_of_the_database_is_made_on_a_new_machine(tmp_path):
    done = manage("showmigrations", "qa", VAR_DIR=str(tmp_path / "new" / "var"), **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "var" / "db.sqlite3").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    done = manage("migrate", VAR_DIR=str(tmp_path / "file" / "var"), **PRODUCTION)
    assert_one_sentence(done, "cannot be made")


def test_a_kept_secret_is_random_stays_and_is_for_its_owner_only(tmp_path):
    first, second = env.kept_secret(tmp_path / "a" / "key"), env.kept_secret(tmp_path / "b" / "key")
    assert first != second
    assert env.kept_secret(tmp_path / "a" / "key") == first
    assert (tmp_path / "a" / "key").stat().st_mode & 0o777 == 0o600


def test_static_files_get_hashed_names_in_production(tmp_path):
    program = (
        "from django.core.management import call_command;"
        "call_command('collectstatic', verbosity=0, interactive=False);"
        "from django.contrib.staticfiles.storage import staticfiles_storage as files;"
        "from qa.templatetags.integrity import integrity;"
        "print(files.url('css/site.css'), files.url('css/desk.css'), files.url('js/desk.js'));"
        "print(integrity('js/desk.js'))"
    )
    done = manage("shell", "-v", "0", "-c", program, VAR_DIR=str(tmp_path), **PRODUCTION)
    assert done.returncode == 0, done.stderr
    *addresses, digest = done.stdout.split()
    for address in addresses:
        file = tmp_path / "static" / address.removeprefix("/static/")
        assert len(file.name.split(".")[1]) == 12
        assert file.exists()
        assert file.with_name(f"{file.name}.gz").exists()
    assert digest == f"sha384-{b64encode(sha384(file.read_bytes()).digest()).decode()}"


@pytest.mark.parametrize(
    ("address", "backend", "server", "prefix"),
    [
        ("opensearch://u:p%40ss@search:9200", "opensearch3", "https://u:p%40ss@search:9200", "wagtail_"),
        ("opensearch2+http://127.0.0.1:9200/column", "opensearch2", "http://127.0.0.1:9200", "column_"),
        ("elasticsearch8+https://search/", "elasticsearch8", "https://search", "wagtail_"),
        ("elasticsearch://search", "elasticsearch9", "https://search", "wagtail_"),
    ],
)
def test_one_variable_sends_the_desks_search_to_a_server(monkeypatch, address, backend, server, prefix):
    monkeypatch.setattr(env, "find_spec", lambda module: module)
    monkeypatch.setenv("SEARCH_URL", address)
    found = env.search_backend("SEARCH_URL")
    assert found["BACKEND"] == f"wagtail.search.backends.{backend}"
    assert (found["URLS"], found["INDEX_PREFIX"]) == ([server], prefix)
    assert find_spec(found["BACKEND"])


@pytest.mark.parametrize(
    "address", ["127.0.0.1:6081", "ftp://cache", "http://user:word@cache", "http://cache/path", "no"]
)
def test_a_wrong_address_of_the_outer_cache_is_refused_by_name(monkeypatch, address):
    monkeypatch.setenv("CACHE_PURGE_URL", address)
    with pytest.raises(ImproperlyConfigured, match="CACHE_PURGE_URL"):
        env.outer_cache("CACHE_PURGE_URL", "a backend")


def test_without_a_search_server_the_desk_searches_in_the_database(monkeypatch):
    monkeypatch.delenv("SEARCH_URL", raising=False)
    assert env.search_backend("SEARCH_URL") == {"BACKEND": "wagtail.search.backends.database"}


@pytest.mark.parametrize("address", ["http://search:9200", "elasticsearch6://u:hunter2@search", "opensearch://", "x"])
def test_a_wrong_search_address_is_one_sentence_without_the_password(address):
    done = manage("check", SEARCH_URL=address)
    assert_one_sentence(done, "SEARCH_URL")
    assert "hunter2" not in done.stderr


def test_a_search_server_without_its_client_is_one_sentence(monkeypatch):
    monkeypatch.setattr(env, "find_spec", lambda module: None)
    monkeypatch.setenv("SEARCH_URL", "opensearch://u:hunter2@search")
    with pytest.raises(ImproperlyConfigured, match=r"not installed: opensearch-py\.$"):
        env.search_backend("SEARCH_URL")
