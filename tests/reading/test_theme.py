"""Light or dark: the system's scheme, until a reader chooses; the choice stays and nothing flashes."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAPER = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(255, 253, 248)", "rgb(22, 24, 29)"


def test_a_reader_switches_the_scheme_and_it_stays(browser_page, live_server, column):
    page = browser_page
    page.emulate_media(color_scheme="light")
    page.goto(live_server.url + "/questions/")
    switch = page.get_by_role("button", name="Dark colours")
    assert page.evaluate(PAPER) == LIGHT
    assert switch.get_attribute("aria-pressed") == "false"
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    # The scheme is there before anything is shown: theme.js alone sets it, site.js need not have run.
    page.route("**/site.js", lambda route: route.abort())
    page.goto(live_server.url + "/questions/", wait_until="commit")
    page.wait_for_selector("main", state="attached")
    assert page.evaluate(PAPER) == DARK
    page.unroute("**/site.js")
    page.reload()
    assert not page.context.cookies()
    page.emulate_media(media="print")
    assert page.evaluate(PAPER) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen")
    # Back to what the system says: from then on the page follows the system again.
    switch.click()
    assert page.evaluate(PAPER) == LIGHT
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(PAPER) == DARK
    expect(switch).to_have_attribute("aria-pressed", "true")


def test_without_javascript_there_is_no_switch_and_the_systems_scheme_holds(chromium, live_server, column):
    context = chromium.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(live_server.url + "/questions/")
    assert not page.locator(".theme-switch").is_visible()
    assert page.locator("html").evaluate("e => getComputedStyle(document.body).backgroundColor") == DARK
    context.close()
