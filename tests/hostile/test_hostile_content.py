"""Nothing that is typed, uploaded or imported becomes a script, for readers or at the desk, with a policy or without.

The policy of a page is the second wall: the first has to hold by itself. Every address of the desk is looked at by
``python -m benchmarks.hostile``.
"""

import os
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from http.cookies import SimpleCookie

import pytest
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from qa.models import QuestionPage, Topic
from tests.desk.test_admin_permissions import ROUTES, address_of, samples  # noqa: F401 - a fixture
from tests.factories import make_question
from tests.hostile.content import MARK, PAYLOADS, SHORT, fill, set_up_the_site
from tests.hostile.watching import Watch

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.indexed]

READERS = [
    "/", "/questions/", "{question}", "{letter}", "/questions/topics/", "/questions/topics/hostile/",
    "/questions/experts/hostile/", f"/search/?q={MARK}", "/search/?q=%3Cscript%3Ealert(%27zqx%27)%3C/script%3E",
    "/%22%3E%3Cimg%20src=x%20onerror=alert('zqx')%3E/",
]  # fmt: skip
DESK = [
    "/admin/", "/admin/questions/", "/admin/pages/{page}/edit/", "/admin/pages/{page}/history/",
    "/admin/pages/{page}/revisions/compare/earliest...latest/", "/admin/pages/{page}/view_draft/",
    "/admin/pages/{page}/view_draft/?mode=card", "/admin/pages/{page}/view_draft/?mode=feed",
    "/admin/pages/{page}/view_draft/?mode=letter", "/admin/pages/{page}/view_draft/?mode=shared",
    "/admin/pages/{page}/delete/", "/admin/images/", "/admin/documents/", "/admin/snippets/qa/topic/edit/{topic}/",
    "/admin/reports/site-history/", "/admin/reports/vain-searches/",
]  # fmt: skip


@pytest.fixture
def hostile(client, column, administrator, folder):
    """The names of what stands in the addresses above."""
    client.force_login(administrator)
    set_up_the_site()
    page = fill(client, column, make_question("Another?"), folder)
    letter = QuestionPage.objects.get(title__startswith="Letter")
    return {
        "question": page.url,
        "letter": letter.url,
        "page": page.pk,
        "topic": Topic.objects.get(slug="hostile").pk,
        "image": get_image_model().objects.get(title__contains=MARK).pk,
        "document": get_document_model().objects.get(title__contains=MARK).pk,
    }


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_nothing_runs_with_no_policy_to_stop_it(open_window, hostile, administrator):
    watch = Watch(open_window(user=administrator, bypass_csp=True))
    found = [what for address in [*READERS, *DESK] for what in watch.visit(address.format(**hostile), wait=100)]
    watch.visit(f"/admin/pages/{hostile['page']}/edit/")
    panels = watch.page.locator("[data-side-panel-toggle]")
    assert panels.count() > 3
    for panel in panels.all():
        panel.click()
        watch.page.wait_for_timeout(300)  # milliseconds: a panel loads what it shows
    assert not [*found, *watch.heard, *watch.look()]
    watch.page.evaluate(f"document.body.insertAdjacentHTML('beforeend', {SHORT!r})")
    watch.page.wait_for_timeout(500)
    assert watch.heard, "the trap is open"
    assert watch.look()


@pytest.mark.skipif("HOSTILE" not in os.environ, reason="takes minutes: python -m benchmarks.hostile")
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("policy", ["on", "off"])
def test_nothing_runs_at_any_address_of_the_desk(open_window, client, hostile, samples, administrator, policy):  # noqa: F811
    """Each with the hostile question, topic, expert, picture and document where it names one."""
    client.force_login(administrator)
    client.raise_request_exception = False
    own = {"page": hostile["page"], "image": hostile["image"], "document": hostile["document"]}
    watch, pages, found = Watch(open_window(user=administrator, bypass_csp=policy == "off")), 0, []
    cookies = client.cookies.output(header="", sep=";")
    for route in ROUTES:
        for kind in (None, *own):
            named = [*samples, ("", f"{kind}_id|pk|object_id|doc_id", own[kind])] if kind else samples
            if kind and f"{kind}" not in route:
                continue
            client.cookies = SimpleCookie(cookies)  # looking at the address of signing out signs out
            answer = client.get(address_of(route, named))
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                found += watch.visit(address_of(route, named), wait=100)
                pages += 1
    print(f"{pages} pages of the desk, policy {policy}: {len(found)} scripts")  # noqa: T201
    assert not found
    assert pages > 150


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_nothing_runs_nor_is_even_tried_where_the_policy_is_on(open_window, hostile, administrator):
    """``open_window`` fails at what the browser refuses: with hostile content it has nothing to refuse."""
    watch = Watch(open_window(user=administrator))
    some = ["{question}", "{letter}", f"/search/?q={MARK}", "/admin/questions/", "/admin/pages/{page}/edit/"]
    assert not [what for address in some for what in watch.visit(address.format(**hostile), wait=100)]


class Scripts(HTMLParser):
    """Whatever in a page would run."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [f"{tag} {name}" for name, value in attrs if name.startswith("on") and MARK in (value or "")]


@pytest.mark.django_db
def test_a_feed_is_well_formed_and_what_it_carries_runs_nowhere(client, hostile):
    feed = ET.fromstring(client.get("/questions/feed/").content)  # noqa: S314 - our own feed
    texts = [element.text or "" for element in feed.iter()]
    carried = [text for text in texts if "<p>" in text]
    assert carried
    for text in carried:
        parser = Scripts()
        parser.feed(text)
        assert not parser.found
        assert "<script" not in text
        assert "javascript:" not in text.replace("&quot;", '"').split("href=")[-1][:12]


@pytest.mark.django_db
def test_every_field_has_what_was_sent(client, hostile):
    """So that the tests above look at something."""
    html = client.get(hostile["question"]).content.decode()
    assert html.count(MARK) > 50
    assert "<script>alert" not in html
    assert PAYLOADS[0].replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;") in html
