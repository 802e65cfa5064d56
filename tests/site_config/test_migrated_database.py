"""The database of a test run is never a stale one, and a test that commits leaves nothing of what it did in it."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from wagtail.models import Locale, Page

from qa.models import QuestionIndexPage, Topic
from site_config import env
from tests import migrated_database
from tests.migrated_database import name_of_what_is_kept

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """An installation with two packages; ``wagtail`` has an app with a migration."""
    for name in ("django-5.2.19.dist-info", "wagtail-8.0.1.dist-info", "wagtail/app/migrations"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "wagtail/app/migrations/0001_initial.py").write_text("operations = []")
    installed = [
        SimpleNamespace(name="wagtail.app", label="app", path=str(tmp_path / "wagtail/app")),
        apps.get_app_config("qa"),
    ]
    monkeypatch.setattr(migrated_database, "INSTALLED", tmp_path)
    monkeypatch.setattr(apps, "get_app_configs", lambda: installed)
    return tmp_path


def upgrade_a_package(installation, settings):
    (installation / "wagtail-8.0.1.dist-info").rename(installation / "wagtail-8.1.dist-info")


def install_a_package(installation, settings):
    (installation / "taggit-6.1.dist-info").mkdir()


def add_a_migration(installation, settings):
    (installation / "wagtail/app/migrations/0002_more.py").write_text("operations = []")


def edit_a_migration(installation, settings):
    (installation / "wagtail/app/migrations/0001_initial.py").write_text("operations = [1]")


def change_the_language(installation, settings):
    settings.LANGUAGE_CODE = "de"


def take_an_app(installation, settings):
    apps.get_app_configs().append(SimpleNamespace(name="wagtail.more", label="more", path=str(installation)))


CHANGES = [upgrade_a_package, install_a_package, add_a_migration, edit_a_migration, change_the_language, take_an_app]


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_is_kept_has_another_name_as_soon_as_it_might_be_another(installation, settings, change):
    before = name_of_what_is_kept(connection)
    assert name_of_what_is_kept(connection) == before
    change(installation, settings)
    assert name_of_what_is_kept(connection) != before


@pytest.mark.django_db
@pytest.mark.same_on_every_database
def test_our_own_migrations_are_never_kept():
    ours = {
        config.label
        for config in apps.get_app_configs()
        if (Path(config.path) / "..").resolve() in (ROOT, ROOT / "tests")
    }
    assert ours == {"home", "qa", "notices"}
    assert not ours & migrated_database._installed_apps().keys()


@pytest.mark.same_on_every_database
def test_it_is_made_once_and_again_when_it_might_be_another(tmp_path, monkeypatch, django_db_blocker):
    monkeypatch.setattr(
        migrated_database,
        "_installed_apps",
        lambda: {"contenttypes": Path(import_module("django.contrib.contenttypes").__path__[0])},
    )
    runs, names = [], iter(["test-packages-1.sqlite3", "test-packages-1.sqlite3", "test-packages-2.sqlite3"])
    monkeypatch.setattr(migrated_database, "name_of_what_is_kept", lambda connection: next(names))
    migrate = MigrationExecutor.migrate
    monkeypatch.setattr(
        MigrationExecutor, "migrate", lambda self, targets: [runs.append(targets), migrate(self, targets)]
    )

    def filled(name):
        """Return the tables and the migrations of a new database."""
        database = DatabaseWrapper(connection.settings_dict | env.sqlite(tmp_path / name), "another")
        connections["another"] = database
        try:
            migrated_database._fill(database, tmp_path)
            return database.introspection.table_names(), set(MigrationRecorder(database).applied_migrations())
        finally:
            database.close()
            del connections["another"]

    with django_db_blocker.unblock():
        first = filled("first.sqlite3")
        assert first == (
            ["django_content_type", "django_migrations"],
            {("contenttypes", "0001_initial"), ("contenttypes", "0002_remove_content_type_name")},
        )
        assert filled("second.sqlite3") == first
        assert len(runs) == 1
        filled("third.sqlite3")
    assert len(runs) == 2
    assert [path.name for path in tmp_path.glob("test-packages-*")] == ["test-packages-2.sqlite3"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_time", ["first", "second"])
@pytest.mark.same_on_every_database  # on PostgreSQL Django empties the tables, and such tests come last
def test_a_test_that_commits_leaves_nothing_for_the_next_one(_time):
    column = QuestionIndexPage.objects.get()
    assert (column.title, column.get_parent().title) == ("All questions", "Questions and answers")
    assert Locale.objects.count() == 1
    assert not Topic.objects.exists()
    assert Topic.objects.create(name="Left over", slug="left-over").pk == 1
    Page.objects.all().delete()
    Locale.objects.all().delete()
