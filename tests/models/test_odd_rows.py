"""One odd row never takes a list, feed, sitemap, report, calendar, export or search down, for readers or editors."""

import traceback
from http.cookies import SimpleCookie
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.db import transaction

from qa.letters.exporting import letter_of
from qa.letters.form import dump
from qa.links import inspecting
from qa.models import QuestionIndexPage, QuestionPage, SearchEntry
from qa.scheduling.publisher import publish_due
from tests.desk.test_admin_permissions import ROUTES, address_of, samples  # noqa: F401 - a fixture
from tests.every_page import make_every_page
from tests.factories import TopicFactory
from tests.odd_rows import make_odd_rows

pytestmark = pytest.mark.django_db

#: Views that end badly without any odd row: Wagtail's own, and the one that exists to fail.
NOT_OURS = ("failwhale", "sprite", "chosen", "/bulk/")
REFUSED = 500


@pytest.fixture
def odd(column):
    """The odd questions, among one page of each type."""
    addresses = make_every_page(QuestionIndexPage.objects.get())  # with the number of its children
    topic = TopicFactory(name="Odd", slug="odd")
    questions = make_odd_rows(topic)
    SearchEntry.objects.filter(page=questions["no revision"].pk).delete()
    return addresses, questions


@pytest.fixture
def ask(client):
    """Ask for addresses one after the other; ``ask.failed`` has those that ended in an error, and in which line."""
    client.raise_request_exception = False
    errors = []

    def remember(sender, request, **kwargs):
        errors.append(traceback.format_exc(limit=-3))

    def ask(address):
        errors.clear()
        # Some views sign out, which is undone like all else that a request changes; the cookies must be, too.
        client.cookies = SimpleCookie(ask.cookies)
        with transaction.atomic():
            answer = client.get(address, headers={"host": "localhost"})
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        if "/login/?next=" in answer.get("Location", "") and ask.cookies:
            ask.failed.append(f"{address}: not signed in any more")
        if answer.status_code >= REFUSED or errors:
            ask.failed.append(f"{address}: {answer.status_code}\n{errors[-1] if errors else ''}")
        return body

    ask.failed, ask.cookies = [], ""
    got_request_exception.connect(remember)
    yield ask
    got_request_exception.disconnect(remember)


@pytest.fixture
def sign_in(client, ask):
    """A function that signs an account in for all that is asked for."""

    def sign_in(user):
        client.force_login(user)
        ask.cookies = client.cookies.output(header="", sep=";")

    return sign_in


def test_readers_and_machines_get_every_address(odd, ask, column):
    addresses, _questions = odd
    below = ["feed/", "topics/", "topics/odd/", "topics/odd/feed/", "topics/long/", "experts/no-portrait/", "random/"]
    below += ["archive/0001/", "archive/9999/", "?page=2", "?page=3", "topics/odd/?page=2"]
    machines = ["/sitemap.xml", "/sitemap-questions.xml", "/sitemap-lists.xml", "/robots.txt", "/healthz/"]
    search = [f"/search/?q={words}" for words in ("odd", "odd&year=1", "odd&year=9999", "answer&topic=odd", "nowhere")]
    search += ["/search/suggest/?q=od", "/search/suggest?q=od", "/search/?q=odd&page=2"]
    own = [page.get_url() for page in QuestionPage.objects.all() if page.get_url()]
    feeds = {}
    for address in [*addresses.values(), *(column.url + route for route in below), *machines, *search, *own]:
        body = ask(address)
        if address.endswith("feed/"):
            feeds[address] = body
    assert not ask.failed, "\n".join(ask.failed)
    for body in feeds.values():
        entries = ElementTree.fromstring(body).findall("{http://www.w3.org/2005/Atom}entry")  # noqa: S314 - our own
        assert len(entries) == 20
        assert all(entry.find("{http://www.w3.org/2005/Atom}updated").text for entry in entries)


def test_editors_get_every_list_report_and_export(samples, odd, ask, sign_in, administrator):  # noqa: F811
    sign_in(administrator)
    for route in ROUTES:
        if not any(part in route for part in NOT_OURS):
            ask(address_of(route, samples))
    lists = [route for route in ROUTES if "<" not in route and "results" not in route]
    reports = [f"/{route}" for route in lists if "reports" in route or route in ("admin/questions/", "admin/topics/")]
    for address in reports:
        for kind in ("csv", "xlsx"):
            ask(f"{address}?export={kind}")
    for year, month in ((1, 1), (9999, 12), (2026, 5)):
        ask(f"/admin/calendar/{year}/{month}/")
    for page in range(2, 4):
        ask(f"/admin/questions/?p={page}")
    for ordering in ("title", "-asked_on", "word_count", "-word_count", "latest_revision_created_at", "live"):
        ask(f"/admin/questions/?ordering={ordering}")
    assert not ask.failed, "\n".join(ask.failed)


def test_editors_get_every_view_of_an_odd_question(samples, odd, ask, sign_in, administrator):  # noqa: F811
    _addresses, questions = odd
    sign_in(administrator)
    views = [
        route for route in ROUTES if route.startswith(("admin/pages/<int:page_id>/", "admin/questions/<int:page_id>"))
    ]
    views = [route for route in views if route.count("<") == 1]
    for page in questions.values():
        for route in views:
            ask(address_of(route, [*samples, ("", "page_id", page.pk)]))
    assert not ask.failed, "\n".join(ask.failed)


def test_commands_and_letters_go_through_all_of_them(odd):
    _addresses, questions = odd
    call_command("rebuild_search", verbosity=0)
    inspecting.complete()
    for page in questions.values():
        assert dump(letter_of(QuestionPage.objects.get(pk=page.pk)))
    call_command("repair_live_revisions", verbosity=0)
    assert publish_due().failed == ["Scheduled without words?"]
