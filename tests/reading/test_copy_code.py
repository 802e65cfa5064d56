"""Readers copy code with one press, where JavaScript runs."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_question

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE = 'def f():\n\n    return """<one>\n\ttwo\n"""'
ANSWER = [
    ("code", {"code": CODE, "language": "python", "filename": "a.py", "highlight_lines": "3-5", "line_numbers": True}),
    ("code", {"code": "plain", "language": ""}),
    ("markdown", "```python\nx = 1\n```"),
]


def test_the_button_copies_exactly_the_code_and_says_so(browser_page, column):
    browser_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    browser_page.goto(make_question(answer=ANSWER).url)
    buttons = browser_page.get_by_role("button", name="Copy code")
    expect(buttons).to_have_count(3)
    status = browser_page.get_by_role("status")
    for number, code in enumerate([CODE, "plain", "x = 1"]):
        button = browser_page.locator("button.copy").nth(number)
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        button.focus()
        browser_page.keyboard.press("Enter")
        expect(status).to_have_text("Copied")
        expect(button).to_have_text("Copied")
        assert browser_page.evaluate("navigator.clipboard.readText()") == code
    expect(status).to_have_text("")
    expect(buttons).to_have_count(3)


def test_selecting_the_code_by_hand_copies_no_line_numbers(browser_page, column):
    browser_page.goto(make_question(answer=ANSWER[:1]).url)
    selected = "getSelection().selectAllChildren(document.querySelector('pre.code')); getSelection().toString()"
    assert browser_page.evaluate(selected).rstrip("\n") == CODE


def test_the_buttons_move_nothing(browser_page, chromium, live_server, column):
    address = make_question(answer=ANSWER).url
    without = chromium.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 1280, "height": 1000}
    )
    plain = without.new_page()
    plain.goto(address)
    assert plain.locator(".copy").count() == 0
    assert plain.get_by_role("status").count() == 0
    browser_page.goto(address)
    expect(browser_page.locator("button.copy")).to_have_count(3)
    for number in range(3):
        before, after = (page.locator("pre.code").nth(number).bounding_box() for page in (plain, browser_page))
        assert before == after
    without.close()


def test_a_video_is_asked_for_when_somebody_presses_it_and_stands_where_it_was_pressed(open_window, column):
    embeds = [("embed", {"address": f"https://vimeo.com/12345{n}", "title": f"Talk {n}"}) for n in range(2)]
    question = make_question(answer=embeds)
    pressed = []
    page = open_window(calls="https://player.vimeo.com")
    page.route(
        "https://player.vimeo.com/**", lambda call: pressed.append(call.request.url) or call.fulfill(body="A video")
    )
    page.goto(question.url)
    assert page.locator("iframe").count() == 0
    assert pressed == []
    page.get_by_role("link", name="Talk 1").press("Enter")
    expect(page.locator("iframe")).to_have_attribute("title", "Talk 1")
    expect(page.frame_locator("iframe").locator("body")).to_have_text("A video")
    assert pressed == ["https://player.vimeo.com/video/123451?autoplay=1&dnt=1"]
    expect(page.get_by_role("link", name="Talk 0")).to_be_visible()
