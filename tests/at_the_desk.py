"""What browser tests do at the desk, the way an editor does it."""

from playwright.sync_api import Locator, Page, expect


def sign_in(page: Page, name: str, *, menu: bool = True) -> None:
    """Sign in with an account of ``conftest.py``; in a narrow window no ``menu`` is to be seen."""
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("a password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main menu")).to_be_visible(visible=menu)


def answer_of(page: Page) -> Locator:
    """Return the part of the form that holds the answer."""
    return page.locator("#panel-child-answer-answer-content")


def insert_block(page: Page, name: str, inside: Locator | None = None) -> None:
    """Add a block at the end of the answer, or of the stream inside one of its blocks."""
    stream = inside or answer_of(page)
    expect(page.locator(".w-combobox__option")).to_have_count(0)  # the picker of the block before may still be closing
    stream.get_by_title("Insert a block").last.click()
    page.get_by_role("option", name=name, exact=True).click()


def publish(page: Page) -> None:
    """Publish what is in the form, and wait until it is."""
    page.locator("footer").get_by_role("button", name="More actions").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messages .success")).to_be_visible()


def write_markdown(block: Locator, text: str) -> None:
    """Type into the last Markdown editor of a part of the form."""
    block.locator(".CodeMirror").last.click()
    block.page.keyboard.type(text)


def write_paragraph(block: Locator, text: str) -> None:
    """Type into the last rich text editor of a part of the form."""
    block.locator("[contenteditable=true][role=textbox].public-DraftEditor-content").last.click()
    block.page.keyboard.type(text)
