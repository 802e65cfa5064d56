"""What code, pictures, embeds and documents in an answer do for readers, and what editors cannot publish."""

from http import HTTPStatus

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image as PillowImage
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file, get_test_image_file_jpeg
from wagtail.models import Collection, CollectionViewRestriction

from qa.models import QuestionPage
from qa.rendering import references
from qa.rendering.answers import render
from tests.factories import make_question
from tests.question_form import add, assert_refused, saved

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.django_db]


def shown(*raw):
    """Return blocks as they stand on a page."""
    stream = QuestionPage.answer.field.stream_block
    html = render(stream.to_python([{"type": name, "value": value} for name, value in raw])).html
    return BeautifulSoup(html, "html.parser")


def a_picture(size=(1600, 800), file=get_test_image_file, **fields):
    return get_image_model().objects.create(title="A plan", file=file(size=size), **fields)


def figure(image, **fields):
    return ("image", {"image": {"image": image.pk, "alt_text": "A plan", "decorative": False}, **fields})


def a_document(name="slides.pdf", content=b"x" * 2048, **fields):
    fields = {"title": "The slides", "file_size": len(content)} | fields
    return get_document_model().objects.create(file=ContentFile(content, name), **fields)


# Code

SAMPLE = 'a = """one\n\n  two <b>\n"""\nb = 1'


def test_lines_are_marked_and_numbered_without_changing_the_code():
    value = {"code": SAMPLE, "language": "python", "highlight_lines": "2-3, 5", "line_numbers": True}
    sample = shown(("code", value)).pre
    lines = sample.find_all(class_="line")
    assert sample.get_text() == SAMPLE
    assert [line.get_text() for line in lines] == SAMPLE.splitlines(keepends=True)
    assert [number for number, line in enumerate(lines, 1) if "marked" in line["class"]] == [2, 3, 5]
    assert "numbered" in sample["class"]
    # The string of several lines has its colour on each of them.
    assert [bool(line.find(class_=lambda name: name and name.startswith("hl-s"))) for line in lines[:4]] == [
        True, False, True, True,
    ]  # fmt: skip


def test_code_without_marks_and_numbers_has_no_lines():
    sample = shown(("code", {"code": SAMPLE, "language": "python"})).pre
    assert not sample.find(class_="line")
    assert "numbered" not in sample["class"]


@pytest.mark.parametrize("marks", ["2-1", "0", "a", "1;2", "1,,2", "-3", "1-", "٣", "9999999999"])
def test_marks_that_name_no_line_are_drafted_but_not_published(client, column, editor, marks):
    block = ("code", {"code": "a\nb", "language": "", "highlight_lines": marks, "line_numbers": ""})
    assert_refused(add(client, editor, column, block, publish=True), "is neither a line nor a range of lines")
    assert add(client, editor, column, block).status_code == HTTPStatus.FOUND
    assert saved().answer[0].value["highlight_lines"] == marks
    assert shown(("code", {"code": "a\nb", "highlight_lines": marks})).pre.get_text() == "a\nb"


@pytest.mark.parametrize("marks", ["3", "1,2-3", "2-999999"])
def test_marks_on_lines_that_the_code_does_not_have_are_not_published(client, column, editor, marks):
    block = ("code", {"code": "a\nb", "language": "", "highlight_lines": marks, "line_numbers": ""})
    assert_refused(add(client, editor, column, block, publish=True), "the code ends with line 2.")


# Pictures


@pytest.mark.parametrize(
    ("file", "ending"), [(get_test_image_file, ".png"), (get_test_image_file_jpeg, ".jpg")], ids=["png", "jpeg"]
)
def test_a_picture_comes_in_modern_formats_and_in_sizes_to_choose_from(file, ending):
    picture = shown(figure(a_picture(file=file))).picture
    assert [source["type"] for source in picture.find_all("source")] == ["image/avif", "image/webp"]
    for element in [*picture.find_all("source"), picture.img]:
        assert [part.split()[1] for part in element["srcset"].split(", ")] == ["480w", "960w", "1440w"]
        assert element["sizes"]
    assert picture.img["src"].endswith(ending)
    assert (picture.img["width"], picture.img["height"]) == ("1440", "720")
    assert (picture.img["alt"], picture.img["loading"]) == ("A plan", "lazy")


def test_a_small_picture_is_not_made_in_sizes_it_does_not_have():
    image = a_picture(size=(300, 200))
    picture = shown(figure(image)).picture
    assert (picture.img["width"], picture.img["height"]) == ("300", "200")
    assert image.renditions.count() == 3


def test_a_format_that_cannot_be_written_is_left_out(monkeypatch):
    def fail(*given, **options):
        raise OSError("encoder error")

    monkeypatch.setitem(PillowImage.SAVE, "AVIF", fail)
    picture = shown(figure(a_picture())).picture
    assert [source["type"] for source in picture.find_all("source")] == ["image/webp"]
    assert picture.img["src"].endswith(".png")


def test_pillow_here_writes_what_readers_are_promised():
    assert references._MODERN_FORMATS == ("avif", "webp")


def test_a_picture_says_who_made_it():
    image = a_picture(size=(10, 10))
    caption = shown(figure(image, caption="The plan.", credit="Zoë Ångström")).figcaption
    assert " ".join(caption.get_text().split()) == "The plan. Credit: Zoë Ångström"
    assert shown(figure(image, caption="", credit="Zoë")).figcaption.get_text().strip() == "Credit: Zoë"
    assert not shown(figure(image, caption="", credit="")).figcaption


# Embeds


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://www.youtube.com/watch?v=aBc-123_xYz", "https://www.youtube-nocookie.com/embed/aBc-123_xYz?autoplay=1"),
        ("https://youtube.com/watch?t=1&v=aBc-123_xYz&a=b", "https://www.youtube-nocookie.com/embed/aBc-123_xYz?autoplay=1"),
        ("https://youtu.be/aBc-123_xYz?t=1", "https://www.youtube-nocookie.com/embed/aBc-123_xYz?autoplay=1"),
        ("https://vimeo.com/123456789", "https://player.vimeo.com/video/123456789?autoplay=1&dnt=1"),
        ("https://www.youtube.com/@somebody", None),
        ("https://vimeo.com/about", None),
        ("https://youtube.com.example.org/watch?v=aBc-123_xYz", None),
        ("https://example.org/?a=https://youtu.be/aBc-123_xYz", None),
    ],
)  # fmt: skip
def test_an_embed_is_a_link_until_somebody_presses_it(address, player):
    page = shown(("embed", {"address": address, "title": "A talk"}))
    assert page.a["href"] == address
    assert page.a.get("data-player") == player
    assert not page.find(["iframe", "img", "script"])
    host = page.find(class_="embed-host").get_text()
    assert host.startswith("Play on " if player else "Open on ")
    assert host.split()[-1] in address


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", " javascript:x", "ftp://example.org/"])
def test_an_embed_leads_only_to_the_web(client, column, editor, address):
    page = shown(("embed", {"address": address, "title": "A talk"}))
    assert not page.a
    assert page.get_text().strip() == "A talk"
    if not address.startswith("ftp"):
        block = ("embed", {"address": address, "title": "A talk"})
        assert_refused(add(client, editor, column, block, publish=True), "Enter a valid URL.")


# Documents


def test_a_document_shows_its_title_type_and_size_as_they_are_now():
    document = a_document()
    block = ("document", {"document": document.pk, "title": ""})
    assert shown(block).a["href"] == document.url
    assert shown(block).get_text().split() == ["The", "slides", "PDF,", "2.0", "KB"]
    get_document_model().objects.filter(pk=document.pk).update(title="New slides", file_size=None)
    assert shown(block).get_text().split() == ["New", "slides", "PDF"]
    named = ("document", {"document": document.pk, "title": "What I showed"})
    assert shown(named).find(class_="document-title").get_text() == "What I showed"


def test_a_document_that_is_private_or_gone_leaves_no_trace():
    private = Collection.get_first_root_node().add_child(name="Private")
    inside = private.add_child(name="Inside")
    document = a_document(collection=inside)
    block = ("document", {"document": document.pk, "title": "What I showed"})
    link = ("markdown", f"See [them](document:{document.pk}).")
    assert shown(block).a
    restriction = CollectionViewRestriction.objects.create(
        collection=private, restriction_type=CollectionViewRestriction.LOGIN
    )
    assert not shown(block).find(True)
    assert not shown(link).a
    restriction.delete()
    assert shown(block).a
    assert shown(link).a
    answer = QuestionPage(answer=[{"type": block[0], "value": block[1]}]).answer
    document.delete()
    assert not BeautifulSoup(render(answer).html, "html.parser").find(True)


# What they cost


def test_more_pictures_and_documents_cost_no_more_queries(client, column):
    pictures = [figure(a_picture(size=(600 + number, 300))) for number in range(6)]
    documents = [("document", {"document": a_document().pk, "title": ""}) for number in range(6)]

    def queries(blocks):
        question = make_question(answer=[])
        question.answer = question.answer.stream_block.to_python(
            [{"type": name, "value": value} for name, value in blocks]
        )
        question.save_revision().publish()
        client.get(question.url, headers={"host": "localhost"})  # the renditions are made here
        cache.clear()
        client.get("/", headers={"host": "localhost"})
        with CaptureQueriesContext(connection) as asked:
            assert (
                client.get(question.url, headers={"host": "localhost"}).content.count(b"<picture>") == len(blocks) / 2
            )
        return len(asked)

    assert queries([*pictures[:1], *documents[:1]]) == queries([*pictures, *documents])


def test_what_is_used_in_an_answer_is_known_to_be_in_use():
    image, document = a_picture(size=(10, 10)), a_document()
    question = make_question(answer=[])
    question.answer = question.answer.stream_block.to_python(
        [{"type": name, "value": value} for name, value in [figure(image), ("document", {"document": document.pk})]]
    )
    question.save_revision().publish()
    for used in (image, document):
        assert [user.pk for user, _references in used.get_usage()] == [question.pk]
