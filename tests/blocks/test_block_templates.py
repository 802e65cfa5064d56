"""What each block of an answer promises: safe to read, honest in the picker, patient with drafts."""

import json
from html import unescape
from http import HTTPStatus

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from qa.models import QuestionPage
from qa.rendering.answers import render
from tests.factories import make_question

pytestmark = pytest.mark.same_on_every_database

BLOCKS = QuestionPage.answer.field.stream_block.child_blocks
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "quotes": '"\' onmouseover="alert(1)" x=\'',
    "template": "{{ 7|add:7 }}{% load static %}",
    "right to left": "\u202eשלום <b>עולם</b>",
    "image": "<img src=x onerror=alert(1)>",
    "entities": "&lt;script&gt; &amp; &#60;script&#62;",
    "long": "word " * 2_000,
}


KNOWING_ENTITIES = {"markdown", "heading", "callout", "short_answer", "comparison"}


def values(text):
    """Return a raw value for each type of block with ``text`` wherever text can be."""
    code = {"code": text, "language": text, "filename": text, "caption": text}
    code |= {"highlight_lines": text, "line_numbers": True}
    return {
        "paragraph": text,
        "heading": {"text": text, "level": text},
        "markdown": text,
        "quote": {"text": text, "who": text, "source": text},
        "steps": [{"type": "item", "id": "1", "value": {"title": text, "text": text, "stop": text}}],
        "pushback": {
            "objection": text,
            "reply": [{"type": "markdown", "value": text}, {"type": "code", "value": code}],
        },
        "callout": {"kind": text, "date": None, "text": text},
        "code": code,
        "short_answer": text,
        "comparison": {
            "caption": text,
            "columns": [{"type": "text", "heading": text}, {"type": "verdict", "heading": text}],
            "rows": [{"values": [text, text]}],
        },
        "related": {"question": None, "note": text},
        "image": {"image": {"image": None, "alt_text": text, "decorative": False}, "caption": text, "credit": text},
        "embed": {"address": text, "title": text},
        "document": {"document": None, "title": text},
    }


def answer_of(*raw):
    stream = QuestionPage.answer.field.stream_block
    return stream.to_python([{"type": name, "value": value} for name, value in raw])


def rendered(name, raw):
    """Return the block as it stands on a page."""
    answer = answer_of((name, raw))
    return BeautifulSoup(render(answer).html, "html.parser")


def words(text):
    return " ".join(text.split())


def test_every_type_of_block_is_tested_here():
    assert set(values("")) == set(BLOCKS)


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", [name for name in BLOCKS if name not in ("paragraph", "image", "document", "related")])
def test_hostile_text_is_shown_as_it_was_typed(column, name, text):
    shown = rendered(name, values(text)[name])
    assert_harmless(shown)
    # Markdown knows entities; every other field shows them as typed.
    typed = unescape(text) if name in KNOWING_ENTITIES else text
    assert words(typed) in words(shown.get_text())


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_paragraph_never_reaches_a_reader_as_markup(column, text):
    # The editor's own converter is what keeps markup out of rich text, so the test goes through it.
    posted = {"text": draft_of(text)}
    shown = rendered("paragraph", BLOCKS["paragraph"].field.widget.value_from_datadict(posted, {}, "text"))
    assert_harmless(shown)
    assert words(text) in words(shown.get_text())


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_pictures_hostile_texts_are_shown_as_they_were_typed(column, text):
    image = get_image_model().objects.create(title=text[:200], file=get_test_image_file())
    raw = {"image": {"image": image.pk, "alt_text": text, "decorative": False}, "caption": text, "credit": text}
    shown = rendered("image", raw)
    assert_harmless(shown)
    assert shown.img["alt"] == text
    assert shown.figcaption.get_text() == f"{text} Credit: {text}"


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_hostile_titles_of_documents_and_embeds_are_shown_as_they_were_typed(column, text):
    document = get_document_model().objects.create(title=text[:200], file=ContentFile(b"a", "a.txt"))
    for title in (text, ""):
        shown = rendered("document", {"document": document.pk, "title": title})
        assert_harmless(shown)
        assert shown.find(class_="document-title").get_text().strip() == (title or document.title).strip()
    shown = rendered("embed", {"address": f"https://example.org/{text}", "title": text})
    assert_harmless(shown)
    assert shown.find(class_="embed-title").get_text() == text


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_related_questions_hostile_texts_are_shown_as_they_were_typed(column, text):
    question = make_question(text[:250], asker_name=text[:90])
    shown = rendered("related", {"question": question.pk, "note": text})
    assert_harmless(shown)
    assert len(shown.find_all("aside")) == 1
    assert words(shown.find(class_="related-title").get_text()) == words(text[:250])
    assert words(shown.bdi.get_text()) == words(text[:90])
    assert words(shown.find(class_="related-note").get_text()) == words(text)


def draft_of(text):
    """Return one paragraph as the rich text editor posts it."""
    block = {"key": "a", "text": text, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    return json.dumps({"blocks": [block], "entityMap": {}})


def assert_harmless(shown):
    for element in shown.find_all(True):
        assert element.name not in ("script", "style", "iframe", "svg", "b"), element
        assert not [name for name in element.attrs if name.startswith("on") or name == "style"], element
        if element.name == "img":
            assert element["src"].startswith("/"), element
        address = element.get("href", "#")
        assert address.startswith(("#", "/", "https://")), element


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", " javascript:x"])
def test_a_quotes_source_leads_only_to_the_web(column, source):
    shown = rendered("quote", {"text": "Words", "who": "Somebody", "source": source})
    assert not shown.find("a")
    assert "Somebody" in shown.figcaption.get_text()


@pytest.mark.django_db
def test_a_quotes_name_leads_to_its_source(column):
    shown = rendered("quote", {"text": "Words", "who": "Somebody", "source": "https://example.org/?a=1&b=2"})
    assert shown.a["href"] == "https://example.org/?a=1&b=2"
    assert shown.a.get_text() == "Somebody"
    assert rendered("quote", {"text": "", "who": "", "source": "https://e.org/"}).a.get_text() == "https://e.org/"


@pytest.mark.django_db
@pytest.mark.parametrize("level", ["h2", "h3"])
def test_a_heading_has_its_level_and_an_anchor_that_links_to_itself(column, level):
    heading = rendered("heading", {"text": "What `EXPLAIN` says", "level": level}).find(level)
    assert heading["id"] == "what-explain-says"
    assert heading.a["href"] == "#what-explain-says"
    assert heading.code.get_text() == "EXPLAIN"


@pytest.mark.django_db
@pytest.mark.parametrize("level", ["script", "h2 onclick=alert(1)", "h1", ""])
def test_a_heading_of_no_known_level_is_a_section(column, level):
    shown = rendered("heading", {"text": "Words", "level": level})
    assert [element.name for element in shown.find_all(True)] == ["h2", "a"]
    assert set(shown.h2.attrs) == {"id", "class"}


@pytest.mark.django_db
def test_ids_are_unique_in_a_page_of_equal_blocks(client, column):
    blocks = [
        ("heading", {"text": "Topics", "level": "h2"}),
        ("markdown", "# Topics\n\nA note[^1].\n\n[^1]: Its text."),
        ("pushback", {"objection": "Topics", "reply": [("markdown", "# Topics\n\n[^1]\n\n[^1]: Its text.")]}),
        ("callout", {"kind": "tip", "date": None, "text": "# Topics"}),
        ("steps", [{"title": "Topics", "text": "# Topics", "stop": ""}]),
    ]
    question = make_question(answer=blocks * 2, question="# Topics\n\nA note[^1].\n\n[^1]: Its text.")
    page = BeautifulSoup(client.get(question.url).content, "html.parser")
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert ids.count("topics-2") == 1
    for element in page.find_all(attrs={"aria-labelledby": True}):
        assert element["aria-labelledby"] in ids
    for link in page.find_all("a", href=lambda address: address and address.startswith("#")):
        assert link["href"][1:] in ids


# Drafts

NOTHING = {
    "paragraph": [None, ""],
    "heading": [{}, {"text": None, "level": None}],
    "markdown": [None, ""],
    "quote": [{}, {"text": None, "who": None, "source": None}],
    "steps": [[], [{"type": "item", "id": "1", "value": {"title": None, "text": None, "stop": None}}]],
    "pushback": [{}, {"objection": None, "reply": []}, {"objection": "", "reply": [{"type": "code", "value": {}}]}],
    "callout": [{}, {"kind": None, "date": None, "text": None}],
    "code": [{}, {"code": None, "language": None, "filename": None, "caption": None}],
    "image": [{}, {"image": None, "caption": None}, {"image": {"image": None, "alt_text": None}}],
    "short_answer": [None, ""],
    "comparison": [
        None,
        {},
        {"columns": [], "rows": [], "caption": None},
        {
            "columns": [{"type": "text", "heading": None}, {"type": "verdict", "heading": None}],
            "rows": [{"values": [None, None]}],
            "caption": None,
        },
    ],
    "related": [{}, {"question": None, "note": None}, {"question": 99999, "note": None}],
    "embed": [{}, {"address": None, "title": None}, {"address": "http://[", "title": None}],
    "document": [{}, {"document": None, "title": None}, {"document": 99999, "title": "Gone"}],
}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "raw"), [(name, raw) for name in BLOCKS for raw in NOTHING[name]])
def test_an_unfinished_block_can_be_previewed(column, name, raw):
    assert "None" not in str(rendered(name, raw))


@pytest.mark.django_db
def test_a_picture_that_was_deleted_leaves_no_trace(column):
    image = get_image_model().objects.create(title="Soon gone", file=get_test_image_file())
    raw = {"image": {"image": image.pk, "alt_text": "Soon gone", "decorative": False}, "caption": "The caption"}
    assert rendered("image", raw).img["alt"] == "Soon gone"
    image.delete()
    assert rendered("image", raw).get_text().strip() == ""


@pytest.mark.django_db
def test_a_picture_whose_file_is_gone_is_its_words(column):
    image = get_image_model().objects.create(title="Lost", file=get_test_image_file())
    image.file.storage.delete(image.file.name)
    raw = {"image": {"image": image.pk, "alt_text": "Lost", "decorative": False}, "caption": "The caption"}
    shown = rendered("image", raw)
    assert not shown.img
    assert shown.get_text().split() == ["Lost", "The", "caption"]


@pytest.mark.django_db
def test_a_decorative_picture_has_an_empty_alternative(column):
    image = get_image_model().objects.create(title="A title", file=get_test_image_file())
    raw = {"image": {"image": image.pk, "alt_text": "ignored", "decorative": True}, "caption": ""}
    assert rendered("image", raw).img["alt"] == ""


@pytest.mark.django_db
def test_the_short_answer_is_read_first_wherever_it_stands(column):
    answer = answer_of(("markdown", "Hello."), ("short_answer", "No, *never*."), ("markdown", "Bye."))
    text = words(BeautifulSoup(render(answer).html, "html.parser").get_text())
    assert text == "Short answer No, never. Hello. Bye."
    assert [block.block_type for block in answer] == ["markdown", "short_answer", "markdown"]


@pytest.mark.django_db
def test_a_comparison_has_headers_in_both_directions_and_scrolls_by_keyboard(column):
    columns = [
        {"type": "text", "heading": ""},
        {"type": "verdict", "heading": "`a`"},
        {"type": "text", "heading": "B"},
    ]
    rows = [{"values": ["One", "yes", "*fast*"]}, {"values": ["Two", "depends", ""]}]
    shown = rendered("comparison", {"caption": "What `they` do", "columns": columns, "rows": rows})
    region = shown.find(class_="table-scroll")
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("group", "0", "What they do")
    assert shown.caption.code.get_text() == "they"
    assert [(cell.get_text(), cell.get("scope")) for cell in shown.thead.find_all(["th", "td"])] == [
        ("", None),
        ("a", "col"),
        ("B", "col"),
    ]
    assert [[(cell.name, cell.get_text().strip()) for cell in row.find_all(["th", "td"])] for row in
            shown.tbody.find_all("tr")] == [
        [("th", "One"), ("td", "Yes"), ("td", "fast")],
        [("th", "Two"), ("td", "It depends"), ("td", "")],
    ]  # fmt: skip
    assert {cell["scope"] for cell in shown.tbody.find_all("th")} == {"row"}


@pytest.mark.django_db
def test_what_is_searched_in_a_comparison_is_its_words(column):
    columns = [{"type": "text", "heading": "A *criterion*"}, {"type": "verdict", "heading": "`Django`"}]
    answer = answer_of(
        ("comparison", {"caption": "The **caption**", "columns": columns, "rows": [{"values": ["`a` b", "yes"]}]})
    )
    found = answer.stream_block.get_searchable_content(answer)
    assert found == ["The caption", "A criterion", "Django", "a b"]


# The picker


@pytest.mark.django_db
@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_introduces_itself_in_the_picker(name):
    block = BLOCKS[name]
    assert block.meta.icon not in ("", "placeholder")
    assert str(block.meta.group)
    assert str(block.get_description()).endswith(".")
    assert block.is_previewable
    assert block.get_preview_value()


@pytest.mark.parametrize("name", BLOCKS)
def test_the_icon_of_every_block_exists(name, administrator, client):
    client.force_login(administrator)
    sprite = client.get(reverse("wagtailadmin_sprite")).content.decode()
    assert f'id="icon-{BLOCKS[name].meta.icon}"' in sprite


@pytest.mark.parametrize("name", BLOCKS)
def test_the_preview_of_every_block_looks_like_the_site(name, editor, client):
    make_question()
    get_image_model().objects.create(title="In the library", file=get_test_image_file())
    get_document_model().objects.create(title="In the library", file=ContentFile(b"a", "a.txt"))
    client.force_login(editor)
    response = client.get(reverse("wagtailadmin_block_preview"), {"id": BLOCKS[name].definition_prefix})
    assert response.status_code == HTTPStatus.OK
    page = BeautifulSoup(response.content, "html.parser")
    assert page.find("link", href=lambda address: address.endswith("css/site.css"))
    prose = page.find(class_="prose")
    assert prose.get_text().strip() or prose.img
    assert not page.find(style=True)
