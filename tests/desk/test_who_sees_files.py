"""What editors are promised of files: the form says who will see them, and answers show no private one."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction

from qa.models import QuestionPage
from qa.rendering.reference_check import examine
from tests.factories import make_question

pytestmark = pytest.mark.django_db

VIEWS = {
    "a picture": ["wagtailimages:add", "wagtailimages:add_multiple", "wagtailimages_chooser:choose"],
    "a document": ["wagtaildocs:add", "wagtaildocs:add_multiple", "wagtaildocs_chooser:choose"],
}


@pytest.mark.parametrize(("kind", "view"), [(kind, view) for kind, views in VIEWS.items() for view in views])
def test_the_form_says_who_will_see_the_file(client, writer, kind, view):
    client.force_login(writer)
    html = client.get(reverse(view)).content.decode()
    assert f"Everybody who has the address of {kind}" in html
    assert "Maximum filesize" in html


def test_a_picture_of_a_private_collection_is_shown_in_no_answer(client, column):
    outer = Collection.get_first_root_node().add_child(name="Private")
    inner = outer.add_child(name="Inside")
    picture = get_image_model().objects.create(title="A plan", file=get_test_image_file(), collection=inner)
    figure = {"image": {"image": picture.pk, "alt_text": "The words", "decorative": False}, "caption": "", "credit": ""}
    stream = QuestionPage.answer.field.stream_block
    raw = [{"type": "image", "value": figure},
           {"type": "markdown", "value": f"![The words](image:{picture.pk}) [here](image:{picture.pk})"}]  # fmt: skip
    question = make_question(answer=stream.to_python(raw))

    def shown():
        page = BeautifulSoup(client.get(question.url, headers={"host": "localhost"}).content, "html.parser")
        letter = page.find(id="letter")
        return (
            len(letter.find_all("img")),
            len(letter.find_all("a", href=lambda to: "/media/" in to)),
            letter.get_text(),
        )

    assert shown()[:2] == (2, 1)
    assert not examine([f"image:{picture.pk}"])
    CollectionViewRestriction.objects.create(collection=outer, restriction_type="login")
    pictures, links, text = shown()
    assert (pictures, links) == (0, 0)
    assert "The words" in text
    assert "is private" in examine([f"image:{picture.pk}"])[0].message
