"""References that readers could not follow: refused when published, only mentioned while drafting."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction, ReferenceIndex
from wagtail.test.utils.form_data import rich_text as rich_text_field
from wagtail.test.utils.form_data import streamfield

from qa.blocks.text import PARAGRAPH_FEATURES
from qa.models import QuestionPage, RelatedQuestion
from qa.rendering.markdown import to_html
from qa.rendering.reference_check import examine
from qa.rendering.references import settle
from tests.factories import make_question
from tests.question_form import add, assert_refused, edit_address, form


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
    for (address, reason), finding in zip(references.items(), examine(references), strict=True):
        assert finding.message.startswith(f"{address} {reason}")
        assert finding.refused is ("not published" not in reason)


def test_a_document_below_a_private_collection_is_as_private_to_editors_as_to_readers(column):
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    below = Collection.objects.get(pk=private.pk).add_child(name="Below")
    document = get_document_model().objects.create(title="Minutes", collection=below, file=ContentFile(b"x", "x"))
    address = f"document:{document.pk}"
    assert examine([address]) == [(f"{address} is private: “Minutes”.", True)]
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
    assert examine(addresses) == []


def test_the_number_of_references_does_not_matter_to_the_database(column, django_assert_max_num_queries):
    pages = [make_question(publish=n % 2 == 0) for n in range(6)]
    with django_assert_max_num_queries(6):
        examine([address for page in pages for address in (f"page:{page.pk}", f"letter:{page.letter_id}")])


def comparison(cell):
    """Return a comparison of two columns and a row as the form posts it, with ``cell`` in the second column."""
    columns = {f"column-{n}-{key}": value for n in (0, 1) for key, value in
               {"type": "text", "order": n, "heading": "x", "deleted": ""}.items()}  # fmt: skip
    rows = {"row-count": 1, "row-0-order": 0, "row-0-deleted": "", "cell-0-0": "Price", "cell-0-1": cell}
    return {"caption": "Costs", "column-count": 2, **columns, **rows}


def rich_text(html):
    """Return rich text as the editor posts it."""
    return rich_text_field(html, features=PARAGRAPH_FEATURES)


@pytest.mark.parametrize(
    "place", ["markdown", "quote", "steps", "pushback", "question", "paragraph", "comparison", "reply"]
)
def test_a_wrong_reference_is_not_published_wherever_it_stands(client, column, editor, place):
    private = make_question("Secret plans?", publish=False, private=True)
    text = f"See [this](page:{private.pk}) and [that](document:777)"
    html = f'<p>See <a linktype="page" id="{private.pk}">a</a> <a linktype="document" id="777">b</a></p>'
    blocks = {
        "markdown": [("markdown", text)],
        "quote": [("quote", {"text": text, "who": "", "source": ""})],
        "steps": [("steps", streamfield([("item", {"title": "a", "text": text, "stop": ""})]))],
        "pushback": [("pushback", {"objection": "But…", "reply": streamfield([("markdown", text)])})],
        "question": [],
        "paragraph": [("paragraph", rich_text(html))],
        "comparison": [("comparison", comparison(text))],
        "reply": [("pushback", {"objection": "x", "reply": streamfield([("paragraph", rich_text(html))])})],
    }[place]
    fields = {"question": text} if place == "question" else {}
    response = add(client, editor, column, *blocks, publish=True, **fields)
    assert_refused(response, f"page:{private.pk} is private: ")
    assert "document:777 does not exist." in response.content.decode()


def test_links_of_paragraphs_and_cells_are_known_and_appear_with_their_target(client, column, editor):
    later = make_question("The later one?", publish=False)
    blocks = (
        ("paragraph", rich_text(f'<p><b>See</b> <a linktype="page" id="{later.pk}">prose</a></p>')),
        ("comparison", comparison(f"A *[cell](page:{later.pk})*")),
    )
    response = add(client, editor, column, *blocks, publish=True, slug="first")
    assert f"page:{later.pk} is not published: “The later one?”." in warnings(response)[0]
    page = QuestionPage.objects.published().get(slug="first")
    assert ReferenceIndex.get_references_to(later).count() == len(blocks)
    html = client.get(page.url, headers={"host": "localhost"}).content.decode()
    assert "<b>See</b> prose" in html
    assert "A <em>cell</em>" in html
    later.get_latest_revision().publish()
    html = client.get(page.url, headers={"host": "localhost"}).content.decode()
    assert f'<a href="{later.url}">prose</a>' in html
    assert f'<em><a href="{later.url}">cell</a></em>' in html
    client.force_login(get_user_model().objects.create_superuser("admin"))
    usage = client.get(reverse("wagtailadmin_pages:usage", args=[later.pk]))
    assert usage.content.decode().count("Answer") >= len(blocks)


def test_two_drafts_that_link_to_each_other_are_published_one_after_the_other(client, column, editor):
    one = make_question(publish=False)
    two = make_question(publish=False, answer=[("markdown", f"[one](page:{one.pk})")])
    posted = form(("markdown", f"[two](page:{two.pk})"), slug="one") | {"action-publish": "yes"}
    client.force_login(editor)
    assert f"page:{two.pk} is not published" in warnings(client.post(edit_address(one), posted))[0]
    one, two = QuestionPage.objects.get(pk=one.pk), QuestionPage.objects.get(pk=two.pk)
    assert one.live
    posted = form(("markdown", f"[one](page:{one.pk})"), slug="two") | {"action-publish": "yes"}
    told = warnings(client.post(edit_address(two), posted))
    assert not any(f"page:{one.pk} is not published" in warning for warning in told)
    for page, words in (("/questions/one/", "two"), ("/questions/two/", "one")):
        html = client.get(page, headers={"host": "localhost"}).content.decode()
        assert f'<a href="/questions/{words}/">{words}</a>' in html


def test_whoever_opens_a_page_hears_once_which_recommended_questions_are_gone(client, column, editor):
    names = ("block", "list", "earlier", "deleted")
    targets = {name: make_question(f"The {name} one?") for name in names}
    related = [("related", {"question": targets[name], "note": ""}) for name in ("block", "deleted")]
    page = make_question(answer=related, follow_up_to=targets["earlier"])
    page.related_questions = [RelatedQuestion(question=targets["list"])]
    page.save_revision().publish()
    client.force_login(editor)
    assert warnings(client.get(edit_address(page))) == []

    gone = targets.pop("deleted").pk
    QuestionPage.objects.get(pk=gone).delete()
    targets["block"].unpublish()
    targets["earlier"].unpublish()
    PageViewRestriction.objects.create(page=targets["list"], restriction_type=PageViewRestriction.LOGIN)
    (warning,) = warnings(client.get(edit_address(page)))
    assert f"page:{gone} does not exist." in warning
    for target in targets.values():
        assert target.title in warning
    assert "is private: “The list one?”" in warning

    posted = form(("markdown", "[a](page:77)"), slug="new")
    response = client.post(edit_address(page), posted, follow=True)
    assert response.content.decode().count("page:77 does not exist.") == 1


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
