"""Policies as browsers get them: what an answer lets them load, run and do."""

import re
from base64 import b64decode
from hashlib import sha384
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.test import Client
from wagtail.documents import get_document_model

from qa.models import QuestionPage
from site_config import env
from tests.factories import make_question

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.django_db]

READERS = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
DESK = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "style-src-attr 'none'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


def policy(answer):
    return set(answer["Content-Security-Policy"].split("; "))


def assert_sisters(answer, loaded_by="same-origin"):
    """What stands beside the policy: whom the answer may be loaded by, and that it is what it says it is."""
    assert answer["Cross-Origin-Resource-Policy"] == loaded_by
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answer["Permissions-Policy"]


def test_every_page_of_readers_has_the_same_strict_policy(client, every_page):
    with_a_video = {every_page["question"], every_page["question within a topic"]}
    for address in {*every_page.values(), "/robots.txt", "/healthz/", "/nothing.php"}:
        answer = client.get(address)
        players = {"frame-src https://player.vimeo.com"} if address in with_a_video else set()
        assert policy(answer) == READERS | players, address
        assert_sisters(answer)


def test_faults_have_it_too(column):
    client = Client(raise_request_exception=False)
    for error, status in [(ValueError, 500), (OperationalError, 503)]:

        def fail(*_, error=error):
            raise error("no")

        with connection.execute_wrapper(fail):
            answer = client.get("/")
        assert (answer.status_code, policy(answer)) == (status, READERS)
        assert_sisters(answer)


@pytest.fixture
def pictures(settings):
    """The folder that pictures are served from."""
    folder = Path(settings.MEDIA_ROOT) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_what_other_sites_may_show_they_can_load(client, column, pictures):
    """Feeds are for programs of others, pictures are in feeds and share cards; a page is in nobody's page."""
    make_question()
    (pictures / "a.webp").write_bytes(b"a picture")
    feed, picture = client.get("/questions/feed/"), client.get("/media/images/a.webp")
    assert_sisters(feed, loaded_by="cross-origin")
    assert_sisters(picture, loaded_by="cross-origin")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/webp")
    assert policy(picture) == {"default-src 'none'", "frame-ancestors 'none'"}
    assert_sisters(client.get("/static/css/site.css"), loaded_by="cross-origin")
    assert_sisters(client.get("/sitemap.xml"))


def test_what_is_no_picture_is_not_shown_from_the_folder_of_pictures(client, column, pictures):
    (pictures / "a.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    answer = client.get("/media/images/a.html")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    assert answer["Content-Disposition"] == "attachment"
    assert "default-src 'none'" in policy(answer)


def test_a_document_runs_nothing(client, column):
    document = get_document_model().objects.create(title="Slides", file=ContentFile(b"a", "slides.txt"))
    answer = client.get(document.url)
    assert "default-src 'none'" in policy(answer)
    assert_sisters(answer)


def test_the_desk_has_its_own_and_frames_its_previews_only(client, editor, column):
    question = make_question(answer=[("embed", {"address": "https://youtu.be/abcdefghijk", "title": "A talk"})])
    for address in ("/admin/login/", "/admin/password_reset/", "/admin/"):  # the last one sends to the first
        assert policy(client.get(address)) == DESK - {"style-src 'self' 'unsafe-inline'"} | {"style-src 'self'"}
    client.force_login(editor)
    edit = f"/admin/pages/{question.pk}/edit/"
    for address in ("/admin/", edit, "/admin/nothing/", f"/admin/pages/{question.pk + 99}/edit/"):
        answer = client.get(address)
        assert policy(answer) == DESK, address
        assert_sisters(answer)
    stored = QuestionPage.objects.get(pk=question.pk)
    video = {"frame-src https://www.youtube-nocookie.com"}
    preview = client.get(f"{edit}preview/?mode=")
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in policy(preview)
    assert policy(stored.make_preview_request()) == READERS | video
    assert policy(client.get(f"/admin/pages/{question.pk}/view_draft/")) == READERS | video


def test_each_script_of_a_page_says_what_is_in_it(client, column):
    scripts = re.findall(r'<script src="([^"]+)" integrity="sha384-([^"]+)"', client.get("/").content.decode())
    assert len(scripts) == client.get("/").content.count(b"<script src=") == 3
    for address, digest in scripts:
        assert b64decode(digest) == sha384(client.get(address).getvalue()).digest(), address


# The operator's word


def test_a_host_that_the_operator_names_is_added_and_nothing_is_lost(monkeypatch):
    monkeypatch.setenv(
        "CSP_HOSTS", "img-src https://a.example.org https://b.example.org:8443 ; font-src https://f.org;"
    )
    found = env.sources("CSP_HOSTS")
    assert env.with_sources(found, {"img-src": ["'self'"], "base-uri": ["'none'"]}) == {
        "img-src": ["'self'", "https://a.example.org", "https://b.example.org:8443"],
        "base-uri": ["'none'"],
        "font-src": ["https://f.org"],
    }
    monkeypatch.delenv("CSP_HOSTS")
    assert env.sources("CSP_HOSTS") == {}


@pytest.mark.parametrize(
    "said",
    [
        "https://a.example.org",
        "img-src",
        "img-src 'unsafe-inline'",
        "script-src 'unsafe-eval'",
        "img-src *",
        "img-src https:",
        "img-src data:",
        "img-src https://*.example.org",
        "img-src http://a.example.org",
        "img-src a.example.org",
        "img-src https://a.example.org/path",
        "img-src https://a.example.org, https://b.example.org",
        "default-src https://a.example.org",
        "frame-ancestors https://a.example.org",
        "img-src https://a.example.org\r\nX-Header: 1",
    ],
)
def test_what_is_no_whole_host_is_refused_by_name(monkeypatch, said):
    monkeypatch.setenv("CSP_HOSTS", said)
    with pytest.raises(ImproperlyConfigured, match="CSP_HOSTS"):
        env.sources("CSP_HOSTS")
