"""What people who read the column in a feed reader are promised."""

import re
from datetime import UTC, date, datetime

import feedparser
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qa.feeds import portable
from qa.models import QuestionPage, QuestionUpdate
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db


def get(client, address, **headers):
    return client.get(address, headers={"host": "localhost", **headers})


def parsed(client, address):
    response = get(client, address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.bozo_exception
    return feed


def published(question, moment):
    QuestionPage.objects.filter(pk=question.pk).update(first_published_at=moment)


def test_the_feed_has_whole_answers_that_make_sense_away_from_the_site(client, column):
    root = column.get_site().root_url
    other = make_question("The other one?", slug="other")
    question = make_question(
        "1 < 2 & \x0c “ja”?",
        slug="one",
        asker_name="Robert B.",
        asked_on=date(2019, 5, 1),
        question="At *length*.",
        summary="In short: 1 < 2.",
        topics=[TopicFactory(name="Django & Co", slug="django"), TopicFactory(name="Careers")],
        answered_by=ExpertFactory(name="Maren Holloway"),
        answer=[
            ("heading", {"text": "Why so", "level": "h2"}),
            ("markdown", f"See [it](page:{other.pk}), [above](#why-so) and <script>alert(1)</script>.\x0b"),
            ("code", {"code": "a < b", "language": "python"}),
            ("pushback", {"objection": "But it is slow…", "reply": [("markdown", "No.")]}),
        ],
    )
    feed = parsed(client, f"{column.url}feed/")
    assert (feed.version, feed.feed.links[1].rel, feed.feed.links[1].href) == (
        "atom10",
        "self",
        f"{root}/questions/feed/",
    )
    assert feed.feed.author == "Asked & Answered"
    entry = feed.entries[0]
    assert entry.link == f"{root}/questions/one/"
    assert re.fullmatch(rf"tag:127\.0\.0\.1,\d{{4}}-\d\d-\d\d:question/{question.letter_id}", entry.id)
    assert (entry.author, [tag.term for tag in entry.tags]) == ("Maren Holloway", ["Django & Co", "Careers"])
    raw = get(client, f"{column.url}feed/").content.decode()
    assert "<title>1 &lt; 2 &amp;  “ja”?</title>" in raw
    content = entry.content[0].value
    for words in ("Robert B.", "<em>length</em>", "But it is slow…", "a &lt; b", f'href="{root}/questions/other/"'):
        assert words in content
    assert f'href="{root}/questions/one/#why-so"' in content
    assert "In short: 1 &lt; 2." in entry.summary
    for unwanted in ("<script", " id=", " class=", " data-", 'href="/', 'href="#'):
        assert unwanted not in content, unwanted


def test_pictures_and_relative_addresses_are_absolute_and_nothing_of_the_page_is_left():
    html = (
        '<picture><source srcset="/a.avif 480w"><img src="/a.jpg" srcset="/a.jpg 480w" alt="A" id="x"></picture>'
        '<form><button>Copy</button></form><a href="mailto:a@b.c" onclick="x()">m</a><svg><path d="M0"/></svg>'
    )
    assert portable(html, "https://example.org/q/") == (
        '<img src="https://example.org/a.jpg" alt="A">Copy<a href="mailto:a@b.c">m</a>'
    )


def test_a_private_question_is_in_no_feed(client, column):
    topic = TopicFactory(name="Django")
    make_question("Published?", topics=[topic])
    for fields in ({"private": True}, {"publish": False}):
        make_question("Secret?", topics=[topic], **fields)
    make_question("Secret?", topics=[topic]).unpublish()
    for address in (f"{column.url}feed/", f"{column.url}topics/django/feed/"):
        assert [entry.title for entry in parsed(client, address).entries] == ["Published?"]
        assert "Secret" not in get(client, address).content.decode()


def test_a_topics_feed_has_its_questions_only_and_is_announced_where_readers_are(client, column):
    topic = TopicFactory(name="Django")
    inside, _outside = make_question("Inside?", topics=[topic]), make_question("Outside?")
    feed = parsed(client, f"{column.url}topics/django/feed/")
    assert [entry.title for entry in feed.entries] == ["Inside?"]
    assert feed.feed.title == "Asked & Answered: Django"
    link = '<link rel="alternate" type="application/atom+xml" title="{}" href="{}">'
    whole, own = (
        link.format("Asked &amp; Answered", "/questions/feed/"),
        link.format("Django", "/questions/topics/django/feed/"),
    )
    for address, wanted in {
        "/": [whole],
        column.url: [whole],
        inside.url: [whole, own],
        f"{column.url}topics/django/": [whole, own],
    }.items():
        html = get(client, address).content.decode()
        assert re.findall(r'<link rel="alternate"[^>]*>', html) == wanted, address
    assert get(client, f"{column.url}topics/nothing/feed/").status_code == 404
    assert get(client, f"{column.url}topics/a%00b/feed/").status_code == 404


def test_what_is_answered_last_is_first_however_old_the_question_is(client, column):
    new, old = (
        make_question("Asked now?", asked_on=date(2026, 5, 1)),
        make_question("Asked long ago?", asked_on=date(2001, 1, 1)),
    )
    published(new, datetime(2026, 5, 2, tzinfo=UTC))
    published(old, datetime(2026, 5, 3, tzinfo=UTC))
    assert [entry.title for entry in parsed(client, f"{column.url}feed/").entries] == [old.title, new.title]


def test_an_entry_is_updated_when_an_update_is_announced_and_keeps_its_id(client, column):
    question = make_question(slug="one")
    published(question, datetime(2026, 1, 2, 12, tzinfo=UTC))
    before = parsed(client, f"{column.url}feed/").entries[0]
    assert (before.updated, before.published) == ("2026-01-02T12:00:00+00:00",) * 2
    question.refresh_from_db()
    question.title, question.slug = "A corrected comma?", "other"
    question.save_revision().publish()
    corrected = parsed(client, f"{column.url}feed/").entries[0]
    assert (corrected.id, corrected.updated) == (before.id, before.updated)
    assert corrected.title == "A corrected comma?"
    question.updates = [QuestionUpdate(date=date(2026, 3, 4), note="A new number.")]
    question.save_revision().publish()
    after = parsed(client, f"{column.url}feed/").entries[0]
    assert (after.id, after.published, after.updated) == (before.id, before.published, "2026-03-04T00:00:00+00:00")


def test_a_reader_who_has_the_feed_already_gets_nothing_twice(client, column):
    address = f"{column.url}feed/"
    empty = get(client, address)
    assert get(client, address, if_none_match=empty["ETag"]).status_code == 304
    make_question()
    response = get(client, address, if_none_match=empty["ETag"])
    assert response.status_code == 200
    for header, value in (("if_none_match", "ETag"), ("if_modified_since", "Last-Modified")):
        same = get(client, address, **{header: response[value]})
        assert (same.status_code, same.content) == (304, b""), header
    assert "max-age" in response["Cache-Control"]
    assert not response.cookies


def test_a_feed_costs_the_same_in_a_column_of_any_size(client, column):
    topic = TopicFactory(name="Django")
    target = make_question()

    def count():
        cache.clear()
        get(client, "/")
        with CaptureQueriesContext(connection) as queries:
            assert get(client, f"{column.url}topics/django/feed/").status_code == 200
        return len(queries)

    def grow(number):
        for _ in range(number):
            make_question(topics=[topic], answer=[("markdown", f"[a](page:{target.pk}), [b](page:1)")])

    grow(3)
    small = count()
    grow(22)
    assert count() == small
    assert small <= 16
