"""Every page type without a violation that axe-core finds, at phone and desktop width, in both colour schemes."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The document is wider than the window, so that readers must scroll sideways (WCAG 1.4.10).
STICKS_OUT = "document.documentElement.scrollWidth > innerWidth"
UNFOLD = "for (const folded of document.querySelectorAll('details')) folded.open = true"


#: What another colour scheme can change.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
EVERYTHING = {"resultTypes": ["violations"]}


def test_axe_finds_nothing_and_nothing_sticks_out(browser_page, every_page):
    faults = []

    def look(name, width, scheme, options):
        browser_page.set_viewport_size({"width": width, "height": 800})
        browser_page.emulate_media(color_scheme=scheme)
        for violation in Axe().run(browser_page, options=options).response["violations"]:
            html = [node["html"] for node in violation["nodes"]]
            faults.append(f"{name}, {width}px, {scheme}: {violation['id']}: {html}")
        if browser_page.evaluate(STICKS_OUT):
            faults.append(f"{name}, {width}px: wider than the window")

    for name, address in every_page.items():
        browser_page.goto(address)
        browser_page.evaluate(UNFOLD)
        look(name, 360, "light", EVERYTHING)
        look(name, 360, "dark", COLOURS)
        look(name, 1280, "dark", COLOURS)
        look(name, 1280, "light", EVERYTHING)
    assert not faults
