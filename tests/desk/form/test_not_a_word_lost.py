"""In a browser: no form is left while there are words that the server does not have, and what stops a save is said."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Route, expect
from wagtail.models import Page as AnyPage

from qa.models import Expert, QuestionPage
from tests.at_the_desk import SOON, answer_of, insert_block, said, sign_in, write_paragraph
from tests.factories import ExpertFactory, make_question
from tests.question_form import add_address, edit_address

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FORM = re.compile(r"/admin/pages/(\d+/edit|add/.*)/$")
WORDS = "Words that must not be lost"


def newest() -> QuestionPage:
    return QuestionPage.objects.get().get_latest_revision_as_object()


@pytest.fixture
def question(column) -> QuestionPage:
    return make_question(publish=False)


@pytest.fixture
def window(open_window, editor, question):
    """The form of a question, in which somebody has typed."""
    page = open_window(user=editor)
    open_form(page, question)
    page.locator("[name=summary]").fill(WORDS)
    return page


def open_form(page: Page, question: AnyPage) -> None:
    with page.expect_response(re.compile("form-standing")):
        page.goto(edit_address(question))


def save(page: Page) -> None:
    page.locator("footer").get_by_role("button", name="Save draft", exact=True).click(no_wait_after=True)


def notice(page: Page):
    return page.locator(".desk-notice")


def expect_saved(page: Page) -> None:
    expect(said(page).locator(".success")).to_be_visible()
    assert newest().summary == WORDS


def sign_out() -> None:
    """End the session on the server, as if it had run out: the window knows nothing of it."""
    Session.objects.all().delete()


def sign_in_elsewhere(context: BrowserContext, user, base: str) -> None:
    """Sign in anew, as in another tab: another session, another token for forms."""
    client = Client()
    client.force_login(user)
    context.clear_cookies()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base}])


# What is on the screen is what is saved


@pytest.mark.parametrize("how", ["keyboard", "button", "publish"])
def test_the_last_letter_of_a_paragraph_is_saved(open_window, editor, question, how):
    page = open_window(user=editor)
    open_form(page, question)
    insert_block(page, "Paragraph")
    write_paragraph(answer_of(page), "A beginning")
    button = {
        "button": page.locator("footer").get_by_role("button", name="Save draft", exact=True),
        "publish": page.locator("footer").get_by_role("button", name="Publish", exact=True),
    }.get(how)
    if how == "publish":
        page.locator("footer").get_by_role("button", name="More actions").evaluate("element => element.click()")
    page.locator(".public-DraftEditor-content").last.focus()
    page.keyboard.type(" and its end.")
    with page.expect_navigation():
        # A script is quicker than a hand: nothing is between the last letter and the click.
        button.evaluate("element => element.click()") if button else page.keyboard.press("Control+s")
    assert "and its end." in str(newest().answer[-1].value)


def test_leaving_at_once_is_asked_about(open_window, editor, question):
    page = open_window(user=editor)
    page.goto("/admin/")
    open_form(page, question)
    page.wait_for_timeout(2500)  # then Wagtail looks for changes
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("[name=summary]").press_sequentially("x")
    page.go_back()
    assert asked == ["beforeunload"]


# The network and the server


def test_a_form_is_not_left_without_a_network_and_sends_itself_when_there_is_one(window):
    window.context.set_offline(True)
    save(window)
    expect(notice(window)).to_contain_text("there is no connection")
    expect(window.locator("[name=summary]")).to_have_value(WORDS)
    with window.expect_navigation():
        window.context.set_offline(False)
    expect_saved(window)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_form_is_not_left_for_an_error_of_the_server(window, status):
    def fail(route: Route) -> None:
        route.fulfill(status=status, body="Error") if route.request.method == "POST" else route.continue_()

    window.route(FORM, fail)
    save(window)
    expect(notice(window)).to_contain_text("something is wrong with the site")
    window.unroute(FORM)
    with window.expect_navigation():
        notice(window).get_by_role("button", name="Try again").click()
    expect_saved(window)


def test_a_form_is_saved_also_where_nothing_is_known_of_its_standing_and_no_copy_is_kept(open_window, editor, question):
    page = open_window(user=editor)
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { get() { throw new Error('switched off'); } })")
    page.route(re.compile("form-standing"), lambda route: route.abort())
    page.goto(edit_address(question))
    page.locator("[name=summary]").fill(WORDS)
    with page.expect_navigation():
        save(page)
    expect_saved(page)


def test_what_is_typed_while_a_save_waits_is_saved_with_it(window):
    window.context.set_offline(True)
    save(window)
    expect(notice(window)).to_be_visible()
    window.locator("[name=asker_name]").fill("Typed meanwhile")
    with window.expect_navigation():
        window.context.set_offline(False)
    expect_saved(window)
    assert newest().asker_name == "Typed meanwhile"


def test_mistakes_are_shown_in_the_form_with_what_was_typed(window):
    window.locator("[name=title]").fill("")
    save(window)
    expect(said(window)).to_contain_text("could not be saved")
    expect(window.locator("[name=summary]")).to_have_value(WORDS)
    window.wait_for_timeout(2500)  # milliseconds: by then words would be offered
    expect(window.locator("[data-offered-words]")).to_have_count(0)


# Who is signed in


def test_whoever_is_signed_out_signs_in_beside_the_form_and_it_is_saved(window, editor):
    sign_out()
    save(window)
    expect(notice(window)).to_contain_text("you are signed out")
    with window.context.expect_page() as popup:
        notice(window).get_by_role("button", name="Sign in again").click()
    with window.expect_navigation():
        popup.value.get_by_label("Username").fill("editor")
        popup.value.get_by_label("Password").fill("a password")
        popup.value.get_by_role("button", name="Sign in").click(no_wait_after=True)
    expect_saved(window)
    assert window.context.pages == [window]


def test_whoever_has_signed_in_anew_elsewhere_just_saves(window, editor, live_server):
    sign_in_elsewhere(window.context, editor, live_server.url)
    with window.expect_navigation():
        save(window)
    expect_saved(window)


def test_nothing_is_saved_in_somebody_elses_name_unasked(window, writer, live_server):
    sign_in_elsewhere(window.context, writer, live_server.url)
    save(window)
    expect(notice(window)).to_contain_text("you are now signed in as writer")
    assert newest().summary != WORDS
    with window.expect_navigation():
        notice(window).get_by_role("button", name="Save as writer").click()
    expect_saved(window)
    assert QuestionPage.objects.get().latest_revision.user == writer


def test_a_draft_that_saves_itself_says_that_nobody_is_signed_in(open_window, editor, question, settings):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = SOON
    page = open_window(user=editor)
    open_form(page, question)
    sign_out()
    page.locator("[name=summary]").fill(WORDS)
    expect(notice(page)).to_contain_text("You are signed out")
    other = page.context.new_page()
    sign_in(other, "editor")
    expect(notice(page)).to_be_hidden()
    with page.expect_navigation():
        save(page)
    expect_saved(page)


def test_a_chooser_says_that_nobody_is_signed_in(window):
    sign_out()
    window.get_by_role("button", name="Add topic").click()
    expect(notice(window)).to_contain_text("You are signed out")


# The page is gone, or no longer one's own


def test_the_words_of_a_deleted_question_become_a_new_draft(window, client, writer, administrator):
    question = QuestionPage.objects.get()
    client.force_login(administrator)
    client.post(f"/admin/pages/{question.pk}/delete/")
    save(window)
    expect(notice(window)).to_contain_text("admin has deleted this page")
    with window.expect_navigation():
        notice(window).get_by_role("button", name="Save as a new draft").click()
    expect_saved(window)
    assert QuestionPage.objects.get().pk != question.pk


def test_a_page_that_was_locked_meanwhile_says_so(window, administrator):
    AnyPage.objects.filter(pk=QuestionPage.objects.get().pk).update(locked=True, locked_by=administrator)
    save(window)
    expect(said(window).or_(notice(window)).first).to_contain_text("locked")
    expect(window.locator("[name=summary]")).to_have_value(WORDS)


# The browser's own copy


@pytest.fixture
def crashed(window, question):
    """The form, opened again after the window went down with words in it."""
    window.wait_for_timeout(1500)
    window.close(run_before_unload=False)
    page = window.context.new_page()
    open_form(page, question)
    offer = page.locator("[data-offered-words]")
    expect(offer).to_contain_text("were never saved")
    return page


def test_words_that_were_never_saved_can_be_looked_at_and_taken(crashed):
    crashed.get_by_role("button", name="Look at them").click()
    expect(crashed.get_by_role("dialog", name="Words that were never saved")).to_contain_text(WORDS)
    crashed.get_by_role("button", name="Close").click()
    with crashed.expect_navigation():
        crashed.get_by_role("button", name="Take them").click()
    expect_saved(crashed)
    expect(crashed.locator("[name=summary]")).to_have_value(WORDS)
    crashed.wait_for_timeout(2500)
    expect(crashed.locator("[data-offered-words]")).to_have_count(0)


def test_words_that_are_thrown_away_are_not_offered_again(crashed, question):
    crashed.get_by_role("button", name="Throw them away").click()
    expect(crashed.locator("[data-offered-words]")).to_have_count(0)
    open_form(crashed, question)
    crashed.wait_for_timeout(2500)
    expect(crashed.locator("[data-offered-words]")).to_have_count(0)


def test_words_are_offered_to_nobody_else(crashed, question, writer, live_server):
    sign_in_elsewhere(crashed.context, writer, live_server.url)
    open_form(crashed, question)
    crashed.wait_for_timeout(2500)
    expect(crashed.locator("[data-offered-words]")).to_have_count(0)


def test_words_that_meet_a_newer_version_overwrite_nothing(crashed, question, writer):
    draft = QuestionPage.objects.get().get_latest_revision_as_object()
    draft.summary = "Theirs"
    draft.save_revision(user=writer)
    crashed.get_by_role("button", name="Take them").click()
    expect(crashed.get_by_role("heading", name="Somebody else has saved meanwhile")).to_be_visible()
    assert newest().summary == "Theirs"
    open_form(crashed, question)
    crashed.wait_for_timeout(2500)
    expect(crashed.locator("[data-offered-words]")).to_have_count(0)  # they are in the history


def test_what_was_saved_is_not_offered(window, question):
    with window.expect_navigation():
        save(window)
    window.wait_for_timeout(2500)
    expect(window.locator("[data-offered-words]")).to_have_count(0)


def test_the_words_of_a_window_that_is_open_are_not_offered_in_another(window, question):
    window.wait_for_timeout(1000)
    other = window.context.new_page()
    open_form(other, question)
    other.wait_for_timeout(2500)
    expect(other.locator("[data-offered-words]")).to_have_count(0)


def test_the_words_of_a_new_question_are_offered_as_well(open_window, editor, column):
    page = open_window(user=editor)
    with page.expect_response(re.compile("form-standing")):
        page.goto(add_address(column))
    page.get_by_placeholder("The question in one sentence").fill("A new question?")
    page.locator("[name=summary]").fill(WORDS)
    page.wait_for_timeout(1500)
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(add_address(column))
    with again.expect_navigation():
        again.get_by_role("button", name="Take them").click()
    expect_saved(again)


# Remarks


def comment_on(page: Page, field: str, text: str, *, finish: bool = True) -> None:
    page.locator(f"[data-contentpath={field}]").get_by_role("button", name="Add comment").click()
    box = page.get_by_placeholder("Enter your comments").last
    box.press_sequentially(text)
    if finish:
        page.locator(".comment").filter(has=box).get_by_role("button", name="Comment", exact=True).click()


def remarks() -> list[str]:
    return sorted(remark.text for remark in QuestionPage.objects.get().wagtail_admin_comments.all())


def test_a_remark_that_is_made_while_another_is_being_saved_is_kept(open_window, editor, question, settings):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = SOON
    page = open_window(user=editor)
    open_form(page, question)
    held = []
    page.wait_for_timeout(2500)
    page.route(FORM, lambda route: held.append((route, route.fetch())) if not held else route.continue_())
    comment_on(page, "summary", "The first")
    page.wait_for_timeout(1500)
    comment_on(page, "title", "The second")
    comment_on(page, "asker_name", "The third, un", finish=False)
    route, answer = held[0]
    route.fulfill(response=answer)
    page.wait_for_timeout(500)
    page.keyboard.type("finished")
    page.wait_for_timeout(2500)
    assert remarks() == ["The first", "The second"]
    expect(page.get_by_placeholder("Enter your comments").last).to_have_value("The third, unfinished")
    with page.expect_navigation():
        save(page)
    expect(page.get_by_placeholder("Enter your comments").last).to_have_value("The third, unfinished")
    assert remarks() == ["The first", "The second"]


# The other forms of the desk


def test_the_form_of_an_expert_is_not_left_either(open_window, administrator, column):
    expert = ExpertFactory(name="An expert")
    page = open_window(user=administrator)
    with page.expect_response(re.compile("form-standing")):
        page.goto(f"/admin/snippets/qa/expert/edit/{expert.pk}/")
    page.locator("[name=name]").fill("Another name")
    sign_out()
    page.keyboard.press("Control+s")
    expect(notice(page)).to_contain_text("you are signed out")
    sign_in(page.context.new_page(), "admin")
    expect(said(page).locator(".success")).to_be_visible()
    assert Expert.objects.get(pk=expert.pk).name == "Another name"


def test_a_save_leaves_one_where_one_was(open_window, editor, column):
    question = make_question(publish=False, answer=[("markdown", "Words.\n\n" * 40)] * 6)
    page = open_window(user=editor)
    open_form(page, question)
    page.wait_for_timeout(1000)
    main = page.locator("#main")
    main.evaluate("element => element.scrollTo({ top: 900, behavior: 'instant' })")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    page.wait_for_timeout(2500)
    assert abs(main.evaluate("element => element.scrollTop") - 900) < 50


def test_a_paragraph_that_was_just_left_is_saved(open_window, editor, column):
    page = open_window(user=editor)
    open_form(page, make_question(publish=False, answer=[("paragraph", "<p>A beginning.</p>")]))
    paragraph = page.locator(".public-DraftEditor-content").first
    for number in range(3):
        paragraph.click()
        page.keyboard.press("Control+End")
        page.keyboard.type(f" word{number}")
        page.wait_for_timeout(100 * number)
        page.locator("[name=summary]").press("End")
        page.keyboard.type("x")
        with page.expect_navigation():
            page.keyboard.press("Control+s")
        assert f"word{number}" in str(newest().answer[0].value)
