"""Settings of the test suite. Each line that differs from production says why."""

import django

from site_config import env

from .base import *  # noqa: F403
from .base import INSTALLED_APPS, STORAGES, TASKS, VAR_DIR

SECRET_KEY = "only-for-tests"  # noqa: S105  sessions of a test run live for seconds
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

# The clock publishes whatever can be scheduled. The column has pages only; its promises for other models need one.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.notices"]

# `make test` runs everything twice: without this variable on SQLite, with it on PostgreSQL.
DATABASES = {"default": env.database("TEST_DATABASE_URL", VAR_DIR / "test.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: WAL, locks and the live server's threads behave as they do in production.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    # Nobody needs a test database after a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"

# Hashing a password on purpose slowly costs a second for every few logins.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Hashed names need collectstatic; that they work is tested by one test which runs it.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Autosave races the typing of a browser test; the test of autosave sets its own interval.
WAGTAIL_AUTOSAVE_INTERVAL = 0
# Processes that tests start (tests/processes.py) queue and log as in production; beside a test itself no worker runs.
if not env.boolean("TEST_PROCESS"):
    # Of the package that django-tasks-db builds on: tests swap the two, and a task belongs to one of them.
    tasks = "django.tasks" if django.VERSION >= (6, 0) else "django_tasks"
    TASKS = TASKS | {"queue": {"BACKEND": f"{tasks}.backends.immediate.ImmediateBackend"}}
    LOGGING = {"version": 1, "disable_existing_loggers": False}
