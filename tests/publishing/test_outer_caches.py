"""A cache in front of the site is told of every address that shows a change."""

import re
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageViewRestriction, Site

from home.models import SiteSettings
from qa.models import QuestionPage
from qa.publishing import outer_caches
from qa.publishing.shown_on import ListingPosition
from site_config import env
from tests.factories import ExpertFactory, TopicFactory, make_question

PURGING = "qa.publishing.outer_caches.PurgingBackend"


@pytest.fixture
def cache(settings, monkeypatch, django_capture_on_commit_callbacks):
    """A cache that is sent PURGE: ``cache.asked`` has (host, path), ``cache.paths_of(road)`` what one change purges."""
    asked = []

    class Cache(BaseHTTPRequestHandler):
        def do_PURGE(self):
            asked.append((self.headers["Host"], self.path))
            self.send_response(404)  # what Varnish and nginx say of an address that they do not have: done
            self.end_headers()

        def log_message(self, *args):
            pass

    def paths_of(road):
        asked.clear()
        with django_capture_on_commit_callbacks(execute=True):
            road()
        return {path for _host, path in asked}

    with HTTPServer(("127.0.0.1", 0), Cache) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv("CACHE_PURGE_URL", f"http://127.0.0.1:{server.server_port}")
        settings.WAGTAILFRONTENDCACHE = env.outer_cache("CACHE_PURGE_URL", PURGING)
        outer_caches.connect()
        yield SimpleNamespace(asked=asked, paths_of=paths_of)
        outer_caches.disconnect()
        server.shutdown()


@pytest.mark.django_db
def test_the_addresses_that_show_a_change_are_purged_old_and_new(column, cache):
    old, new = TopicFactory(name="Old"), TopicFactory(name="New")
    shared = {"/", "/questions/", "/questions/feed/", "/questions/topics/", "/sitemap.xml", "/sitemap-questions.xml"}
    page = make_question("Which way?", slug="before", topics=[old])
    assert cache.paths_of(lambda: page.save_revision()) == set()

    page.slug = "after"
    page.question_topics = [type(page.question_topics.first())(topic=new)]
    found = cache.paths_of(lambda: page.save_revision().publish())
    assert found >= shared | {"/questions/before/", "/questions/after/", "/questions/archive/2026/"}
    assert found >= {f"/questions/topics/{slug}/{end}" for slug in ("old", "new") for end in ("", "feed/")}
    assert cache.paths_of(page.unpublish) >= shared | {"/questions/after/"}
    new.name = "Newer"
    assert "/questions/topics/new/" in cache.paths_of(new.save)


@pytest.mark.same_on_every_database
@pytest.mark.django_db
def test_a_cache_that_is_away_is_a_failed_task(settings):
    settings.WAGTAILFRONTENDCACHE = {"default": {"BACKEND": PURGING, "LOCATION": "http://127.0.0.1:1"}}
    with pytest.raises(OSError, match="refused"):
        outer_caches.purge.call(["http://localhost/questions/"])


@pytest.mark.same_on_every_database
@pytest.mark.django_db
def test_a_changed_setting_sends_the_cache_a_purge_for_every_public_page(column, cache):
    make_question(slug="public", topics=[TopicFactory(slug="django")])
    make_question(slug="private", private=True)
    chosen = SiteSettings.for_site(Site.objects.get())
    cache.paths_of(chosen.save)
    assert {f"http://{host}" for host, _path in cache.asked} == {Site.objects.get().root_url}
    paths = [path for _host, path in cache.asked]
    assert {"/", "/questions/", "/questions/public/", "/questions/topics/django/", "/sitemap.xml"} <= set(paths)
    assert "/questions/private/" not in paths
    assert len(paths) == len(set(paths)), "each of them once"


# What else shows a question


def questions_among(paths):
    """The names of questions among addresses, without those with ``?topic=``."""
    return {found[1] for path in paths if (found := re.fullmatch(r"/questions/(q-[\w-]+)/", path))}


@pytest.fixture
def row(column):
    """Seven questions, one a day; the odd ones have a topic."""
    topic = TopicFactory(slug="odd")
    return [
        make_question(slug=f"q-{day}", asked_on=date(2026, 1, day), topics=[topic] if day % 2 else [])
        for day in range(1, 8)
    ]


def moved(page, day):
    page = QuestionPage.objects.get(pk=page.pk)
    page.asked_on = date(2026, 1, day)
    return lambda: page.save_revision().publish()


@pytest.mark.django_db
def test_the_neighbours_of_a_question_are_purged_wherever_it_stood_and_stands(row, cache):
    one, two, three, *_others = row
    # Previous and next of all, and of its topic.
    found = cache.paths_of(lambda: three.save_revision().publish())
    assert questions_among(found) == {"q-1", "q-2", "q-3", "q-4", "q-5"}
    assert {"/questions/q-3/?topic=odd", "/questions/q-1/?topic=odd"} <= found, "the address to which lists lead"
    left, joined = {"q-1", "q-3"}, {"q-6", "q-7"}
    assert questions_among(cache.paths_of(moved(two, 7))) == {"q-2", *left, *joined}
    assert questions_among(cache.paths_of(one.unpublish)) == {"q-1", "q-3"}
    draft = make_question(slug="q-8", asked_on=date(2026, 1, 8), publish=False)
    assert cache.paths_of(lambda: draft.save_revision()) == set()
    assert questions_among(cache.paths_of(lambda: draft.save_revision().publish())) == {"q-7", "q-8"}
    assert questions_among(cache.paths_of(draft.delete)) == {"q-7", "q-8"}


@pytest.mark.django_db
def test_what_becomes_private_is_purged_with_its_neighbours_and_no_private_neighbour_is(row, cache):
    def restrict(page):
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert questions_among(cache.paths_of(lambda: restrict(row[1]))) == {"q-1", "q-2", "q-3"}
    assert "q-2" not in questions_among(cache.paths_of(row[2].unpublish))


@pytest.mark.django_db
def test_questions_that_link_to_a_question_are_purged(column, cache):
    def one(slug, year, **fields):
        return make_question(slug=slug, asked_on=date(year, 1, 1), **fields)

    first = one("q-first", 2010)
    one("q-between", 2011)
    target = one("q-target", 2012, follow_up_to=first)
    one("q-after", 2013)
    one("q-stranger", 2014)
    one("q-linking", 2015, answer=[("markdown", f"See [it](page:{target.pk}).")])
    one("q-goes-on", 2016, follow_up_to=target)
    around = {"q-first", "q-between", "q-target", "q-after", "q-linking", "q-goes-on"}
    assert questions_among(cache.paths_of(target.unpublish)) == around
    republished = QuestionPage.objects.get(pk=target.pk)
    assert questions_among(cache.paths_of(lambda: republished.save_revision().publish())) == around
    assert questions_among(cache.paths_of(QuestionPage.objects.get(pk=target.pk).delete)) >= around - {"q-first"}


@pytest.mark.django_db
def test_the_list_pages_that_name_a_question_are_purged(column, cache, monkeypatch):
    monkeypatch.setattr("qa.publishing.shown_on.PER_PAGE", 2)
    topic, expert = TopicFactory(slug="django"), ExpertFactory(slug="ada")
    pages = [
        make_question(asked_on=date(2025 + day % 2, 1, day), topics=[topic], answered_by=expert) for day in range(1, 9)
    ]
    oldest, newest = pages[1], pages[6]  # of 2025, and of 2026
    found = {path for path in cache.paths_of(oldest.unpublish) if "page=" in path}
    assert found == {
        "/questions/?page=4",
        "/questions/topics/django/?page=4",
        "/questions/experts/ada/?page=4",
        "/questions/archive/2025/?page=2",
    }
    assert not {path for path in cache.paths_of(newest.unpublish) if "page=" in path}, "the first has no number"


@pytest.mark.django_db
def test_the_expert_of_the_column_has_the_questions_that_name_nobody(column, cache, monkeypatch):
    monkeypatch.setattr("qa.publishing.shown_on.PER_PAGE", 1)
    chosen = SiteSettings.for_site(Site.objects.get())
    chosen.expert = expert = ExpertFactory(slug="ada")
    chosen.save()
    oldest, _newer = make_question(), make_question(answered_by=expert)
    assert {"/questions/experts/ada/", "/questions/experts/ada/?page=2"} <= cache.paths_of(oldest.unpublish)


# Pictures and documents


@pytest.mark.django_db
@pytest.mark.indexed
def test_what_shows_a_picture_or_a_document_is_purged_when_it_changes_or_goes(column, cache):
    image = get_image_model().objects.create(title="A plan", file=get_test_image_file())
    document = get_document_model().objects.create(title="A list", file=ContentFile(b"a", "list.txt"))
    figure = {"image": {"image": image.pk, "alt_text": "A plan", "decorative": False}, "caption": "", "credit": ""}
    shows = make_question(slug="q-shows", publish=False)
    shows.answer = shows.answer.stream_block.to_python(
        [{"type": "image", "value": figure}, {"type": "document", "value": {"document": document.pk, "title": ""}}]
    )
    shows.save_revision().publish()
    make_question(slug="q-other")
    expert = ExpertFactory(slug="ada", picture=image)
    make_question(slug="q-by-ada", answered_by=expert)
    assert cache.paths_of(lambda: get_image_model().objects.create(title="New", file=get_test_image_file())) == set()
    found = cache.paths_of(image.save)
    assert questions_among(found) >= {"q-shows", "q-by-ada"}
    assert "/questions/experts/ada/" in found
    assert questions_among(cache.paths_of(document.save)) == {"q-shows"}
    assert questions_among(cache.paths_of(document.delete)) == {"q-shows"}


# What it costs


@pytest.mark.django_db
def test_it_costs_the_same_however_large_the_column_is(column, cache, settings):
    settings.TASKS = settings.TASKS | {"queue": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    topic = TopicFactory()
    publication, worker = [], []
    for number in (4, 8):
        page, *others = [make_question(topics=[topic]) for _number in range(number)]
        DBTaskResult.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            page.save_revision().publish()
        publication.append(len(queries))
        queued = [task.task_path.rsplit(".")[-1] for task in DBTaskResult.objects.all()]
        assert sorted(queued) == ["follow_publication", "purge", "purge", "purge_surroundings", "purge_surroundings"]
        with CaptureQueriesContext(connection) as queries:
            outer_caches.purge_surroundings.call([ListingPosition.of(other).as_json() for other in others[1:]])
        worker.append(len(queries))
    assert publication[0] == publication[1]
    assert worker[0] == worker[1] <= 12
