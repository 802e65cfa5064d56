"""In a browser: what a writer has stored in a text runs no script in an editor's session, whichever key is pressed."""

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from qa.models import QuestionPage
from tests.factories import make_question
from tests.question_form import edit_address

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
