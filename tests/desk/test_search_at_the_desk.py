"""What editors see and decide of the readers' search: promoted results, and what was searched in vain."""

import pytest
from playwright.sync_api import expect

from tests.at_the_desk import menu, said, waiting
from tests.factories import make_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.same_on_every_database]


def search(reader, words):
    reader.goto("/search/")
    reader.get_by_role("searchbox", name="Search the questions").fill(words)
    reader.get_by_role("button", name="Search").click()


def test_what_readers_search_in_vain_editors_see_and_may_answer_with_a_promoted_page(open_window, editor):
    make_question("Should I learn Docker?")
    make_question("How do I run ten containers?")
    reader = open_window(java_script_enabled=False)
    search(reader, "Kubernetes")
    expect(reader.get_by_text("Nothing was found.")).to_be_visible()

    # It is on the front page of the desk, and in the report.
    page = open_window(user=editor)
    waiting(page, "Searched in vain").get_by_role("link", name="kubernetes").click()
    expect(page.get_by_role("row").filter(has_text="kubernetes")).to_be_visible()
    menu(page, "Reports", "Vain searches")
    expect(page.get_by_role("row").filter(has_text="kubernetes")).to_contain_text("1")

    # The editor promotes a page for these words.
    menu(page, "Settings", "Promoted search results")
    page.get_by_role("link", name="Add new promoted result").click()
    page.get_by_role("link", name="searched in vain").click()
    page.go_back()
    page.get_by_label("Search term(s)/phrase").fill("Kubernetes")
    page.get_by_role("button", name="Add a recommended result").click()
    page.get_by_role("button", name="Choose a page").click()
    chooser = page.get_by_role("dialog")
    chooser.get_by_role("textbox", name="Search").fill("containers")
    chooser.get_by_role("link", name="How do I run ten containers?").click()
    page.get_by_role("button", name="Create").click()
    expect(said(page)).to_contain_text("created")

    # Readers find it, first of all, and see that it is recommended.
    search(reader, "kubernetes")
    recommended = reader.get_by_role("region", name="Recommended").get_by_role("link")
    expect(recommended).to_have_text("How do I run ten containers?")
    expect(reader.get_by_text("Nothing else was found.")).to_be_visible()
    expect(reader.get_by_role("main").get_by_role("link").first).to_have_text("How do I run ten containers?")
