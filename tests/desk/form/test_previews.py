"""Editors see beforehand what readers will see, everywhere that readers meet it."""

from datetime import date
from http import HTTPStatus

import pytest
from django.urls import reverse
from wagtail.models import Site
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from home.models import SiteSettings
from qa.models import QuestionPage
from tests.factories import ExpertFactory, TopicFactory, make_question
from tests.question_form import INCOMPLETE, PARAGRAPH, every_block, form, library

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.django_db]

MODES = {
    "": ["Typed just now?", "A typed answer."],
    "card": ["Typed just now?", "In short, yes.", "Robert B."],
    "shared": ["Found by a search engine", "Typed just now?", "In short, yes."],
    "feed": ["In the feed", "Typed just now?", "A typed answer."],
    "letter": ["title: Typed just now?", "asker: Robert B.", "A typed answer."],
}


def typed():
    """Return what the question form posts."""
    return nested_form_data(
        {
            "title": "Typed just now?",
            "slug": "typed",
            "asker_name": "Robert B.",
            "asked_on": "2026-01-01",
            "question": "",
            "summary": "In short, yes.",
            "answer": streamfield([("markdown", "A typed answer.")]),
            "question_topics": inline_formset([]),
            "updates": inline_formset([]),
            "related_questions": inline_formset([]),
            "comments": inline_formset([]),
        }
    )


def shown(client, address, mode):
    posted = client.post(address, typed())
    assert posted.json()["is_valid"], posted.json()
    response = client.get(address, {"mode": mode})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("mode", MODES)
def test_a_new_question_is_previewed_in_every_mode(client, column, writer, mode):
    client.force_login(writer)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["qa", "questionpage", column.pk])
    html = shown(client, address, mode)
    for words in MODES[mode]:
        assert words in html


@pytest.mark.parametrize("mode", MODES)
def test_a_published_question_is_previewed_as_it_was_typed(client, writer, mode):
    question = make_question("Published long ago?", answer=[("markdown", "An old answer.")])
    client.force_login(writer)
    html = shown(client, reverse("wagtailadmin_pages:preview_on_edit", args=[question.pk]), mode)
    for words in MODES[mode]:
        assert words in html
    assert "An old answer." not in html


def test_there_are_previews_for_phone_tablet_and_desktop():
    assert [size["name"] for size in make_question().preview_sizes] == ["mobile", "tablet", "desktop"]


@pytest.mark.parametrize(
    ("make", "changed"),
    [
        (TopicFactory, {"name": "Renamed", "slug": "renamed", "description": "What it is about."}),
        (ExpertFactory, {"name": "Renamed", "slug": "renamed", "role": "answers", "biography": "null",
                         "links-TOTAL_FORMS": "0", "links-INITIAL_FORMS": "0"}),
    ],
)  # fmt: skip
def test_a_topic_and_an_expert_are_previewed_with_their_questions(client, editor, make, changed):
    thing = make()
    fields = {"topics": [thing]} if make is TopicFactory else {"answered_by": thing}
    question = make_question("One about it?", **fields)
    client.force_login(editor)
    address = reverse(type(thing).snippet_viewset.get_url_name("preview_on_edit"), args=[thing.pk])
    assert client.post(address, changed).json()["is_valid"]
    html = client.get(address).content.decode()
    assert "Renamed" in html
    assert question.title in html


def test_the_site_settings_are_previewed_on_the_front_page(client, column, editor):
    site = Site.objects.get()
    SiteSettings.for_site(site)
    client.force_login(editor)
    address = reverse("wagtailsettings:preview_on_edit", args=["home", "sitesettings", site.pk])
    changed = {
        "brand_name": "Another brand",
        "tagline": "Another tagline",
        "footer_text": "null",
        "social_links-TOTAL_FORMS": "0",
        "social_links-INITIAL_FORMS": "0",
    }
    assert client.post(address, changed).json()["is_valid"]
    html = client.get(address).content.decode()
    assert "Another brand" in html
    assert "Another tagline" in html
    assert SiteSettings.objects.get().brand_name != "Another brand"


def preview(client, address, data):
    """Post the form to the preview, as the desk does while somebody types; return what the preview shows."""
    assert client.post(address, data).json() == {"is_valid": True, "is_available": True}
    response = client.get(address)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def preview_of_new(column):
    return reverse("wagtailadmin_pages:preview_on_add", args=["qa", "questionpage", column.pk])


def preview_of(question):
    return reverse("wagtailadmin_pages:preview_on_edit", args=[question.pk])


def test_a_new_question_is_previewed_as_readers_will_see_it(client, column, writer):
    neighbour, topic = make_question("Somebody else's?"), TopicFactory(name="Databases")
    image, document = library()
    client.force_login(writer)
    data = form(*every_block(image, document), title="Being typed?", asker_name="Robert B.", topics=[topic])
    html = preview(client, preview_of_new(column), data)
    for words in ("Being typed?", "Robert B.", "<code>EXPLAIN</code>", "But…", "A plan", "Databases", "css/site.css"):
        assert words in html
    assert neighbour.title not in html
    assert not QuestionPage.objects.filter(title="Being typed?").exists()


def test_a_question_is_previewed_with_its_changes_which_readers_do_not_see(client, column, editor):
    question = make_question("As published?", answer=[("markdown", "The old answer.")])
    client.force_login(editor)
    html = preview(client, preview_of(question), form(("markdown", "The *new* answer."), title="As typed?"))
    assert "As typed?" in html
    assert "The <em>new</em> answer." in html
    assert "The old answer." in client.get(question.url).content.decode()


def test_a_preview_has_the_neighbours_that_readers_would_get(client, column, editor):
    older, newer = (make_question(f"In {year}?", asked_on=date(year, 1, 1)) for year in (2024, 2026))
    question = make_question("Between?", asked_on=date(2025, 1, 1))
    client.force_login(editor)
    html = preview(client, preview_of(question), form(PARAGRAPH, asked_on="2025-01-01"))
    assert html.index(older.title) < html.index(newer.title)
    assert f'rel="next" href="{newer.url}"' in html
    html = preview(client, preview_of(question), form(PARAGRAPH, asked_on="2027-01-01"))
    assert 'rel="next"' not in html
    assert f'rel="prev" href="{newer.url}"' in html


@pytest.mark.parametrize("blocks", [[], INCOMPLETE.values()], ids=["nothing", "unfinished"])
def test_a_preview_needs_neither_topics_nor_asker_nor_finished_blocks(client, column, writer, blocks):
    question = make_question("A draft?", publish=False)
    make_question("A neighbour?")
    client.force_login(writer)
    data = form(*blocks, title="Only a title?", slug="")
    for address in (preview_of_new(column), preview_of(question)):
        html = preview(client, address, data)
        assert "Only a title?" in html
        assert "Anonymous" in html
        assert ">None<" not in html


def test_while_the_date_is_missing_the_preview_stays_as_it_was(client, column, writer):
    client.force_login(writer)
    address = preview_of_new(column)
    assert client.post(address, form(asked_on="")).json() == {"is_valid": False, "is_available": False}
    assert client.get(address).status_code == HTTPStatus.OK
    preview(client, address, form(title="Typed before?"))
    assert client.post(address, form(title="Typed since?", asked_on="")).json()["is_available"]
    assert "Typed before?" in client.get(address).content.decode()
