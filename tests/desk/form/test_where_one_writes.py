"""In a browser: the cursor is where one goes on writing, and the question is seen whole."""

import pytest
from playwright.sync_api import expect

from qa.models import QuestionPage
from tests.at_the_desk import answer_of, said
from tests.factories import make_question
from tests.question_form import edit_address, form

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WRITTEN = ["Paragraph", "Markdown", "Heading", "Quote", "Code", "Steps", "Pushback", "Callout", "Comparison", "Embed"]
CHOSEN = ["Image", "Document", "Related question"]


@pytest.fixture
def page(open_window, editor, column):
    page = open_window(user=editor)
    page.goto(edit_address(make_question(publish=False, answer=[])))
    return page


def add_with_keyboard(page, name: str) -> None:
    """Open the picker, search for a block and take it, all without the mouse."""
    answer_of(page).get_by_title("Insert a block").last.press("Enter")
    search = page.locator(".w-combobox input")
    expect(search).to_be_focused()
    page.keyboard.type(name)
    expect(page.get_by_role("option", name=name, exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".w-combobox")).to_have_count(0)


WHAT_HAS_IT = """() => {
    const element = document.activeElement;
    const block = element.closest("[data-streamfield-child]");
    const markdown = element.closest(".CodeMirror")?.CodeMirror;
    return { block: block !== null && !block.nextElementSibling?.matches("[data-streamfield-child]"),
             text: markdown ? markdown.getValue() : element.value || element.innerText };
}"""


def test_every_block_that_is_added_is_written_into_at_once(page):
    page.wait_for_timeout(500)
    for name in WRITTEN:
        add_with_keyboard(page, name)
        page.wait_for_timeout(400)
        page.keyboard.type("Words")
        focused = page.evaluate(WHAT_HAS_IT)
        assert focused["block"], name
        assert "Words" in focused["text"], name


def test_of_what_is_chosen_the_button_has_the_focus(page):
    page.wait_for_timeout(500)
    for name in CHOSEN:
        add_with_keyboard(page, name)
        page.wait_for_timeout(400)
        focused = page.evaluate(WHAT_HAS_IT)
        assert focused["block"], name
        assert "Choose" in focused["text"], name


def test_the_question_is_seen_whole_at_every_width(open_window, editor, column):
    title = "Should I write all of the SQL by hand, or is it enough to know what the ORM makes of my words? " * 2
    question = make_question(publish=False, title=title.strip())
    for width in (1440, 375):
        page = open_window(user=editor, viewport={"width": width, "height": 900})
        page.goto(edit_address(question))
        field = page.locator("textarea[name=title]")
        expect(field).to_have_value(title.strip())
        page.wait_for_timeout(500)
        assert field.evaluate("e => e.scrollHeight <= e.clientHeight + 2 && e.scrollWidth <= e.clientWidth + 2")


def test_the_question_has_no_line_breaks(page):
    field = page.locator("textarea[name=title]")
    field.fill("One line?")
    field.press("End")
    field.press("Enter")
    page.keyboard.type(" Still one.")
    assert field.input_value() == "One line? Still one."
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(said(page).locator(".success")).to_be_visible()
    assert QuestionPage.objects.get().get_latest_revision_as_object().title == "One line? Still one."


def test_line_breaks_that_are_sent_become_spaces(client, editor, column):
    client.force_login(editor)
    question = make_question(publish=False)
    client.post(edit_address(question), form(title="One \r\n line?\n"))
    assert QuestionPage.objects.get().get_latest_revision_as_object().title == "One line?"


def test_a_question_that_is_begun_on_a_day_of_the_calendar_is_planned_for_it(open_window, editor, column):
    page = open_window(user=editor)
    page.goto("/admin/calendar/")
    link = page.locator(".calendar__add").last
    day = link.get_attribute("href").split("=")[1]
    with page.expect_navigation():
        link.click()
    page.get_by_placeholder("The question in one sentence").fill("Planned?")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(said(page).locator(".success")).to_be_visible()
    assert str(QuestionPage.objects.get().get_latest_revision_as_object().planned_for) == day


def test_minutes_are_picked_in_the_schedule_and_the_picker_is_in_nobodys_way(page):
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()
    dialog = page.get_by_role("dialog", name="Set publishing schedule")
    field = dialog.get_by_label("Go live date/time")
    field.click()
    picker = page.locator(".xdsoft_datetimepicker:visible")
    expect(picker).to_have_count(1)
    times = picker.locator(".xdsoft_time").all_text_contents()
    assert {"00:00", "09:15", "17:30", "23:45"} <= set(times)
    page.keyboard.type("2035-01-02 09:20")
    expect(picker).to_have_count(0)
    with page.expect_navigation():
        dialog.get_by_role("button", name="Save schedule").click()
    assert QuestionPage.objects.get().get_latest_revision_as_object().go_live_at.minute == 20
