"""The Markdown editor's toolbar in a real browser: Wagtail's choosers put references into the text."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from qa.models import QuestionPage
from tests.at_the_desk import insert_block, publish, write_markdown
from tests.factories import make_question

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def library(column):
    """A question, a document and an image to choose."""
    return (
        make_question("Is `x` [right]?"),
        get_document_model().objects.create(title="The minutes", file=ContentFile(b"x", "minutes.txt")),
        get_image_model().objects.create(title="A plan", file=get_test_image_file()),
    )


def choose(block, button, title):
    """Press a button of the toolbar and choose what has this title."""
    block.get_by_role("button", name=button).last.click()
    dialog = block.page.get_by_role("dialog")
    dialog.get_by_role("link", name=title).first.click()
    expect(dialog).to_be_hidden()
    expect(block.locator(".CodeMirror-focused")).to_have_count(1)


def text_of(block):
    return block.locator("textarea[data-controller=easymde]").last.input_value()


def test_choosers_insert_references_that_readers_can_follow(open_window, library, editor):
    question, document, image = library
    edited = make_question("Being edited?", answer=[])
    page = open_window(user=editor)
    page.goto(f"/admin/pages/{edited.pk}/edit/")
    answer = page.locator("#panel-child-answer-answer-content")

    insert_block(page, "Markdown")
    write_markdown(answer, "See ")
    choose(answer, "Link to a question", "Is `x` [right]?")
    page.keyboard.type(", ")
    choose(answer, "Link to a document", "The minutes")
    page.keyboard.type(" and ")
    choose(answer, "Insert an image", "A plan")
    assert text_of(answer) == (
        rf"See [Is \`x\` \[right\]?](page:{question.pk}), [The minutes](document:{document.pk})"
        f" and ![A plan](image:{image.pk})"
    )

    insert_block(page, "Pushback")
    answer.get_by_label("Objection").fill("But…")
    reply = answer.locator("[data-contentpath=reply]")
    insert_block(page, "Markdown", inside=reply)
    write_markdown(reply, "Look! It says so here")
    for _letter in "here":
        page.keyboard.press("Shift+ArrowLeft")
    choose(reply, "Link to a question", "Is `x` [right]?")
    assert text_of(reply) == f"Look! It says so [here](page:{question.pk})"
    page.keyboard.type("!")
    choose(reply, "Link to a document", "The minutes")
    assert text_of(reply).endswith(f"! [The minutes](document:{document.pk})")

    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("link", name="here")).to_have_attribute("href", question.url)
    page.get_by_role("button", name="Toggle preview").click()
    publish(page)

    published = QuestionPage.objects.get(pk=edited.pk)
    page.goto(published.url)
    letter = page.locator("main")
    expect(letter.get_by_role("link", name="Is `x` [right]?").first).to_have_attribute("href", question.url)
    expect(letter.get_by_role("link", name="here")).to_have_attribute("href", question.url)
    expect(letter.get_by_role("link", name="The minutes")).to_have_count(2)
    expect(letter.get_by_role("img", name="A plan")).to_be_visible()


def test_the_toolbar_is_reached_by_keyboard_and_its_buttons_have_names(open_window, column, editor):
    edited = make_question("Being edited?", answer=[("markdown", "Words")])
    page = open_window(user=editor)
    page.goto(f"/admin/pages/{edited.pk}/edit/")
    answer = page.locator("#panel-child-answer-answer-content")
    answer.get_by_role("button", name="Insert a block").first.focus()
    toolbar = answer.get_by_role("toolbar", name="Formatting")
    buttons = toolbar.get_by_role("button")
    expect(toolbar.locator("[tabindex='0']")).to_have_count(1)
    buttons.first.focus()
    page.keyboard.press("ArrowRight")
    expect(buttons.nth(1)).to_be_focused()
    expect(toolbar.locator("[tabindex='0']")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(buttons.last).to_be_focused()
    for button in buttons.all():
        assert button.get_attribute("aria-label")


def test_the_tab_key_leaves_the_text_and_other_keys_indent_its_lists(open_window, column, editor):
    edited = make_question("Being edited?", answer=[("markdown", "- one\n- two"), ("code", {"code": "x"})])
    page = open_window(user=editor)
    page.goto(f"/admin/pages/{edited.pk}/edit/")
    answer = page.locator("#panel-child-answer-answer-content")
    for more, less in (("Alt+Shift+ArrowRight", "Alt+Shift+ArrowLeft"), ("Control+]", "Control+[")):
        answer.locator(".CodeMirror").click()
        page.keyboard.press("Control+End")
        page.keyboard.press(more)
        assert text_of(answer) == "- one\n\t- two"
        page.keyboard.press(less)
        assert text_of(answer) == "- one\n- two"
    page.keyboard.press("Tab")
    expect(answer.locator(".CodeMirror-focused")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(answer.locator(".CodeMirror-focused")).to_have_count(1)
    page.keyboard.press("Shift+Tab")
    expect(answer.get_by_role("toolbar").get_by_role("button").first).to_be_focused()
    assert text_of(answer) == "- one\n- two"

    language = answer.locator("input[list]")
    offered = language.evaluate("field => [...field.list.options].map(option => option.value)")
    assert "python" in offered


def test_a_dialog_that_is_closed_changes_nothing_and_gives_the_focus_back(open_window, library, editor):
    edited = make_question("Being edited?", answer=[("markdown", "Words")])
    page = open_window(user=editor)
    page.goto(f"/admin/pages/{edited.pk}/edit/")
    answer = page.locator("#panel-child-answer-answer-content")
    answer.locator(".CodeMirror").click()
    page.keyboard.press("Control+End")
    answer.get_by_role("button", name="Insert an image").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("link", name="A plan").first).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(answer.locator(".CodeMirror-focused")).to_have_count(1)
    page.keyboard.type(" go on")
    assert text_of(answer) == "Words go on"
