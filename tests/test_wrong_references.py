"""References that readers could not follow: refused when published, only mentioned while drafting."""

import pytest
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, ReferenceIndex
from wagtail.test.utils.form_data import streamfield

from qa.markdown import to_html
from qa.models import QuestionPage
from qa.reference_check import wrong_references
from qa.references import settle
from tests.factories import make_question
from tests.test_editing import add, assert_refused, edit_address, form


def warnings(response):
    return [str(message) for message in get_messages(response.wsgi_request) if message.level_tag == "warning"]


@pytest.fixture
def references(column):
    """Names of references, by what is wrong with them."""
    collection = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    document = get_document_model().objects.create(title="Minutes", collection=collection, file=ContentFile(b"x", "x"))
    draft, private = make_question("A draft?", publish=False), make_question("A secret?", private=True)
    return {
        f"page:{draft.pk}": "is not published: “A draft?”.",
        f"letter:{draft.letter_id}": "is not published: “A draft?”.",
        f"page:{private.pk}": "is private: “A secret?”.",
        f"document:{document.pk}": "is private: “Minutes”.",
        "page:999999": "does not exist.",
        "page:99999999999999999999": "is not a reference",
        "letter:nobody-wrote-it": "does not exist.",
        "document:999999": "does not exist.",
        "image:999999": "does not exist.",
        "page:abc": "is not a reference",
        "page:": "is not a reference",
        "page:12#part": "is not a reference",
        "PAGE:1": "is not a reference",
    }


def test_each_wrong_reference_is_named_with_its_reason(references):
    for (address, reason), message in zip(references.items(), wrong_references(references), strict=True):
        assert message.startswith(f"{address} {reason}")


def test_a_document_below_a_private_collection_is_as_private_to_editors_as_to_readers(column):
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    below = Collection.objects.get(pk=private.pk).add_child(name="Below")
    document = get_document_model().objects.create(title="Minutes", collection=below, file=ContentFile(b"x", "x"))
    address = f"document:{document.pk}"
    assert wrong_references([address]) == [f"{address} is private: “Minutes”."]
    assert settle(to_html(f"[the minutes]({address})")) == "<p>the minutes</p>\n"


def test_right_references_are_fine(column):
    question = make_question()
    document = get_document_model().objects.create(title="A file", file=ContentFile(b"x", "x"))
    addresses = [
        f"page:{question.pk}",
        f"page:0{question.pk}",
        f"letter:{question.letter_id}",
        f"document:{document.pk}",
    ]
    assert wrong_references(addresses) == []


def test_the_number_of_references_does_not_matter_to_the_database(column, django_assert_max_num_queries):
    pages = [make_question(publish=n % 2 == 0) for n in range(6)]
    with django_assert_max_num_queries(6):
        wrong_references([address for page in pages for address in (f"page:{page.pk}", f"letter:{page.letter_id}")])


@pytest.mark.parametrize("place", ["markdown", "quote", "steps", "pushback", "question"])
def test_a_wrong_reference_is_not_published_wherever_it_stands(client, column, editor, place):
    draft = make_question("Secret plans?", publish=False)
    text = f"See [this](page:{draft.pk}) and ![that](image:777)"
    blocks = {
        "markdown": [("markdown", text)],
        "quote": [("quote", {"text": text, "who": "", "source": ""})],
        "steps": [("steps", streamfield([("item", {"title": "a", "text": text, "stop": ""})]))],
        "pushback": [("pushback", {"objection": "But…", "reply": streamfield([("markdown", text)])})],
        "question": [],
    }[place]
    fields = {"question": text} if place == "question" else {}
    response = add(client, editor, column, *blocks, publish=True, **fields)
    assert_refused(response, f"page:{draft.pk} is not published: ")
    assert "image:777 does not exist." in response.content.decode()


def test_a_draft_keeps_wrong_references_and_its_writer_is_told(client, column, writer):
    texts = (
        ("markdown", "[a](page:abc)"),
        ("pushback", {"objection": "x", "reply": streamfield([("markdown", "[b](page:77)")])}),
    )
    response = add(client, writer, column, *texts, question="[c](page:1#x) `[d](page:78)`")
    (warning,) = warnings(response)
    for reference in ("page:abc is not", "page:77 does not", "page:1#x is not"):
        assert reference in warning
    assert "page:78" not in warning
    page = QuestionPage.objects.get()
    response = client.post(edit_address(page), form(("markdown", "[<b>](page:%3Cb%3E)")), follow=True)
    assert "page:%3Cb%3E is not a reference" in response.content.decode()


def test_nobody_is_warned_without_a_reason_or_while_the_desk_saves_by_itself(client, column, writer):
    response = add(client, writer, column, ("markdown", f"[right](page:{make_question().pk})"), slug="right")
    assert warnings(response) == []
    page = QuestionPage.objects.get(slug="right")
    response = client.post(
        edit_address(page), form(("markdown", "[wrong](page:77)"), slug="right"), headers={"Accept": "application/json"}
    )
    assert response.json()["success"]
    assert warnings(response) == []


def test_a_text_with_a_wrong_reference_is_previewed(client, column, writer):
    client.force_login(writer)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["qa", "questionpage", column.pk])
    data = form(("markdown", "[words](page:abc)"), question="[more words](page:77)")
    assert client.post(address, data).json()["is_valid"]
    assert "more words" in client.get(address).content.decode()


def test_the_readers_letter_is_in_the_reference_index(column):
    target = make_question()
    page = make_question(question=f"See [this](page:{target.pk}).")
    assert [reference.object_id for reference in ReferenceIndex.get_references_to(target)] == [str(page.pk)]


def test_the_readers_letter_is_found_by_its_words_not_by_its_addresses(column):
    field = QuestionPage._meta.get_field("question")
    assert field.get_searchable_content("A [*word*](page:12)") == "A word"
