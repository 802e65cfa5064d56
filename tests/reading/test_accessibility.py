"""Every page type without a violation that axe-core finds: light on a phone, dark on a desktop."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The document is wider than the window, so that readers must scroll sideways (WCAG 1.4.10).
STICKS_OUT = "document.documentElement.scrollWidth > innerWidth"
UNFOLD = "for (const folded of document.querySelectorAll('details')) folded.open = true"


OPTIONS = {"resultTypes": ["violations"]}


def test_axe_finds_nothing_and_nothing_sticks_out(browser_page, every_page):
    faults = []

    def look(name, width, scheme):
        browser_page.set_viewport_size({"width": width, "height": 800})
        browser_page.emulate_media(color_scheme=scheme)
        for violation in Axe().run(browser_page, options=OPTIONS).response["violations"]:
            html = [node["html"] for node in violation["nodes"]]
            faults.append(f"{name}, {width}px, {scheme}: {violation['id']}: {html}")
        if browser_page.evaluate(STICKS_OUT):
            faults.append(f"{name}, {width}px: wider than the window")

    for name, address in every_page.items():
        browser_page.goto(address)
        browser_page.evaluate(UNFOLD)
        # Each layout and each scheme once: which colours there are does not depend on the width.
        look(name, 360, "light")
        look(name, 1280, "dark")
    assert not faults
