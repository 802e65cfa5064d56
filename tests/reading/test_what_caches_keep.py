"""What whoever restricts something is promised: no cache on the way hands it to anybody else."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from tests.factories import make_question

pytestmark = pytest.mark.django_db

KINDS = ["password", "login", "groups"]


def assert_never_stored(response, *statuses):
    assert response.status_code in statuses
    assert {"private", "no-store"} <= set(response.headers.get("Cache-Control", "").split(", "))


@pytest.fixture
def document(column):
    """A document in a collection below another one."""
    upper = Collection.get_first_root_node().add_child(name="Upper")
    lower = upper.add_child(name="Lower")
    return get_document_model().objects.create(
        title="Slides", file=ContentFile(b"%PDF", "slides.pdf"), file_hash="a" * 40, collection=lower
    )


def let_in(client, editor, restriction, unlock):
    """Let the visitor pass, by what the restriction asks for."""
    if restriction.restriction_type == "groups":
        restriction.groups.add(Group.objects.get(name="Editors"))
    if restriction.restriction_type == "password":
        assert_never_stored(client.get(unlock), 200)
        assert_never_stored(client.post(unlock, {"password": "a word", "return_url": "/"}), 302)
    else:
        client.force_login(editor)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["its own collection", "the one above"])
def test_a_private_document_is_stored_nowhere(client, editor, document, kind, where):
    collection = document.collection if where == "its own collection" else document.collection.get_parent()
    restriction = CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=kind, password="a word"
    )
    assert_never_stored(client.get(document.url), 200 if kind == "password" else 302)
    let_in(client, editor, restriction, reverse("wagtaildocs_authenticate_with_password", args=[restriction.pk]))
    response = client.get(document.url)
    assert response.getvalue() == b"%PDF"
    assert_never_stored(response, 200)
    assert_never_stored(client.head(document.url), 200)
    assert_never_stored(client.get(document.url, headers={"if-none-match": f'"{"a" * 40}"'}), 304)


def test_a_public_document_may_be_stored(client, document, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        response = client.get(document.url)
    assert response.getvalue() == b"%PDF"
    assert "Cache-Control" not in response
    assert "Vary" not in response
    assert response["ETag"] == f'"{"a" * 40}"'
    assert client.get(document.url, headers={"if-none-match": f'"{"a" * 40}"'}).status_code == 304


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", ["question", "list", "feed", "front page"])
def test_a_restricted_page_is_stored_nowhere(client, editor, column, kind, which):
    question = make_question("A question?")
    front = column.get_parent().specific
    addresses = {"question": question.url, "list": f"{column.url}topics/", "feed": f"{column.url}feed/"}
    page = {"question": question, "front page": front}.get(which, column)
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind, password="a word")
    address = addresses.get(which, "/")
    assert_never_stored(client.get(address), 200 if kind == "password" else 302)
    unlock = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, page.pk])
    let_in(client, editor, restriction, unlock)
    assert_never_stored(client.get(address), 200)
