"""Editors look for pictures and documents that nobody uses, by their words."""

import pytest
from django.core.files.base import ContentFile
from django_filters import RangeFilter
from wagtail.documents import get_document_model
from wagtail.documents.views.documents import DocumentsFilterSet
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.images.views.images import ImagesFilterSet

from qa.desk.usage_filter import _UsageFilter
from tests.factories import make_question

pytestmark = [pytest.mark.django_db, pytest.mark.indexed]


@pytest.fixture
def library(column):
    image, document = get_image_model(), get_document_model()
    used = image.objects.create(title="A used plan", file=get_test_image_file())
    image.objects.create(title="An idle plan", file=get_test_image_file())
    document.objects.create(title="An idle plan", file=ContentFile(b"a", "a.txt"))
    slides = document.objects.create(title="A used plan", file=ContentFile(b"b", "b.txt"))
    blocks = [("image", {"image": used, "caption": ""}), ("document", {"document": slides, "title": ""})]
    make_question(answer=blocks)


@pytest.mark.parametrize("kind", ["images", "documents"])
def test_the_unused_are_found_by_their_words(client, editor, library, kind):
    client.force_login(editor)
    for asked, idle, used in (("usage_count_max=0", 1, 0), ("usage_count_min=1", 0, 1), ("usage_count_min=", 1, 1)):
        html = client.get(f"/admin/{kind}/?q=plan&{asked}").content.decode()
        assert [("An idle plan" in html), ("A used plan" in html)] == [bool(idle), bool(used)], asked


@pytest.mark.parametrize(("kind", "filters"), [("images", ImagesFilterSet), ("documents", DocumentsFilterSet)])
def test_stock_wagtail_fails(client, editor, library, monkeypatch, kind, filters):
    monkeypatch.setattr(_UsageFilter, "filter", RangeFilter.filter)
    assert isinstance(filters.base_filters["usage_count"], _UsageFilter)
    client.force_login(editor)
    with pytest.raises(AttributeError):
        client.get(f"/admin/{kind}/?q=plan&usage_count_max=0")
