"""What search engines are promised."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qa.reading import sitemaps
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db


def locations(client, address):
    response = client.get(address, headers={"host": "localhost"})
    assert response.status_code == 200, address
    tree = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    return [element.text for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def test_the_sitemap_has_every_public_address_and_no_other(client, column):
    root = column.get_site().root_url
    question = make_question(topics=[TopicFactory(name="Django")], answered_by=ExpertFactory(name="Maren"))
    for fields in ({"private": True}, {"publish": False}):
        secret = {"topics": [TopicFactory(name="Secret")], "answered_by": ExpertFactory()}
        make_question(slug=f"secret-{len(fields)}{next(iter(fields))}", **secret, **fields)
    make_question(**secret).unpublish(set_expired=True)
    sections = locations(client, "/sitemap.xml")
    found = [address for section in sections for address in locations(client, re.sub(r"^https?://[^/]+", "", section))]
    paths = ("/", "/questions/", "/questions/topics/", "/questions/topics/django/", "/questions/archive/2026/",
             "/questions/experts/maren/", question.url)  # fmt: skip
    assert found == [f"{root}{path}" for path in paths]
    for path in paths:
        assert client.get(path, headers={"host": "localhost"}).status_code == 200


def test_a_long_column_has_several_files_and_none_costs_more(client, column, monkeypatch):
    def count():
        cache.clear()
        client.get("/", headers={"host": "localhost"})
        with CaptureQueriesContext(connection) as queries:
            locations(client, "/sitemap-questions.xml")
        return len(queries)

    make_question(asked_on=date(2025, 1, 1))
    small = count()
    for _ in range(4):
        make_question()
    assert count() == small <= 8
    monkeypatch.setattr(sitemaps._OfTheSite, "limit", 2)
    files = [address for address in locations(client, "/sitemap.xml") if "questions" in address]
    assert len(files) == 3
    assert len(locations(client, "/sitemap-questions.xml?p=3")) == 1
    assert client.get("/sitemap-questions.xml?p=4", headers={"host": "localhost"}).status_code == 404
    assert client.get("/sitemap-nothing.xml", headers={"host": "localhost"}).status_code == 404


def test_robots_are_told_what_to_leave_alone_and_where_the_sitemap_is(client, column):
    response = client.get("/robots.txt", headers={"host": "localhost"})
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /questions/random/" in lines
    assert lines[-1] == f"Sitemap: {column.get_site().root_url}/sitemap.xml"
