"""Old addresses keep working, and one that has nothing says where to go."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction

from qa.models import GoneAddress, QuestionPage
from qa.models.records import gone
from qa.reading.missing import words_of
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db


def get(client, address):
    return client.get(address, headers={"host": "localhost"})


@pytest.fixture
def rename(django_capture_on_commit_callbacks):
    """Rename a page the way the desk does: a new revision, published."""

    def _rename(page, slug, *, publish=True):
        page = type(page).objects.get(pk=page.pk).get_latest_revision_as_object()
        page.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            revision = page.save_revision()
            if publish:
                revision.publish()

    return _rename


def assert_leads(client, old, new):
    """Check that an old address leads to a readable new one in one step, for ever."""
    response = get(client, old)
    assert (response.status_code, response["Location"]) == (301, new), old
    assert get(client, new).status_code == 200, new


def test_a_renamed_question_is_found_at_every_address_it_had_in_one_step(client, column, rename):
    question = make_question(slug="first")
    for slug in ("second", "third"):
        rename(question, slug)
    for old in ("first", "second"):
        assert_leads(client, f"/questions/{old}/", "/questions/third/")


def test_a_renamed_index_takes_all_its_addresses_along(client, column, rename):
    topic = TopicFactory(name="Django")
    question = make_question(slug="one", topics=[topic], answered_by=ExpertFactory(name="Maren"))
    rename(question, "two")
    rename(column, "answers")
    topic.slug = "web"
    topic.save()
    for path in ("", "two/", "topics/", "experts/maren/", "archive/2026/"):
        assert_leads(client, f"/questions/{path}", f"/answers/{path}")
    assert_leads(client, "/questions/one/", "/answers/two/")
    assert_leads(client, "/questions/topics/django/", "/answers/topics/web/")
    assert_leads(client, "/answers/topics/django/", "/answers/topics/web/")


def test_nobody_has_the_address_of_a_draft_so_renaming_it_leaves_no_redirect(client, column, rename):
    draft = make_question(slug="draft", publish=False)
    rename(draft, "other", publish=False)
    rename(draft, "published")
    assert not Redirect.objects.exists()
    assert get(client, "/questions/draft/").status_code == 404
    assert get(client, "/questions/published/").status_code == 200


def test_a_question_renamed_while_it_is_offline_is_found_at_its_old_address(client, column, rename):
    question = make_question(slug="before")
    question.unpublish()
    rename(question, "meanwhile", publish=False)
    rename(question, "after")
    assert_leads(client, "/questions/before/", "/questions/after/")


@pytest.mark.parametrize("how", ["unpublished", "expired", "deleted", "deleted with its index"])
def test_a_question_that_was_public_is_gone_for_good_without_its_title(client, column, rename, how):
    topic = TopicFactory(name="Django")
    other = make_question("Another one?", topics=[topic])
    question = make_question("The one taken down?", slug="first", topics=[topic])
    rename(question, "second")
    question.refresh_from_db()
    match how:
        case "unpublished" | "expired":
            question.unpublish(set_expired=how == "expired")
        case "deleted":
            question.delete()
        case _:
            column.delete()
    response = get(client, "/questions/second/")
    html = response.content.decode()
    assert response.status_code == 410
    assert "This answer is no longer here" in html
    assert question.title not in html
    if "index" not in how:
        assert other.title in html
        assert 'href="/questions/"' in html
    if "deleted" not in how:
        assert 'href="/questions/topics/django/">Django' in html
    old = get(client, "/questions/first/")
    assert old.status_code == 410 or old["Location"] == "/questions/second/"


def test_a_question_that_comes_back_is_there_again(client, column, rename):
    question = make_question(slug="back")
    question.unpublish()
    assert get(client, "/questions/back/").status_code == 410
    QuestionPage.objects.get(pk=question.pk).save_revision().publish()
    assert get(client, "/questions/back/").status_code == 200
    question.delete()
    make_question(slug="back")
    assert get(client, "/questions/back/").status_code == 200


def test_a_question_renamed_there_and_back_does_not_lead_to_itself(client, column, rename):
    question = make_question(slug="here")
    rename(question, "there")
    rename(question, "here")
    assert_leads(client, "/questions/there/", "/questions/here/")
    QuestionPage.objects.get(pk=question.pk).unpublish()
    assert get(client, "/questions/here/").status_code == 410


def test_what_was_never_public_or_is_private_now_is_not_found(client, column):
    make_question(slug="draft", publish=False)
    was_public = make_question(slug="private")
    PageViewRestriction.objects.create(page=was_public, restriction_type=PageViewRestriction.LOGIN)
    was_public.unpublish()
    make_question(slug="deleted-draft", publish=False).delete()
    make_question(slug="deleted-secret", private=True).delete()
    assert not GoneAddress.objects.exists()
    for slug in ("draft", "private", "deleted-draft", "deleted-secret"):
        assert get(client, f"/questions/{slug}/").status_code == 404, slug


def test_an_editors_redirect_from_a_gone_address_is_followed(client, column):
    make_question(slug="old").delete()
    better = make_question(slug="better")
    Redirect.add_redirect("/questions/old/", better)
    assert_leads(client, "/questions/old/", "/questions/better/")


def test_only_the_latest_gone_addresses_are_remembered(monkeypatch):
    monkeypatch.setattr(gone, "MOST_REMEMBERED", 3)
    for number in range(5):
        GoneAddress.remember({f"/{number}"})
    GoneAddress.remember({"/4", "/" + "x" * 700})
    assert set(GoneAddress.objects.values_list("path", flat=True)) == {"/2", "/3", "/4"}


def test_not_found_offers_a_search_and_the_newest_questions(client, column):
    newest = make_question("The newest one?")
    make_question("Hidden?", private=True)
    response = get(client, "/blog/2024/Why-not_Django.html/")
    html = response.content.decode()
    assert response.status_code == 404
    assert 'value="Why not Django"' in html  # in the search field
    assert response.context["words"] == "Why not Django"
    assert newest.title in html
    assert "Hidden?" not in html


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/questions/why-not-django/", "why not django"),
        ("/questions/archive/1999/", ""),
        ("/", ""),
        ("/a/<script>&\"/", "script"),
        ("/ünï-cödé/", "ünï cödé"),
        ("/" + "ab-" * 4000, " ".join(["ab"] * 67)[:200].rstrip()),
    ],
)  # fmt: skip
def test_the_words_of_an_address_are_what_a_reader_would_search_for(path, words):
    assert words_of(path) == words


@pytest.mark.parametrize(
    "path", ["/wp-login.php", "/static/x/", "/media/a/", "/favicon.ico", "/robots.text", "/.env", "/api/v1/"]
)
def test_programs_that_try_addresses_get_one_line_and_cost_next_to_nothing(client, column, path):
    get(client, path)
    with CaptureQueriesContext(connection) as queries:
        response = get(client, path)
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")
    # Wagtail's own: where the site is, whether the address redirects, and the page tree for what looks like a page.
    assert len(queries) <= 6, [re.sub(r"SELECT .* FROM", "", query["sql"])[:120] for query in queries]


def test_a_reader_who_clicks_on_a_document_that_is_gone_gets_a_page(client, column):
    assert "There is no page at this address" in get(client, "/documents/999/slides.pdf").content.decode()


def test_not_found_and_gone_cost_the_same_in_a_column_of_any_size(client, column):
    make_question(slug="gone", topics=[TopicFactory()]).unpublish()

    def counts():
        found = []
        for path in ("/nothing/at-all/", "/questions/gone/"):
            get(client, "/")
            with CaptureQueriesContext(connection) as queries:
                get(client, path)
            found.append(len(queries))
        return found

    for _ in range(5):
        make_question(topics=[TopicFactory()])
    small = counts()
    for _ in range(10):
        make_question(topics=[TopicFactory()])
    assert counts() == small
    assert max(small) <= 18
