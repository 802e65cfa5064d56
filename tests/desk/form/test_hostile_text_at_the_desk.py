"""In a browser: what a writer has stored in a text runs no script in an editor's session, whichever key is pressed."""

import pytest
from django.utils.html import escape
from playwright.sync_api import Dialog, Locator, Page, expect
from wagtail.models import Comment

from qa.models import QuestionPage
from tests.at_the_desk import answer_of
from tests.factories import ExpertFactory, TopicFactory, make_question
from tests.question_form import edit_address, library

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOSTILE = "Text <img src=x onerror=alert(1)> <svg onload=alert(2)></svg> [link](javascript:alert(3))"

#: What the widget binds to keys when nobody tells it otherwise, by the names of its actions.
ITS_KEYS = """() => {
    const element = document.createElement("textarea");
    document.body.append(element);
    const editor = new EasyMDE({ element, autoDownloadFontAwesome: false, spellChecker: false });
    const shortcuts = { ...editor.options.shortcuts };
    const bound = Object.keys(editor.codemirror.getOption("extraKeys"));
    editor.toTextArea();
    element.remove();
    return { shortcuts, bound };
}"""

#: Elements of the page that would run a script, or that the widget's own preview has made.
DANGEROUS = """() => [...document.querySelectorAll("*")]
    .filter((element) => [...element.attributes].some(({ name }) => /^on/.test(name))
        || /^javascript:/.test(element.getAttribute("href") ?? "")
        || (/editor-preview/.test(element.className) && element.childNodes.length))
    .map((element) => element.outerHTML.slice(0, 200))"""

MODIFIERS = {"Ctrl": "Control", "Cmd": "Meta", "Alt": "Alt", "Shift": "Shift"}


def noted(page: Page, dialog: Dialog) -> None:
    """Answer a dialog; only the browser's own question, whether to leave the form, is none of a script in the text."""
    if dialog.type == "beforeunload":
        dialog.accept()
    else:
        page.dialogs.append(dialog.message)
        dialog.dismiss()


@pytest.fixture
def page(open_window, editor, column):
    """The form of a question with a hostile text in each kind of field that has a Markdown editor."""
    question = make_question(
        question=HOSTILE,
        publish=False,
        answer=[
            ("markdown", HOSTILE),
            ("quote", {"text": HOSTILE}),
            ("short_answer", HOSTILE),
            ("steps", [{"title": "A step", "text": HOSTILE}]),
            ("pushback", {"objection": "But…", "reply": [{"type": "markdown", "value": HOSTILE}]}),
            ("callout", {"kind": "note", "text": HOSTILE}),
        ],
    )
    window = open_window(user=editor)
    window.dialogs = []
    window.on("dialog", lambda dialog: noted(window, dialog))
    window.goto(edit_address(question))
    return window


def editors(page: Page) -> list[Locator]:
    """Return the Markdown editors of the open tab."""
    return [editor for editor in page.locator(".CodeMirror").all() if editor.is_visible()]


def write_hostile(editor: Locator) -> None:
    editor.evaluate("(element, text) => element.CodeMirror.setValue(text)", HOSTILE)


def press(page: Page, editor: Locator, key: str) -> None:
    """Press a key, as EasyMDE calls it, with the cursor in the text."""
    editor.evaluate("element => element.CodeMirror.focus()")
    *modifiers, last = key.replace("+", "-").rstrip("-").split("-") if key != "-" else [key]
    page.keyboard.press("+".join([MODIFIERS[name] for name in modifiers] + [{"Esc": "Escape"}.get(last, last)]))


def assert_harmless(page: Page, what: str) -> None:
    assert not page.evaluate(DANGEROUS), what
    assert not page.dialogs, what


def test_no_key_of_the_markdown_editor_runs_what_is_in_the_text(page):
    known = page.evaluate(ITS_KEYS)
    keys = sorted({*known["shortcuts"].values(), *known["bound"], "Ctrl-P", "Ctrl-Alt-I"} - {"Enter", "Tab"})
    assert len(keys) > 15
    seen = 0
    for tab in ("answer", "reader"):
        page.locator(f"#tab-label-{tab}").click()
        for editor in editors(page):
            seen += 1
            write_hostile(editor)
            for key in keys:
                press(page, editor, key.replace("Cmd", "Ctrl"))
            page.wait_for_timeout(50)
            assert_harmless(page, editor.evaluate("element => element.closest('.w-panel, .w-field')?.id"))
    assert seen == 7  # one for each kind of field
    assert QuestionPage.objects.count() == 1


def test_nothing_that_the_widget_can_be_asked_for_renders_the_text(page):
    page.evaluate(
        """(text) => document.querySelectorAll(".CodeMirror").forEach(({ CodeMirror }) => CodeMirror.setValue(text))""",
        HOSTILE,
    )
    page.evaluate(
        """(text) => {
            const editor = wagtailMarkdown.options.parent;
            for (const name of ["togglePreview", "togglePreview", "toggleSideBySide", "toggleFullScreen"]) {
                editor[name]();
                editor.value(text);
            }
            document.body.append(Object.assign(document.createElement("div"), { innerHTML: editor.markdown(text) }));
        }""",
        HOSTILE,
    )
    page.wait_for_timeout(500)
    assert_harmless(page, "by hand")


@pytest.mark.parametrize("key", ["F9", "F11", "Control+Alt+i"])
def test_these_keys_are_the_browsers_own(page, key):
    page.evaluate(
        "() => addEventListener('keydown', (event) => (window.lastKey = [event.key, event.defaultPrevented]))"
    )
    editor = editors(page)[0]
    editor.evaluate("element => element.CodeMirror.focus()")
    page.keyboard.press(key)
    assert page.evaluate("window.lastKey") == [key.rpartition("+")[2], False]
    assert editor.evaluate("element => element.CodeMirror.getValue()") == HOSTILE
    assert not editor.evaluate("element => element.CodeMirror.getOption('fullScreen')")


def test_the_key_for_the_preview_opens_the_pages_own_preview_from_a_markdown_text_as_well(page):
    editor = editors(page)[0]
    editor.evaluate("element => element.CodeMirror.focus()")
    page.keyboard.press("Control+p")
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("heading", level=1)).to_be_visible()
    assert preview.locator("img[onerror], svg[onload]").count() == 0
    assert_harmless(page, "preview")
    assert editor.evaluate("element => element.CodeMirror.getValue()") == HOSTILE


NAME = "<img src=x onerror=alert(4)>"


def test_no_name_runs_anything_in_the_widgets_of_the_form(open_window, editor, writer, column):
    writer.first_name = NAME
    writer.save()
    topic, expert = TopicFactory(name=NAME), ExpertFactory(name=NAME)
    image, document = library()
    for found in (image, document):
        found.title = NAME
        found.tags.add(NAME)
        found.save()
    other = make_question(NAME, asker_name=NAME)
    question = make_question(
        NAME,
        publish=False,
        asker_name=NAME,
        topics=[topic],
        answered_by=expert,
        answer=[
            ("paragraph", f"<p>{escape(NAME)}</p>"),
            ("markdown", NAME),
            ("document", {"document": document, "title": NAME}),
            ("related", {"question": other, "note": NAME}),
        ],
    )
    Comment.objects.create(page=question, user=writer, text=NAME, contentpath="title")
    window = open_window(user=editor)
    window.dialogs = []
    window.on("dialog", lambda dialog: noted(window, dialog))
    window.goto(edit_address(question))
    answer = answer_of(window)
    for opener in ("Link to a question", "Link to a document", "Insert an image"):
        answer.get_by_role("button", name=opener).first.click()
        dialog = window.get_by_role("dialog")
        expect(dialog.get_by_text(NAME).first).to_be_visible()
        assert_harmless(window, opener)
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_be_hidden()
    window.get_by_role("button", name="Add topic").click()
    expect(window.get_by_role("dialog").get_by_text(NAME).first).to_be_visible()
    window.get_by_role("dialog").get_by_role("checkbox").last.check()
    window.get_by_role("dialog").get_by_role("button", name="Confirm selection").click()
    expect(window.get_by_role("dialog")).to_be_hidden()
    for panel in ("comments", "status", "checks"):
        window.get_by_role("button", name=f"Toggle {panel}").click()
        window.wait_for_timeout(300)
        assert_harmless(window, panel)
    expect(window.get_by_text(NAME).first).to_be_visible()

    window.goto(f"/admin/images/{image.pk}/")  # tags, and what is suggested while one is typed
    window.locator(".tagit-new input").press_sequentially("<im")
    expect(window.locator(".ui-autocomplete").get_by_text(NAME)).to_be_visible()
    assert_harmless(window, "tags")
