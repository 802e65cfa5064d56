"""Searching with a real browser and the keyboard; and without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import expect
from wagtail.contrib.search_promotions.models import Query, SearchPromotion

from tests.factories import TopicFactory, make_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.same_on_every_database]


@pytest.fixture
def questions():
    topic = TopicFactory(name="Django")
    made = [make_question(f"Is Django {word}?", topics=[topic]) for word in ("enough", "slow")]
    call_command("rebuild_search", verbosity=0)
    return made


def test_suggestions_work_with_the_keyboard_alone(questions, browser_page):
    page = browser_page
    page.goto("/search/")
    field = page.get_by_role("combobox", name="Search the questions")
    field.focus()
    page.keyboard.type("dajngo")  # suggestions forgive typos, too
    options = page.get_by_role("option")
    expect(options).to_have_text(["Django Topic", "Is Django slow? ", "Is Django enough? "])
    expect(page.get_by_role("status").filter(has_text="3 suggestions")).to_have_count(1)
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id"))
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("dajngo")
    page.keyboard.press("Control+A")
    page.keyboard.type("djan")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowUp")  # from the field to the last one
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is Django enough?")

    # The server fails: the form still searches.
    page.route("**/search/suggest*", lambda route: route.fulfill(status=500))
    page.goto("/search/")
    field.focus()
    with page.expect_response("**/search/suggest*"):
        page.keyboard.type("slow")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search results for “slow”")
    expect(page.get_by_role("link", name="Is Django slow?")).to_be_visible()


def test_searching_works_without_javascript(questions, chromium, live_server):
    SearchPromotion.objects.create(query=Query.get("django"), page=questions[0], sort_order=0)
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/search/")
    page.get_by_role("searchbox", name="Search the questions").fill("djagno")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Showing results for django.")).to_be_visible()
    page.get_by_role("link", name="Search for “djagno” instead").click()
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    page.get_by_role("searchbox").fill("django")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("region", name="Recommended").get_by_role("link")).to_have_text("Is Django enough?")
    page.get_by_role("link", name="Newest first").click()
    expect(page.locator(".card-title").first).to_have_text("Is Django slow?")
    context.close()
