"""Without JavaScript a reader finds the way through the whole site, and everything that is folded opens."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plain_page(chromium, live_server):
    """A browser window without JavaScript."""
    context = chromium.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 360, "height": 800}
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def test_a_reader_finds_the_way_from_the_front_page_through_the_site_and_back(plain_page, column, every_page):
    page = plain_page
    main, title = page.locator("main"), page.get_by_role("heading", level=1)

    def follow(link, heading):
        link.click()
        expect(title).to_have_text(heading)

    page.goto("/")
    page.get_by_role("search").get_by_role("searchbox").fill("whole")
    follow(page.get_by_role("search").get_by_role("button"), "Search results for “whole”")
    question = "Is this the whole of it?"
    follow(main.locator(".search-results").get_by_role("link", name=question, exact=True), question)

    # Everything that is folded opens, and nothing waits for a script.
    expect(page.locator(".asked-at-length .prose")).to_be_hidden()
    for summary in page.locator("summary").all():
        summary.click()
    expect(page.locator(".asked-at-length .prose")).to_be_visible()
    expect(page.locator(".contents li").last).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.locator("[data-player]")).to_have_attribute("href", "https://vimeo.com/123456")
    page.locator(".contents").get_by_role("link", name="But why").first.click(position={"x": 30, "y": 8})
    expect(page.locator(".objection").first).to_be_in_viewport()
    # A sample that scrolls can have the focus, so that arrow keys scroll it.
    expect(page.locator("pre.numbered")).to_have_attribute("tabindex", "0")

    # Within a topic, and out of it again.
    follow(main.locator(".about").get_by_role("link", name="Careers & Co"), "Questions about Careers & Co")
    follow(main.get_by_role("link", name=question), question)
    assert page.url.endswith("?topic=careers")
    neighbour = main.locator(".neighbours .next")
    follow(neighbour, "The other one?")
    assert page.url.endswith("?topic=careers")
    follow(main.locator(".back a"), "Questions about Careers & Co")

    follow(page.locator(".site-links").get_by_role("link", name="Questions"), "All questions")
    follow(main.get_by_role("region", name="Years").get_by_role("link", name="2025"), "Questions of 2025")
    follow(main.locator(".back a"), "All questions")
    main.locator(".pagination").get_by_role("link", name="Older").click()
    page.wait_for_url("**?page=2")
    oldest = main.locator(".card-title a").last
    follow(oldest, oldest.inner_text())
    follow(main.locator(".back a"), "All questions")
    follow(page.locator(".brand"), column.get_parent().title)
