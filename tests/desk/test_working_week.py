"""A working week at the desk, with clicks and keys: a writer and an editor, until an answer is read, and after."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import expect
from wagtail.users.models import UserProfile

from qa.models import QuestionPage
from tests.at_the_desk import (
    SOON,
    act,
    action,
    answer_of,
    choose_topics,
    insert_block,
    menu,
    said,
    waiting,
    write_markdown,
)
from tests.factories import TopicFactory, make_question
from tests.processes import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.same_on_every_database]

TITLE = "Should I learn SQL before the ORM?"
MONDAY = datetime(2026, 5, 4, 9, tzinfo=UTC)


def draft_of(writer, **fields):
    """Return a draft as the writer's form leaves it."""
    question = make_question(TITLE, publish=False, topics=[TopicFactory(name="Databases")], **fields)
    question.owner = writer
    question.save()
    question.get_latest_revision_as_object().save_revision(user=writer)
    return QuestionPage.objects.get(pk=question.pk)


def newest():
    """Return the newest version of the question, ``None`` before there is one."""
    question = QuestionPage.objects.filter(draft_title=TITLE).first()
    return question and question.get_latest_revision_as_object()


def test_an_answer_is_drafted_and_the_desk_saves_and_checks_it(open_window, writer, column, settings):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = SOON
    TopicFactory(name="Databases")
    make_question("Do I have to learn SQL?")
    page = open_window(user=writer)
    page.goto("/admin/")
    menu(page, "Questions")
    page.get_by_role("link", name="Add question page").click()

    # The title brings what was answered before.
    title = page.get_by_placeholder("The question in one sentence")
    title.click()  # which waits for the page to be painted: before that nothing takes the focus
    title.press_sequentially(TITLE)
    expect(page.get_by_text("Readers see it as the heading of the page")).to_be_visible()
    expect(page.get_by_role("link", name="Do I have to learn SQL?")).to_be_visible()
    page.get_by_label("Asker").fill("Robert B.")
    page.get_by_label("Asked on").fill("2026-05-03")
    choose_topics(page, "Databases")
    insert_block(page, "Markdown")
    write_markdown(answer_of(page), "A little of it, yes.")
    assert wait_for(lambda: (draft := newest()) and "A little of it, yes." in str(draft.answer.raw_data)), "by itself"
    draft = newest()
    assert (draft.asker, draft.asked_on, draft.topics[0].name) == ("Robert B.", date(2026, 5, 3), "Databases")

    # The checks say what is missing, and lead there.
    page.get_by_role("button", name="Toggle checks").click()
    missing = page.get_by_role("link", name="There is no short answer")
    missing.click()
    page.get_by_role("textbox", name="Short answer").fill("A little of it.")
    expect(missing).to_have_count(0)


def test_comments_are_answered_and_changes_asked_for_are_made(open_window, writer, editor, settings):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = SOON
    question = draft_of(writer, asker_name="Robert B.", summary="A little of it.")
    form = f"/admin/pages/{question.pk}/edit/"
    comment = "Does he want his name printed?"
    remark = "Say which <SQL>: joins or windows?"

    # The editor comments on a field, with the keyboard alone.
    editors = open_window(user=editor)
    editors.goto(form)
    editors.get_by_label("Asker").focus()
    editors.keyboard.press("Control+Alt+m")
    expect(editors.get_by_placeholder("Enter your comments")).to_be_focused()
    editors.keyboard.type(comment)
    editors.keyboard.press("Tab")
    editors.keyboard.press("Enter")
    assert wait_for(lambda: question.wagtail_admin_comments.exists())

    # The writer finds it on the front page of the desk and answers; the editor finds the answer there and resolves it.
    writers = open_window(user=writer)
    line = waiting(writers, "Comments to answer")
    expect(line).to_contain_text(f"editor: “{comment}”")
    line.get_by_role("link", name=TITLE).click()
    writers.get_by_placeholder("Enter your reply").fill("Yes.")
    writers.get_by_role("button", name="Reply", exact=True).click()
    assert wait_for(lambda: question.wagtail_admin_comments.get().replies.exists())
    line = waiting(editors, "Comments to answer")
    expect(line).to_contain_text("writer: “Yes.”")
    line.get_by_role("link", name=TITLE).click()
    expect(editors.locator(".comment")).to_be_focused()
    # A menu that is opened while the list of comments still moves into its place closes again.
    more = editors.locator(".comment > .comment-header").get_by_label("More actions")
    resolve = editors.get_by_role("menuitem", name="Resolve")
    assert wait_for(lambda: resolve.is_visible() or more.click() or resolve.is_visible())
    resolve.click()
    assert wait_for(lambda: question.wagtail_admin_comments.get().resolved_at)

    # The writer hands it in.
    writers.goto(form)
    act(writers, "Submit to Editor review")
    expect(said(writers)).to_contain_text("submitted for moderation")

    # The editor asks for changes.
    waiting(editors, "To review").get_by_role("link", name=TITLE).click()
    action(editors, "Request changes").click()
    dialog = editors.get_by_role("dialog")
    dialog.get_by_label("Comment").fill(remark)
    with editors.expect_navigation():
        dialog.get_by_role("button", name="Request changes").click()
    expect(said(editors)).to_contain_text("It went back to writer.")

    # The writer sees on the front page what is wanted, mends it, and hands it in again.
    line = waiting(writers, "Handed in by me")
    expect(line).to_contain_text(f"changes asked for: “{remark}”")
    line.get_by_role("link", name=TITLE).click()
    expect(said(writers)).to_contain_text(f"editor asks for changes: “{remark}”")
    writers.get_by_role("textbox", name="Short answer").fill("A little of it: joins.")
    act(writers, "Resubmit to Editor review")
    waiting(editors, "To review").get_by_role("link", name=TITLE).click()
    expect(editors.get_by_role("textbox", name="Short answer")).to_have_value("A little of it: joins.")
    expect(said(editors)).not_to_contain_text("asks for changes")


def test_an_approved_answer_is_scheduled_moved_corrected_published_and_found(open_window, writer, editor, live_server):
    UserProfile.objects.create(user=editor, current_time_zone="Europe/Berlin")
    with time_machine.travel(MONDAY) as clock:
        question = draft_of(writer)
        question.get_workflow().start(question, writer)
        page = open_window(user=editor)

        # Scheduled while it is approved.
        waiting(page, "To review").get_by_role("link", name=TITLE).click()
        page.get_by_role("button", name="Toggle status").click()
        page.get_by_role("button", name="Set schedule").click()
        dialog = page.get_by_role("dialog", name="Set publishing schedule")
        expect(dialog).to_contain_text("Times are in Europe/Berlin (now: May 4, 2026, 11")
        time = dialog.get_by_label("Go live date/time")
        time.fill("2026-05-04 10:59")
        expect(dialog.get_by_role("status")).to_contain_text("The time to go live has passed")
        time.fill("2026-05-06 09:00")
        expect(dialog.get_by_role("status")).to_be_empty()
        with page.expect_navigation():
            dialog.get_by_role("button", name="Save schedule").press("Enter")  # the date picker is in a pointer's way
        act(page, "Approve and schedule")
        expect(said(page)).to_contain_text("Approved: it goes live on May 6, 2026, 9 a.m. (Europe/Berlin).")

        # Moved: dragged to another day, then with the keyboard to another hour.
        menu(page, "Calendar")
        entry = page.locator(".calendar__entry--scheduled")
        entry.drag_to(page.locator("[data-day='2026-05-08']"))
        expect(said(page)).to_contain_text("now goes live on May 8, 2026, 9 a.m. (Europe/Berlin).")
        expect(page.locator("[data-day='2026-05-08']")).to_contain_text(TITLE)
        entry.get_by_role("link", name="Move").press("Enter")
        page.get_by_label("Time").fill("10:30")
        page.get_by_role("button", name="Move").focus()
        expect(page.get_by_role("button", name="Move")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[data-day='2026-05-08']")).to_contain_text("Goes live 10:30 a.m.")

        # Corrected: it keeps its slot.
        entry.get_by_role("link", name=TITLE, exact=True).click()
        page.get_by_role("link", name="Correct and keep the schedule").click()
        page.get_by_role("textbox", name="Short answer").fill("A little of it: joins, nothing else.")
        page.get_by_role("button", name="Save and keep the schedule").click()
        expect(said(page)).to_contain_text("has been scheduled for publishing")
        scheduled = waiting(page, "Scheduled for the next 14 days")
        expect(scheduled).to_contain_text(f"{TITLE} goes live, May 8, 2026, 10:30 a.m.")

        # Published when its time comes, by nobody, and found by readers.
        reader = open_window(java_script_enabled=False)
        reader.goto("/questions/")
        expect(reader.get_by_role("link", name=TITLE)).to_have_count(0)
        clock.move_to(datetime(2026, 5, 8, 8, 30, tzinfo=UTC))
        call_command("publish_scheduled", verbosity=0)
        reader.reload()
        reader.get_by_role("link", name=TITLE).click()
        expect(reader.get_by_role("main")).to_contain_text("A little of it: joins, nothing else.")
        reader.get_by_role("navigation").get_by_role("link", name="Search").first.click()
        reader.get_by_role("searchbox").fill("joins")
        reader.get_by_role("button", name="Search").click()
        expect(reader.get_by_role("main").get_by_role("link", name=TITLE)).to_be_visible()
        assert TITLE in reader.request.get("/questions/feed/").text()


def test_an_answer_past_its_review_date_is_on_the_desk_until_it_is_marked_as_reviewed(open_window, editor):
    with time_machine.travel(MONDAY) as clock:
        topics = [TopicFactory(name="Databases")]
        question = make_question(TITLE, topics=topics, review_after=date(2027, 5, 1))
        clock.move_to(MONDAY + timedelta(days=365))
        page = open_window(user=editor)
        expect(waiting(page, "Past their review date")).to_contain_text(f"{TITLE} review due, May 1, 2027")
        menu(page, "Questions")
        page.get_by_role("button", name="Show filters").click()
        page.get_by_role("button", name="Status", exact=True).last.click()
        page.get_by_label("Overdue for review").check()
        expect(page.get_by_text("Status: Overdue for review")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("row").filter(has_text=TITLE).get_by_role("checkbox").check()
        page.get_by_role("link", name="Mark the selected questions as reviewed today").click()
        page.get_by_role("button", name="Mark as reviewed").click()
        expect(said(page)).to_contain_text("1 question is marked as reviewed.")
        page.goto("/admin/")
        expect(page.get_by_text("Past their review date")).to_have_count(0)
        page.goto(question.url)
        expect(page.get_by_text("Last reviewed on May 4, 2027")).to_be_visible()


def test_whoever_saves_a_stale_form_sees_what_changed_and_chooses(open_window, editor, django_user_model, settings):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = SOON
    colleague = django_user_model.objects.create_user("colleague")
    colleague.groups.set(editor.groups.all())
    question = make_question(TITLE, asker_name="Bob", topics=[TopicFactory(name="Databases")])
    form = f"/admin/pages/{question.pk}/edit/"
    first, second = open_window(user=editor), open_window(user=colleague)
    second.goto(form)
    first.goto(form)
    first.get_by_label("Asker").fill("Robert B.")
    act(first, "Publish")
    second.get_by_role("textbox", name="Short answer").press_sequentially("Yes, first of all.")
    expect(second.get_by_text("Save, and you see what differs.")).to_be_visible()  # autosave pauses
    with second.expect_navigation():
        second.get_by_role("button", name="Save draft").click()
    expect(second.get_by_role("main")).to_contain_text("editor has saved this page")
    expect(second.get_by_role("row").filter(has_text="Asker")).to_contain_text("editor")
    expect(second.get_by_role("row").filter(has_text="Short answer")).to_contain_text("you")
    second.get_by_role("button", name="Save my version over it").click()
    expect(said(second)).to_contain_text("has been updated")
    expect(second.get_by_label("Asker")).to_have_value("Bob")
    second.get_by_role("link", name="History", exact=True).first.click()
    expect(second.get_by_text("Set aside: somebody else had saved meanwhile")).to_be_visible()
