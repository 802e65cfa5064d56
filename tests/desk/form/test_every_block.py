"""Every block in the real editor: typed, saved by itself, there after a reload, published and read."""

import time

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from qa.models import QuestionPage
from tests.at_the_desk import answer_of, insert_block, publish, write_markdown, write_paragraph
from tests.factories import make_question

pytestmark = [
    pytest.mark.same_on_every_database,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

#: What is typed into each block, as readers find it.
WORDS = {
    "Paragraph": "A paragraph of prose.",
    "Heading": "A heading of its own",
    "Markdown": "Some marked words.",
    "Quote": "Words of another.",
    "Short answer": "The answer in short.",
    "Steps": "The first decision?",
    "Pushback": "But what about this…",
    "Comparison": "What each of them costs",
    "Callout": "A remark set apart.",
    "Code": "answer = 42",
    "Image": "What the picture proves",
    "Embed": "A talk about it",
    "Document": "The slides of the talk",
    "Related question": "Why it is worth reading",
}
#: What is typed into fields further inside, in :func:`fill_the_rest`.
WORDS_INSIDE = ("And the reply.", "An *evening*", "A red square", "https://example.org/talk")

#: Blocks whose words go into one text field, by the field's label; and into one Markdown editor.
TEXT_FIELDS = {"Heading": "Heading", "Steps": "Decision", "Code": "Code", "Pushback": "Objection", "Image": "Caption"}
TEXT_FIELDS |= {"Comparison": "Caption", "Embed": "Title", "Document": "Title", "Related question": "Note"}
MARKDOWN = ("Markdown", "Quote", "Callout", "Short answer")
#: What is chosen from the library, by the button that opens it.
CHOSEN = {
    "Image": ("Choose an image", "A picture"),
    "Document": ("Choose a document", "Slides"),
    "Related question": ("Choose a page", "The other one?"),
}


def fill(page, name):
    """Add a block of this name and type its words."""
    insert_block(page, name)
    answer, words = answer_of(page), WORDS[name]
    if name in CHOSEN:
        button, title = CHOSEN[name]
        answer.get_by_role("button", name=button).click()
        page.get_by_role("dialog").get_by_role("link", name=title).first.click()
        expect(page.get_by_role("dialog")).to_be_hidden()
    if name in TEXT_FIELDS:
        answer.get_by_role("textbox", name=TEXT_FIELDS[name]).last.fill(words)
    elif name in MARKDOWN:
        write_markdown(answer, words)
    else:
        write_paragraph(answer, words)


def fill_the_rest(page):
    """Type what some of the blocks need besides."""
    answer = answer_of(page)
    reply = answer.locator("[data-contentpath=reply]").last
    insert_block(page, "Markdown", inside=reply)
    write_markdown(reply, "And the reply.")
    fill_the_comparison(answer.locator(".typed-table-block"))
    answer.get_by_role("textbox", name="Alt text").fill("A red square")
    answer.get_by_role("textbox", name="Address").last.fill("https://example.org/talk")


def fill_the_comparison(table):
    """Make a table of two columns and two rows, a cell of each kind in the second."""
    for number, (kind, heading) in enumerate([("Text", "What"), ("Yes, no, it depends", "Django")]):
        table.locator("[data-append-column]").click()
        table.get_by_role("button", name=kind, exact=True).click()
        table.locator("thead").get_by_role("textbox").nth(number).fill(heading)
    table.get_by_role("button", name="Add row").click()
    second = table.locator("tbody tr").nth(1)
    second.get_by_role("textbox").fill("An *evening*")
    second.get_by_role("combobox").select_option("It depends")


def words_that_are_not_stored(other):
    """Return the words that are not in the newest version of the page that is not ``other``."""
    draft = QuestionPage.objects.exclude(pk=other.pk).get().get_latest_revision_as_object()
    stored = str(draft.answer.get_prep_value())
    return [words for words in [*WORDS.values(), *WORDS_INSIDE] if words not in stored]


def test_every_block_is_typed_saved_by_itself_published_and_read(open_window, editor, column, settings):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 1500  # longer than a block takes: a save after each would double the time
    get_image_model().objects.create(title="A picture", file=get_test_image_file())
    get_document_model().objects.create(title="Slides", file=ContentFile(b"words", "slides.txt"))
    other = make_question("The other one?")
    page = open_window(user=editor)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/admin/pages/add/qa/questionpage/{column.pk}/")
    page.get_by_placeholder("The question in one sentence").fill("Does every block work?")
    for name in WORDS:
        fill(page, name)
    fill_the_rest(page)

    # Nobody presses "Save": a reload finds every word.
    page.wait_for_url("**/edit/")
    deadline = time.monotonic() + 30  # seconds
    while missing := words_that_are_not_stored(other):
        assert time.monotonic() < deadline, f"not saved: {missing}"
        page.wait_for_timeout(500)
    expect(
        page.locator(".w-autosave-indicator__state--saved")
    ).to_be_visible()  # none is on its way that the next form lacks
    page.reload()
    expect(answer_of(page).get_by_role("textbox", name="Note").last).to_have_value(WORDS["Related question"])

    publish(page)
    page.goto(QuestionPage.objects.exclude(pk=other.pk).get().url)
    letter = page.locator("#letter")
    for words in [*WORDS.values(), "And the reply."]:
        expect(letter.get_by_text(words, exact=True)).to_be_visible()
    expect(letter.get_by_role("img", name="A red square")).to_be_visible()
    expect(letter.get_by_role("row", name="An evening It depends")).to_be_visible()
