"""With the keyboard alone readers reach and work everything (WCAG 2.1.1, 2.1.2, 2.4.3, 2.4.7, 2.4.11)."""

import itertools

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: What can have the focus and can be seen, numbered for the walk.
STOPS = """() => {
  const stops = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  return [...document.querySelectorAll(stops)].filter((e) => e.checkVisibility({ visibilityProperty: true }))
    .map((e, number) => (e.dataset.stop = number));
}"""

#: Where the focus is, and what a reader can see of it. A link over two lines is where its first line is.
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getClientRects()[0], style = getComputedStyle(e);
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 40), 1), innerWidth - 2);
  const y = box.top + Math.min(box.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  return {
    number: e.dataset.stop === undefined ? -1 : Number(e.dataset.stop),
    html: e.outerHTML.slice(0, 120),
    name: (e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent || e.title || "").trim(),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    uncovered: !!top && (e.contains(top) || top.contains(e)) && y >= 0 && y < innerHeight,
    left: box.left + scrollX, right: box.right + scrollX, top: box.top + scrollY, bottom: box.bottom + scrollY,
  };
}"""


def walk(page):
    """Press Tab from the top of the page until the focus leaves it; return the stops as readers meet them."""
    met = []
    for _press in range(300):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (met and stop["number"] == met[0]["number"]):
            return met
        met.append(stop)
    raise AssertionError("the focus never leaves the page")


def faults_of(met, wanted):
    """Return what is wrong with a walk over the stops of a page."""
    numbers = [one["number"] for one in met]
    faults = [] if sorted(numbers) == wanted else [f"met {numbers}, not all of {len(wanted)} once"]
    for one in met:
        faults += [f"{what}: {one['html']}" for what in ("name", "outlined", "uncovered") if not one[what]]
    for one, after in itertools.pairwise(met):
        beside = after["left"] >= one["right"] - 1 or one["left"] >= after["right"] - 1
        if after["bottom"] <= one["top"] and not beside:
            faults.append(f"back up from {one['html']} to {after['html']}")
    return faults


WALKED = ("front", "second page", "question", "search narrowed", "not found", "password")


def test_tab_meets_everything_once_in_the_order_it_is_seen(browser_page, every_page):
    page, faults = browser_page, []
    page.emulate_media(reduced_motion="reduce")
    for name, width in itertools.product(WALKED, (360, 1280)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(every_page[name])
        page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
        page.wait_for_timeout(100)  # for the script that asks which samples scroll
        wanted = page.evaluate(STOPS)
        met = walk(page)
        faults += [f"{name}, {width} px: {fault}" for fault in faults_of(met, wanted)]
        if "skip-link" not in met[0]["html"]:
            faults.append(f"{name}, {width} px: the skip link is not first")
    assert not faults


def tab_to(page, locator):
    """Press Tab until an element has the focus."""
    for _press in range(200):
        if locator.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {locator}")


def test_everything_works_with_the_keyboard_alone(browser_page, every_page):
    browser_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    browser_page.emulate_media(reduced_motion="reduce", color_scheme="light")
    for width in (360, 1280):
        browser_page.set_viewport_size({"width": width, "height": 800})
        head_works(browser_page, every_page["question within a topic"])
        question_works(browser_page, folded=width == 360)
        lists_work(browser_page, every_page["index"])
    form_works(browser_page, every_page["password"])


def head_works(page, address):
    """Skip to the content, switch the scheme."""
    press = page.keyboard.press
    page.goto(address)

    press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["height"] >= 24
    press("Enter")
    expect(page.locator("main")).to_be_focused()
    press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.reload()

    switch = page.get_by_role("button", name="Dark colours")
    tab_to(page, switch)
    for key, state in (("Space", "true"), ("Enter", "false")):
        press(key)
        expect(switch).to_have_attribute("aria-pressed", state)


def question_works(page, *, folded):
    """Unfold, jump to a part, scroll and copy code, go on to the next question."""
    press = page.keyboard.press
    # The reader's own letter, and the contents on a phone, are folded.
    letter = page.locator(".asked-at-length")
    tab_to(page, letter.locator("summary"))
    for key, words_are in (("Enter", True), ("Space", False)):
        press(key)
        expect(letter.locator(".prose")).to_be_visible(visible=words_are)
    if folded:
        tab_to(page, page.locator(".contents summary"))
        press("Enter")
    entry = page.locator(".contents").get_by_role("link", name="But why").first
    tab_to(page, entry)
    press("Enter")
    objection = page.locator(".objection").first
    expect(objection).to_be_in_viewport()
    press("Tab")  # on from there, not from the contents
    expect(objection.get_by_role("link")).to_be_focused()
    page.reload()

    sample = page.locator("pre.numbered")
    tab_to(page, sample)
    press("ArrowRight")
    page.wait_for_function("() => document.querySelector('pre.numbered').scrollLeft > 0")
    press("Shift+Tab")
    press("Enter")
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()").startswith("import this")

    following = page.locator(".neighbours .next")
    address = following.get_attribute("href")
    tab_to(page, following)
    press("Enter")
    page.wait_for_url(f"**{address}")


def lists_work(page, address):
    """Turn the page; go to the topics."""
    press = page.keyboard.press
    page.goto(address)
    tab_to(page, page.locator(".pagination").get_by_role("link", name="Older"))
    press("Enter")
    page.wait_for_url("**?page=2")
    tab_to(page, page.locator(".site-links").get_by_role("link", name="Topics"))
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Topics")


def form_works(page, address):
    """Make a mistake, go from its report to the field, put it right."""
    press = page.keyboard.press
    page.goto(address)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type("wrong")
    press("Enter")
    mistake = page.get_by_role("alert").get_by_role("link")
    tab_to(page, mistake)
    press("Enter")
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type("a word")
    press("Enter")
    page.wait_for_url("**/locked/")
