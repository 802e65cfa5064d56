"""Editors search for whatever they like, in every list and chooser."""

from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = [pytest.mark.django_db, pytest.mark.indexed]

PLACES = ["documents/", "documents/chooser/results/", "images/", "images/chooser/results/", "pages/search/",
          "choose-page/search/", "snippets/qa/topic/", "snippets/choose/qa/expert/results/", "users/", "questions/",
          "redirects/", "reports/vain-searches/"]  # fmt: skip
WORDS = [
    '5" disk',
    'a"b',
    '"a',
    '""',
    'a"<b c',
    'a "b" c"',
    "100% %s",
    "C++",
    "-a",
    "it's",
    "a\\b",
    "a\x14b",
    "a* OR (b",
    "a<b",
]


@pytest.fixture
def library(column):
    get_image_model().objects.create(title='A 5" disk', file=get_test_image_file())
    get_document_model().objects.create(title='A 5" disk', file=ContentFile(b"a", "a.txt"))
    make_question('Why a 5" disk?', topics=[TopicFactory(name='5" disks', slug="disks")], answered_by=ExpertFactory())


@pytest.mark.parametrize("place", PLACES)
def test_every_list_can_be_searched_for_anything(client, administrator, library, place):
    client.force_login(administrator)
    for words in WORDS:
        assert client.get(f"/admin/{place}?q={quote(words)}").status_code == 200, words


@pytest.mark.parametrize("place", ["documents/", "images/chooser/results/", "pages/search/", "choose-page/search/"])
def test_what_has_a_quotation_mark_is_found_with_it(client, administrator, library, place):
    client.force_login(administrator)
    assert "5&quot; disk" in client.get(f"/admin/{place}?q={quote(WORDS[0])}").content.decode()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has another way of writing words")
def test_stock_modelsearch_fails(client, administrator, library, monkeypatch):
    from modelsearch.backends.database.sqlite.query import Lexeme

    monkeypatch.setattr(Lexeme, "as_sql", Lexeme.as_sql.__wrapped__)
    client.force_login(administrator)
    with pytest.raises(OperationalError):
        client.get(f"/admin/choose-page/search/?q={quote(WORDS[0])}")
