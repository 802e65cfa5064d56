"""What is known of a published answer's links and pictures, for the desk's reports and the link checker."""

from unittest import mock

import pytest
from django.core.management import call_command
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from qa.links import inspecting
from qa.models import Inspection, QuestionPage
from tests.factories import make_question

pytestmark = [pytest.mark.django_db, pytest.mark.same_on_every_database]


def inspected(page):
    """Return what is kept of a question: its addresses by where they stand (the position of the block)."""
    found = Inspection.objects.get(page=page)
    places = {f"answer.{block.id}": number for number, block in enumerate(page.answer)} | {"question": "letter"}
    links = [(address, places[place]) for address, place in found.links]
    return links, [places[place] for place in found.bare_pictures], found.has_short_answer


def test_every_link_of_every_kind_of_block_is_found_where_it_stands(column):
    image = get_image_model().objects.create(title="Plan", file=get_test_image_file())
    other = make_question("Another one?")
    picture = {"image": image.pk, "decorative": False, "alt_text": " "}
    prose = '<p><a href="https://a.example/?x=1&amp;y=2">a</a> <a linktype="page" id="999">b</a></p>'
    text = "[c](page:12) https://c.example/ `https://code.example` ![](image:5) ![A plan](image:6)"
    step = {"type": "item", "id": "x", "value": {"title": "?", "text": "[e](#part)", "stop": ""}}
    reply = {"type": "markdown", "id": "y", "value": "[f](letter:f)"}
    answer = [
        {"type": "paragraph", "value": prose},
        {"type": "markdown", "value": text},
        {"type": "quote", "value": {"text": "[d](/questions/)", "who": "D", "source": "https://d.example/"}},
        {"type": "steps", "value": [step]},
        {"type": "pushback", "value": {"objection": "?", "reply": [reply]}},
        {"type": "comparison", "value": {
            "columns": [{"type": "verdict", "heading": ""}, {"type": "text", "heading": ""}],
            "rows": [{"values": ["yes", "[g](https://g.example/)"]}], "caption": "G"}},
        {"type": "image", "value": {"image": picture, "caption": "", "credit": ""}},
        {"type": "image", "value": {"image": picture | {"decorative": True}, "caption": "", "credit": ""}},
        {"type": "embed", "value": {"address": "https://h.example/", "title": "H"}},
        {"type": "document", "value": {"document": 999, "title": ""}},
        {"type": "related", "value": {"question": other.pk, "note": ""}},
    ]  # fmt: skip
    numbered = [block | {"id": f"{number:08d}-0000-4000-8000-000000000000"} for number, block in enumerate(answer)]
    block = QuestionPage.answer.field.stream_block
    page = make_question(answer=block.to_python(numbered), question="<https://letter.example/>")
    links, bare, has_short_answer = inspected(QuestionPage.objects.get(pk=page.pk))
    assert links == [
        ("https://letter.example/", "letter"),
        ("https://a.example/?x=1&y=2", 0), ("page:999", 0),
        ("page:12", 1), ("https://c.example/", 1), ("image:5", 1), ("image:6", 1),
        ("/questions/", 2), ("https://d.example/", 2),
        ("#part", 3), ("letter:f", 4), ("https://g.example/", 5),
        (f"image:{image.pk}", 6), (f"image:{image.pk}", 7),
        ("https://h.example/", 8), ("document:999", 9), (f"page:{other.pk}", 10),
    ]  # fmt: skip
    assert bare == [1, 6]
    assert not has_short_answer


def test_only_what_readers_get_counts_and_it_follows_each_publication(column):
    draft = make_question(publish=False, answer=[("markdown", "https://a.example/")])
    assert not Inspection.objects.exists()
    draft.get_latest_revision().publish()
    changed = QuestionPage.objects.get(pk=draft.pk)
    changed.answer = [("markdown", "https://b.example/"), ("short_answer", "Yes.")]
    revision = changed.save_revision()
    assert [address for address, _place in Inspection.objects.get().links] == ["https://a.example/"]
    revision.publish()
    assert [address for address, _place in Inspection.objects.get().links] == ["https://b.example/"]
    assert Inspection.objects.get().has_short_answer


def test_what_was_never_looked_through_is_at_the_next_migrate(column):
    make_question(answer=[("markdown", "https://a.example/")])
    make_question(answer=[("markdown", "https://b.example/")])
    Inspection.objects.filter(links__0__0="https://a.example/").delete()
    Inspection.objects.update(version=0, links=[])
    call_command("migrate", verbosity=0)
    kept = {links[0][0] for links in Inspection.objects.values_list("links", flat=True)}
    assert kept == {"https://a.example/", "https://b.example/"}


def test_an_answer_that_cannot_be_looked_through_is_published_all_the_same(column, caplog):
    with mock.patch.object(inspecting, "leads", side_effect=RecursionError("too deep")):
        page = make_question()
    assert QuestionPage.objects.get(pk=page.pk).live
    assert "inspecting.page_saved failed" in caplog.text
