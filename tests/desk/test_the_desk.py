"""The desk in a real browser: on a phone, without another host, and as accessible as Wagtail's own pages."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.at_the_desk import sign_in
from tests.factories import TopicFactory, make_question

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: What stands out of the window and cannot be scrolled into it. The admin cuts it off, so the page gets no wider.
CUT_OFF = """() => {
  const visible = { opacityProperty: true, visibilityProperty: true };
  const reachable = (element) => {
    for (let outer = element; outer; outer = outer.parentElement) {
      const { overflowX, clipPath } = getComputedStyle(outer);
      if (/auto|scroll/.test(overflowX) || clipPath !== "none" || outer.matches(".w-sr-only, .CodeMirror")) return true;
    }
  };
  const sticksOut = ({ left, right }) => left < -1 || right > innerWidth + 1;
  return [...document.querySelectorAll("body *:not(svg, svg *)")]
    .filter((e) => e.checkVisibility(visible) && sticksOut(e.getBoundingClientRect()) && !reachable(e))
    .map((e) => e.outerHTML.slice(0, 120));
}"""
SETTLED = "Promise.allSettled(document.getAnimations().map((one) => one instanceof CSSTransition && one.finished))"
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = EVERYTHING | {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture
def work(column):
    """Questions of each kind that the desk shows; the last one is returned, a draft with a paragraph and Markdown."""
    topic = TopicFactory(name="Python")
    make_question("A question of many words, none of them too long for a phone?", topics=[topic])
    make_question(go_live_at=timezone.now() + timedelta(days=2), topics=[topic])
    make_question(expire_at=timezone.now() + timedelta(days=3))
    answer = [("paragraph", "<p>Words.</p>"), ("markdown", "More words.\n\n```\n" + "long " * 40 + "\n```")]
    return make_question(publish=False, topics=[topic], answer=answer)


def open_schedule(page: Page) -> None:
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()
    expect(page.locator("#schedule-publishing-dialog")).to_be_visible()


def test_the_desk_fits_a_phone_and_calls_no_other_host(browser_page, administrator, column, work):
    """``browser_page`` fails at any request to another host."""
    page, faults = browser_page, []
    page.set_viewport_size({"width": 360, "height": 740})

    def look(name):
        page.evaluate(SETTLED)
        faults.extend(f"{name}: {fault}" for fault in page.evaluate(CUT_OFF))

    sign_in(page, "admin", menu=False)
    look("home")
    for address in [
        f"/admin/pages/{column.pk}/",
        "/admin/questions/",
        "/admin/calendar/",
        "/admin/bin/",
        "/admin/images/",
        "/admin/account/",
        f"/admin/pages/{work.pk}/edit/",
    ]:
        page.goto(address)
        look(address)
    expect(page.locator(".public-DraftEditor-content").first).to_be_visible()
    expect(page.locator("footer").get_by_role("button", name="Save draft")).to_be_in_viewport()
    page.get_by_role("button", name="Link to a question").first.click()
    expect(page.get_by_role("dialog").get_by_role("link", name="A question of many words").first).to_be_visible()
    look("chooser")
    page.reload()
    open_schedule(page)
    look("schedule dialog")
    assert not faults


def test_axe_finds_nothing_that_it_does_not_find_in_wagtails_own_pages(open_window, administrator, column, work):
    page = open_window(user=administrator)
    page.emulate_media(reduced_motion="reduce")
    topic = work.question_topics.first().topic

    def rules(*addresses, prepare=None):
        """Return the rules that are broken: all of them in light colours, those on colours in dark ones, too."""
        broken = set()
        for address in addresses:
            page.emulate_media(color_scheme="light")
            page.goto(address)
            if prepare:
                prepare(page)
            for scheme, options in [("light", EVERYTHING), ("dark", COLOURS)]:
                page.emulate_media(color_scheme=scheme)
                # Colours that are still on their way have another contrast.
                page.evaluate(SETTLED)
                broken |= {(v["id"], v["help"]) for v in Axe().run(page, options=options).response["violations"]}
        return broken

    front = f"/admin/pages/{column.get_parent().pk}/edit/"
    of_forms = rules(front)
    assert rules(f"/admin/pages/{work.pk}/edit/") <= of_forms
    assert rules(f"/admin/pages/{work.pk}/edit/", prepare=open_schedule) <= of_forms
    of_lists = rules("/admin/users/")
    assert rules("/admin/questions/", "/admin/snippets/qa/topic/", "/admin/reports/vain-searches/") <= of_lists
    make_question("A deleted question?").delete()
    of_others = rules("/admin/collections/add/")
    assert rules("/admin/", "/admin/calendar/", "/admin/bin/", f"/admin/topics/{topic.pk}/merge/") <= of_others


def test_the_account_offers_time_zones_that_browsers_know(open_window, editor):
    page = open_window(user=editor)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto("/admin/account/")
    expect(page.locator("[name$=current_time_zone] option[value='Europe/Berlin']")).to_contain_text("GMT")
    assert complaints == []
