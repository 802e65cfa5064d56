"""The main job, through the real admin in a real browser: an answer is written, reviewed, published and read."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.at_the_desk import answer_of, choose_topics, insert_block, sign_in, write_markdown, write_paragraph
from tests.factories import TopicFactory, make_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "Should I learn SQL before the ORM?"


def draft(page: Page) -> None:
    """Fill in the form for a new question: a paragraph, Markdown, a pushback and two topics."""
    page.get_by_placeholder("The question in one sentence").fill(TITLE)
    page.get_by_label("Asker").fill("Robert B.")

    choose_topics(page, "Django", "PostgreSQL")

    answer = answer_of(page)
    insert_block(page, "Paragraph")
    write_paragraph(answer, "Hi Robert, a little of it, yes.")

    insert_block(page, "Markdown")
    write_markdown(answer, "Three commands **pay for themselves** at once.")

    insert_block(page, "Pushback")
    answer.get_by_label("Objection").fill("But the ORM writes it for me…")
    reply = answer.locator("[data-contentpath=reply]")
    insert_block(page, "Markdown", inside=reply)
    write_markdown(reply, "And who reads it when it is *slow*?")


def test_an_answer_is_drafted_reviewed_published_and_read(browser_page, chromium, live_server, writer, editor, column):
    for name in ("Django", "PostgreSQL"):
        TopicFactory(name=name)
    make_question("An older question?", asked_on=date(2020, 1, 1))

    # The writer drafts, looks at the preview, and submits.
    page = browser_page
    sign_in(page, "writer")
    page.goto(f"/admin/pages/{column.pk}/")
    page.get_by_role("link", name="Add child page").first.click()
    draft(page)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("created", exact=False).first).to_be_visible()

    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(preview.get_by_text("Hi Robert, a little of it, yes.")).to_be_visible()
    expect(preview.get_by_role("heading", name="But the ORM writes it for me…")).to_be_visible()
    page.get_by_role("button", name="Toggle preview").click()

    page.locator("footer").get_by_role("button", name="More actions").click()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Submit to Editor review").click()
    expect(page.get_by_text("submitted for moderation")).to_be_visible()

    # The editor finds it on the desk, approves, and it is published.
    context = chromium.new_context(base_url=live_server.url)
    desk = context.new_page()
    sign_in(desk, "editor")
    desk.get_by_role("link", name=TITLE).first.click()
    desk.locator("footer").get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Approve and Publish").click()
    row = desk.get_by_role("row").filter(has_text=TITLE)
    expect(row.get_by_role("link", name="Current page status: live")).to_be_visible()
    context.close()

    # An anonymous reader finds it, opens it, and goes on.
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    site = context.new_page()
    site.goto("/")
    site.get_by_role("link", name="All questions").click()
    site.get_by_role("link", name=TITLE).click()
    expect(site.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(site.get_by_text("Robert B.")).to_be_visible()
    expect(site.locator(".avatar")).to_have_text("RB")
    expect(site.get_by_text("pay for themselves")).to_be_visible()
    expect(site.get_by_role("heading", name="But the ORM writes it for me…")).to_be_visible()
    question = site.url
    site.get_by_role("link", name="An older question?").click()
    expect(site.get_by_role("heading", level=1)).to_have_text("An older question?")
    site.get_by_role("link", name=TITLE).click()
    assert site.url == question
    site.get_by_role("link", name="PostgreSQL").click()
    expect(site.get_by_role("heading", level=1)).to_have_text("Questions about PostgreSQL")
    expect(site.get_by_role("link", name=TITLE)).to_be_visible()
    context.close()
