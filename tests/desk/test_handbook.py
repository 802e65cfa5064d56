"""Editors have their handbook at the desk: about this desk, from this host, with its pictures."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.utils.html import escape

from qa.desk import handbook
from tests.at_the_desk import menu
from tests.factories import make_question

pytestmark = [pytest.mark.django_db, pytest.mark.same_on_every_database]
ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/editing.md").read_text(encoding="utf-8")
ADDRESS = "/admin/handbook/"


@pytest.fixture
def page(client, writer):
    client.force_login(writer)
    return client.get(ADDRESS).content.decode()


def test_a_writer_reads_all_of_it(page):
    """Every section, in order, and each leads from the list at its top to its place."""
    sections = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    assert len(sections) > 8
    assert [unescape(text) for _id, text in re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', page)] == sections
    for anchor, _text in re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', page):
        assert f'<a href="#{anchor}">' in page
    assert 'lang="en"' in page


def test_every_picture_is_there_with_its_words_and_comes_from_the_desk(client, page):
    pictures = re.findall(r"!\[([^\]]+)\]\(screenshots/([\w-]+)\.png\)", TEXT)
    assert len(pictures) > 8
    for words, name in pictures:
        assert f'src="{ADDRESS}{name}.png" alt="{escape(words)}"' in page
        answer = client.get(f"{ADDRESS}{name}.png")
        assert answer["Content-Type"] == "image/png"
        assert b"".join(answer.streaming_content) == (ROOT / f"docs/screenshots/{name}.png").read_bytes()
    assert "handbook-picture" not in page
    assert client.get(f"{ADDRESS}take.png").status_code == 404


def test_nothing_in_it_leads_nowhere(page):
    """A link to another document would be one to nothing at the desk."""
    leads = set(re.findall(r'href="([^"]+)"', page[page.index("desk-handbook__text") : page.index("</main>")]))
    assert leads
    assert not {lead for lead in leads if not lead.startswith((ADDRESS, "#", "https://"))}


def test_it_is_for_those_who_may_enter_the_desk(client, django_user_model):
    for address in (ADDRESS, f"{ADDRESS}desk.png"):
        client.logout()
        assert "/admin/login/" in client.get(address)["Location"]
        client.force_login(django_user_model.objects.get_or_create(username="reader")[0])
        assert client.get(address).status_code == 302


def test_a_site_without_its_documents_has_none(client, writer, monkeypatch, tmp_path):
    monkeypatch.setattr(handbook, "_TEXT", tmp_path / "editing.md")
    client.force_login(writer)
    assert client.get(ADDRESS).status_code == 404


def test_nothing_of_the_desk_leads_to_wagtails_guide(client, editor, column):
    question = make_question()
    client.force_login(editor)
    for address in ("/admin/", f"/admin/pages/{question.pk}/edit/", "/admin/questions/", ADDRESS):
        html = client.get(address).content.decode()
        assert "guide.wagtail.org" not in html, address
        assert "whats-new-in-wagtail" not in html, address
        assert ADDRESS in html, address


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [375, 1280])
def test_it_is_found_under_help_and_fits_the_window(open_window, writer, width):
    page = open_window(user=writer)
    page.goto("/admin/")
    menu(page, "Help", "Handbook")
    page.wait_for_url(f"**{ADDRESS}")
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for picture in page.locator(".desk-handbook img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("picture => picture.decode()")
    page.get_by_role("link", name="Review", exact=True).click()
    assert page.url.endswith("#review")
