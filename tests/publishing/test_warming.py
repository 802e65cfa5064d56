"""What is made ready when an answer is published, so that its first reader does not wait."""

import pytest
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from qa.publishing import warming
from tests.factories import make_question

pytestmark = pytest.mark.same_on_every_database


@pytest.mark.django_db
def test_the_first_reader_waits_for_no_picture(client, column, django_capture_on_commit_callbacks):
    image = get_image_model().objects.create(title="A plan", file=get_test_image_file(size=(1000, 500)))
    figure = {"image": {"image": image.pk, "alt_text": "A plan", "decorative": False}, "caption": "", "credit": ""}
    page = make_question(publish=False)
    page.answer = page.answer.stream_block.to_python([{"type": "image", "value": figure}])
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    ready = set(image.renditions.values_list("filter_spec", flat=True))
    assert {"width-480|format-webp", "width-960|format-png"} <= ready
    assert "A plan" in client.get(page.url, headers={"host": "localhost"}).content.decode()
    assert set(image.renditions.values_list("filter_spec", flat=True)) == ready


@pytest.mark.django_db
def test_a_question_is_published_whatever_goes_wrong_afterwards(
    client, column, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    with monkeypatch.context() as broken:
        broken.setattr(warming, "render", lambda *_texts: 1 / 0)
        with django_capture_on_commit_callbacks(execute=True):
            page = make_question()
    assert "could not be rendered ahead" in caplog.text
    assert client.get(page.url, headers={"host": "localhost"}).status_code == 200
