"""Fixtures that every test may use."""

import gc
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Group
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker
from wagtail.models import WorkflowPage

from qa.desk.roles import EDITORS, WRITERS, ensure_roles
from qa.models import QuestionIndexPage
from qa.models.save_context import indexed_later
from tests.every_page import make_every_page
from tests.factories import make_column
from tests.migrated_database import begin_with_what_is_kept, put_back

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

# Playwright's synchronous interface runs an event loop in the test's thread, which Django would take for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_finish() -> None:
    """Look less often for objects that refer to each other: what is imported by now stays until the end anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left with it at the end while the others have nothing."""
    if connection.vendor == "postgresql":  # tests that leave tables empty come last there, as pytest-django puts them
        return
    items.sort(key=lambda item: not (item.get_closest_marker("browser") or item.get_closest_marker("slow")))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Begin the database of each process with a copy of what is kept between runs."""
    begin_with_what_is_kept(connection)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test that commits, put the database back as it was: so the order of tests is free."""
    if connection.vendor == "postgresql":  # a child that a test forks would lose its connection: Django empties tables
        yield
        return
    with django_db_blocker.unblock(), put_back(connection) as function, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: function())
        yield


@pytest.fixture(autouse=True)
def _clean_surroundings(settings: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Give each test its own uploads and an empty cache (Wagtail keeps the root paths of sites in it)."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _indexing(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    """Leave the indexes of the desk alone, except for tests marked ``indexed`` and those with a browser.

    Keeping Wagtail's search and its references up to date is half of what it costs to save a page, and few tests look
    into them. What readers find (``SearchEntry``) is always kept.
    """
    if request.node.get_closest_marker("indexed") or request.node.get_closest_marker("browser"):
        yield
        return
    backends = {name: backend | {"AUTO_UPDATE": False} for name, backend in settings.WAGTAILSEARCH_BACKENDS.items()}
    settings.WAGTAILSEARCH_BACKENDS = backends
    with indexed_later():
        yield


@pytest.fixture
def column(db: None) -> QuestionIndexPage:
    """The question index of an empty site."""
    return make_column()


@pytest.fixture
def every_page(column: QuestionIndexPage) -> dict[str, str]:
    """The addresses of one page of each type that readers meet; the desk's indexes know nothing of them."""
    with indexed_later():
        return make_every_page(column)


@pytest.fixture
def folder(column: QuestionIndexPage, tmp_path: Path) -> Path:
    """An empty folder for letters, and a column to import them into."""
    (tmp_path / "letters").mkdir()
    return tmp_path / "letters"


def _account(name: str, group: str | None) -> AbstractUser:
    make_column()
    if not WorkflowPage.objects.exists():  # the last thing that roles are made of; sixty queries, where nothing is new
        ensure_roles()
    user = get_user_model().objects.create_user(name, f"{name}@example.org", "a password", is_superuser=group is None)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def writer(db: None) -> AbstractUser:
    """An account that drafts."""
    return _account("writer", WRITERS)


@pytest.fixture
def editor(db: None) -> AbstractUser:
    """An account that publishes."""
    return _account("editor", EDITORS)


@pytest.fixture
def administrator(db: None) -> AbstractUser:
    """An account that may do everything."""
    return _account("admin", None)


# The browser

#: What Chromium says when a policy forbids something, and of a policy that it does not understand.
REFUSED = re.compile(r"content.security.policy|permissions.policy|cross-origin-(opener|resource)", re.IGNORECASE)
TELL_WHAT_IS_REFUSED = """addEventListener("securitypolicyviolation", (event) => console.error(
  "Content Security Policy", event.effectiveDirective, event.blockedURI, event.sample, "at", event.sourceFile,
  event.lineNumber, "of", location.href))"""


def chromium_path() -> str | None:
    """Return where Chromium is, ``None`` if it is not installed; the one without windows costs a quarter less."""
    names = ("chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium; without one the test is skipped, and fails where ``CI`` is set."""
    path = chromium_path()
    if path is None:
        reason = "Chromium is not installed (Debian: apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # milliseconds; a busy machine is slow, which is no fault of the page

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    # A process for each page that is gone to is an eighth of what Chromium costs here.
    arguments += ["--process-per-site", "--renderer-process-limit=1", "--disable-site-isolation-trials"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_window(chromium, live_server):
    """A function that opens a browser window on the live site, with cookies of its own: ``open_window(user=editor)``.

    With ``user`` that account is signed in; ``calls`` is a host that it may call, for the test to answer in its place;
    other options are Playwright's of a context. The test fails if a page calls
    another host, a script fails, or the browser refuses what the page's policy does not allow.
    """
    contexts: list[BrowserContext] = []
    strangers: list[str] = []
    errors: list[str] = []
    refused: list[str] = []
    own = (live_server.url, "data:", "blob:", "about:")

    def open_one(user: AbstractUser | None = None, calls: str | None = None, **options: Any) -> "Page":
        context = chromium.new_context(
            **{"base_url": live_server.url, "viewport": {"width": 1280, "height": 1000}} | options
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.on("console", lambda said: refused.append(said.text) if REFUSED.search(said.text) else None)
        context.add_init_script(TELL_WHAT_IS_REFUSED)
        if user:
            client = Client()
            client.force_login(user)
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        known = (*own, calls) if calls else own
        page.on("request", lambda sent: None if sent.url.startswith(known) else strangers.append(sent.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        for page in context.pages:
            # What the desk sends by itself must not be on its way while the database is emptied: PostgreSQL would
            # deadlock.
            page.unroute_all(behavior="ignoreErrors")
            page.goto("about:blank")
        context.close()
    assert not strangers, f"requests to other hosts: {strangers}"
    assert not errors, f"script errors: {errors}"
    assert not refused, f"against the policy of the page: {refused}"


@pytest.fixture
def browser_page(open_window):
    """A new browser window on the live site, of somebody who has not signed in."""
    return open_window()
