"""Whoever is signed in and sends the desk what no browser sends gets a 4xx, and no error of the server."""

import logging

import pytest
from django.http import Http404
from wagtail.models import PageViewRestriction

from qa.desk.reports import vain_searches
from site_config import odd_requests
from tests.factories import make_question
from tests.question_form import PARAGRAPH, form

pytestmark = pytest.mark.django_db

LONG = "9" * 25
CHOOSERS = ("images/chooser", "documents/chooser", "snippets/choose/qa/topic", "snippets/choose/qa/expert")
#: What Wagtail itself answers with an error of the server: method, address, status that ours gives, and the form.
STOCK = [
    *[("get", f"{chooser}/chosen/{key}/", 404, {}) for chooser in CHOOSERS for key in ("abc", "a%00b")],
    *[("get", f"{chooser}/chosen-multiple/?id={key}", 400, {}) for chooser in CHOOSERS for key in ("abc", "a%00b")],
    ("post", "editing-sessions/ping/wagtailcore/page/a%00b/1/", 404, {}),
    ("get", "pages/{page}/revisions/0/revert/", 404, {}),
    ("get", "bulk/wagtailcore/page/delete/?id=abc", 400, {}),
    ("get", "choose-page/?target_pages[]=abc", 400, {}),
    ("get", "choose-phone-link/?parent_page_id=abc", 400, {}),
    ("get", "choose-page/chosen-multiple/?id=1", 400, {}),
    ("post", "pages/{page}/copy/", 400, {}),
    ("post", "pages/{page}/unpublish/?next=abc", 400, {}),
    ("post", "pages/{page}/move/", 400, {"new_parent_page": "abc"}),
    ("post", "sites/new/", 400, {"root_page": "abc"}),
    ("post", "snippets/choose/qa/topic/create/", 400, {}),
    ("post", "choose-external-link/", 400, {}),
    ("post", "redirects/import/process/", 400, {}),
    ("get", "images/chooser/?tag=a&q=b", 400, {}),
    ("get", "pages/search/?q=" + "word%20" * 1200, 400, {}),
    ("get", "failwhale/", 404, {}),
]


@pytest.mark.parametrize(("method", "address", "status", "data"), STOCK)
def test_what_no_browser_sends_is_refused(client, administrator, column, method, address, status, data):
    client.force_login(administrator)
    answer = getattr(client, method)(f"/admin/{address.format(page=make_question().pk)}", data)
    assert answer.status_code == status


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("method", "address", "status", "data"), STOCK)
def test_stock_wagtail_fails(client, administrator, column, monkeypatch, method, address, status, data):
    """Where it does so no longer, its line goes; without any line, so does the module."""
    monkeypatch.setattr(odd_requests, "_is_odd", lambda name, value: False)
    monkeypatch.setattr(odd_requests, "_is_raised_by_wagtail", lambda error: False)
    monkeypatch.setattr(odd_requests, "_RAISES_ONLY", "")
    client.raise_request_exception = False
    client.force_login(administrator)
    answer = getattr(client, method)(f"/admin/{address.format(page=make_question().pk)}", data)
    assert answer.status_code == 500


def test_what_is_meant_is_answered(client, administrator, column):
    question = make_question(f"Is {LONG} a prime?")
    client.force_login(administrator)
    for address in (
        f"questions/?q={LONG}",
        f"pages/{question.pk}/edit/",
        f"pages/{column.pk}/?p=1&owner={administrator.pk}",
        f"bulk/wagtailcore/page/delete/?id={question.pk}&id=all&childOf={column.pk}",
        "images/?collection_id=&p=0",
        f"users/?q={LONG}",
    ):
        assert client.get(f"/admin/{address}").status_code == 200, address


def test_a_mistake_of_ours_stays_an_error_of_the_server(client, administrator, column, monkeypatch):
    """It is in our own code, or nothing was sent that could be to blame: whoever runs the site hears of it."""
    client.raise_request_exception = False
    client.force_login(administrator)
    with monkeypatch.context() as patch:
        patch.setattr(vain_searches, "found_by_now", lambda searches: int("no number"))
        assert client.get("/admin/reports/vain-searches/?q=a").status_code == 500
    with monkeypatch.context() as patch:
        patch.setattr("wagtail.admin.views.home.HomeView.get_panels", lambda self, context: int("no number"))
        assert client.get("/admin/").status_code == 500


@pytest.mark.parametrize("rows", ["501", "99999", "9" * 5000])
def test_a_form_with_more_rows_than_any_has_is_refused_before_they_are_made(client, writer, column, rows):
    question = make_question(publish=False, owner=writer)
    client.force_login(writer)
    address = f"/admin/pages/{question.pk}/edit/"
    assert client.post(address, form(PARAGRAPH) | {"updates-TOTAL_FORMS": rows}).status_code == 400
    assert client.post(address, form(PARAGRAPH)).status_code == 302


def test_the_log_says_what_was_wrong(client, administrator, column, caplog):
    client.force_login(administrator)
    with caplog.at_level(logging.WARNING, "django.request"):
        client.post(f"/admin/pages/{make_question().pk}/unpublish/?next=abc")
    assert any(record.exc_info and record.levelno == logging.WARNING for record in caplog.records)


@pytest.mark.parametrize("mode", ["abc", "a%00b", "../card", "%FF"])
@pytest.mark.parametrize("address", ["view_draft/", "revisions/{revision}/view/"])
def test_a_kind_of_preview_that_there_is_not_is_not_found(client, editor, column, mode, address):
    question = make_question(publish=False)
    client.force_login(editor)
    address = f"/admin/pages/{question.pk}/{address.format(revision=question.latest_revision_id)}"
    assert client.get(f"{address}?mode={mode}").status_code == 404
    assert client.get(f"{address}?mode=card").status_code == 200
    with pytest.raises(Http404):
        question.get_preview_template(None, "..")


@pytest.mark.parametrize("address", ["abc", "%00", "?"])
def test_where_one_is_led_back_to_is_no_name_of_a_view(client, editor, column, address):
    client.force_login(editor)
    answer = client.post("/admin/reports/vain-searches/remove/", {"next": address})
    assert answer.status_code == 302


@pytest.mark.parametrize("address", ["/documents/{}/a/", "/documents/{}/a.pdf", "/media/images/{}.jpg"])
@pytest.mark.parametrize("digits", [20, 400, 5000])
def test_a_number_of_any_length_is_no_file(client, column, address, digits):
    assert client.get(address.format("9" * digits)).status_code == 404


@pytest.mark.parametrize("asked", ["{{x}}", "a", "wagtailadmin_home", "%00", "/admin/reports/"])
def test_whoever_is_signed_in_is_led_on_wherever_they_ask_for(client, writer, asked):
    client.force_login(writer)
    assert client.get("/admin/login/", {"next": asked}).status_code == 302


def test_the_password_of_a_page_is_asked_for_at_that_page_only(client, writer, column):
    question = make_question()
    restriction = PageViewRestriction.objects.create(page=question, restriction_type="password", password="a secret")
    client.force_login(writer)
    for page, status in ((question.pk, 200), (1, 404), (column.pk, 404), (question.pk + 99, 404)):
        for ask in (client.get, client.head):
            assert ask(f"/_util/authenticate_with_password/{restriction.pk}/{page}/?next=%5C").status_code == status
