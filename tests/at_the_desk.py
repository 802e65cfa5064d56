"""What browser tests do at the desk, the way an editor does it."""

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

#: Of autosave, in milliseconds: soon enough for a test. Without it the test settings have switched it off.
SOON = 200


def sign_in(page: Page, name: str, *, menu: bool = True) -> None:
    """Sign in with an account of ``conftest.py``; in a narrow window no ``menu`` is to be seen."""
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("a password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main menu")).to_be_visible(visible=menu)


def answer_of(page: Page) -> Locator:
    """Return the part of the form that holds the answer."""
    return page.locator("#panel-child-answer-answer-content")


def insert_block(page: Page, name: str, inside: Locator | None = None) -> None:
    """Add a block at the end of the answer, or of the stream inside one of its blocks, and wait until it is there."""
    stream = inside or answer_of(page)
    expect(page.locator(".w-combobox__option")).to_have_count(0)  # the picker of the block before may still be closing
    places = stream.get_by_title("Insert a block")
    before = places.count()
    places.last.click()
    page.get_by_role("option", name=name, exact=True).click()
    expect(places).not_to_have_count(before)  # or "the last editor" would be the one of the block before
    expect(page.locator(".w-combobox__option")).to_have_count(0)  # and what closes takes the focus with it


def choose_topics(page: Page, *names: str) -> None:
    """File the question under topics, in the dialog that lists them."""
    page.get_by_role("button", name="Add topic").click()
    chooser = page.get_by_role("dialog")
    for name in names:
        chooser.get_by_role("checkbox", name=name).check()
    chooser.get_by_role("button", name="Confirm selection").click()
    expect(chooser).to_be_hidden()


def action(page: Page, name: str) -> Locator:
    """Open the menu at the foot of the form; return the button of one of its actions."""
    page.locator("footer").get_by_role("button", name="More actions").click()
    return page.locator("footer").get_by_role("button", name=name, exact=True)


def act(page: Page, name: str) -> None:
    """Choose an action from the menu at the foot of the form, and wait until it is done."""
    button = action(page, name)
    with page.expect_navigation():
        button.click()


def publish(page: Page) -> None:
    """Publish what is in the form, and wait until it is."""
    act(page, "Publish")
    expect(page.locator(".messages .success")).to_be_visible()


def waiting(page: Page, heading: str) -> Locator:
    """Go to the desk's front page; return one of its lists of what waits."""
    page.goto("/admin/")
    return page.get_by_role("region", name=heading)


def said(page: Page) -> Locator:
    """Return the messages above the page."""
    return page.locator(".messages")


def menu(page: Page, *names: str) -> None:
    """Follow the main menu: the button of a submenu, if there is one, then the link."""
    navigation = page.get_by_role("navigation", name="Main menu")
    for name in names[:-1]:
        navigation.get_by_role("button", name=name).click()
    navigation.get_by_role("link", name=names[-1], exact=True).click()


def _focus(editor: Locator, has_focus: Callable[[], bool]) -> None:
    """Click into an editor until it keeps the focus: a dialog or a picker that closes late takes it once more."""
    deadline = time.monotonic() + 20  # seconds
    while True:
        editor.click()
        editor.page.wait_for_timeout(200)  # milliseconds: Wagtail sets the focus of a new block after 50
        if has_focus():
            return
        assert time.monotonic() < deadline, "the editor does not keep the focus"


def write_markdown(block: Locator, text: str) -> None:
    """Type into the last Markdown editor of a part of the form."""
    editor = block.locator(".CodeMirror").last
    _focus(editor, lambda: "CodeMirror-focused" in editor.get_attribute("class"))
    block.page.keyboard.type(text)
    expect(editor).to_contain_text(text.strip())


def write_paragraph(block: Locator, text: str) -> None:
    """Type into the last rich text editor of a part of the form."""
    editor = block.locator("[contenteditable=true][role=textbox].public-DraftEditor-content").last
    _focus(editor, lambda: editor.evaluate("element => element === document.activeElement"))
    block.page.keyboard.type(text)
    expect(editor).to_contain_text(text)
