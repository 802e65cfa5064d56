"""In a browser: whoever saves while the form saves itself is alone, and all that is on the screen is saved, once."""

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from wagtail.models import Revision

from qa.models import QuestionPage
from tests.at_the_desk import SOON, action, answer_of, choose_topics, insert_block, said, write_markdown
from tests.factories import TopicFactory, make_question
from tests.question_form import add_address, edit_address

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTICED = 1200  # milliseconds: longer than Wagtail's poll for changes and the interval of autosave together
ITSELF, SAVE = "itself", "save"


@pytest.fixture(autouse=True)
def _autosave(settings):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = SOON


class Posts:
    """What the form sends, in order; the first request of one kind is held until it is let go."""

    def __init__(self, page: Page, hold: str = ITSELF, arrives: bool = True):
        self.sent: list[str] = []
        self._page, self._kind, self._arrives = page, hold, arrives
        self._held: Route | None = None
        self._answer: Any = None
        page.route(re.compile(r"/admin/pages/(\d+/edit|add/.*)/$"), self._handle)

    def _handle(self, route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        kind = ITSELF if route.request.headers["accept"] == "application/json" else SAVE
        self.sent.append(kind)
        if kind != self._kind or self._held:
            route.continue_()
            return
        if kind == ITSELF and self._arrives:
            self._answer = route.fetch()  # the server has saved it, and the page does not know yet
        self._held = route

    def wait(self) -> None:
        """Wait until there is a request to hold."""
        deadline = time.monotonic() + 20  # seconds
        while not self._held:
            assert time.monotonic() < deadline, f"nothing to hold: {self.sent}"
            self._page.wait_for_timeout(50)

    def let_go(self) -> None:
        """Let the server's answer through."""
        self._held.fulfill(response=self._answer) if self._answer else self._held.continue_()

    def fail(self, how: str) -> None:
        """Answer with a failure instead."""
        self._held.abort() if how == "network" else self._held.fulfill(status=500, body="Server Error")


def watched(page: Page) -> None:
    """Wait until Wagtail looks for changes: it begins two seconds after a form was opened."""
    page.wait_for_function(
        """() => window.wagtail.app.getControllerForElementAndIdentifier(
            document.querySelector("form[data-edit-form]"), "w-unsaved")?.initialFormData"""
    )


def newest() -> QuestionPage:
    return QuestionPage.objects.get().get_latest_revision_as_object()


def write(page: Page, text: str) -> None:
    page.locator("[name=summary]").press("End")
    page.locator("[name=summary]").press_sequentially(text)


def saving_itself(page: Page, question: QuestionPage) -> Posts:
    """Open a question and type until it saves itself; return what the form posts, with that save held, and type on."""
    page.goto(edit_address(question))
    posts = Posts(page)
    write(page, "One")
    posts.wait()
    write(page, " two")
    return posts


def click_save(page: Page) -> None:
    page.locator("footer").get_by_role("button", name="Save draft", exact=True).click(no_wait_after=True)


def click_publish(page: Page) -> None:
    action(page, "Publish").click(no_wait_after=True)


def click_submit(page: Page) -> None:
    action(page, "Submit to Editor review").click(no_wait_after=True)


def press_save(page: Page) -> None:
    page.keyboard.press("Control+s")


def press_enter(page: Page) -> None:
    page.locator("[name=asker_name]").focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("save", [click_save, click_publish, click_submit, press_save, press_enter])
def test_saving_waits_for_the_save_under_way_and_is_no_conflict_with_oneself(open_window, editor, writer, column, save):
    page = open_window(user=writer if save is click_submit else editor)
    posts = saving_itself(page, make_question(publish=False))
    save(page)
    page.wait_for_timeout(NOTICED)
    assert posts.sent == [ITSELF]
    with page.expect_navigation():
        posts.let_go()
    expect(said(page).locator(".success")).to_be_visible()
    assert posts.sent == [ITSELF, SAVE]
    assert newest().summary == "One two"
    question = QuestionPage.objects.get()
    assert question.live == (save is click_publish)
    assert question.workflow_in_progress == (save is click_submit)


def test_scheduling_waits_for_the_save_under_way(open_window, editor, column):
    page = open_window(user=editor)
    posts = saving_itself(page, make_question(publish=False))
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()
    dialog = page.get_by_role("dialog", name="Set publishing schedule")
    slot = timezone.now().replace(second=0, microsecond=0) + timedelta(days=2)
    dialog.get_by_label("Go live date/time").fill(f"{slot:%Y-%m-%d %H:%M}")
    dialog.get_by_role("button", name="Save schedule").press("Enter")  # the date picker is in a pointer's way
    page.wait_for_timeout(NOTICED)
    with page.expect_navigation():
        posts.let_go()
    expect(said(page).locator(".success")).to_be_visible()
    assert (newest().summary, newest().go_live_at) == ("One two", slot)

    page.unroute_all()
    posts = Posts(page)
    write(page, " three")
    posts.wait()
    action(page, "Schedule to publish").click()
    page.wait_for_timeout(NOTICED)
    with page.expect_navigation():
        posts.let_go()
    expect(said(page)).to_contain_text("has been scheduled for publishing")
    assert posts.sent == [ITSELF, SAVE]
    scheduled = QuestionPage.objects.get().scheduled_revision
    assert scheduled.approved_go_live_at == slot
    assert scheduled.as_object().summary == "One two three"


def test_rows_and_blocks_changed_during_a_save_are_saved_once(open_window, editor, column):
    kept, removed, _added, _later = (TopicFactory(name=name) for name in ("Kept", "Removed", "Added", "Later"))
    question = make_question(publish=False, topics=[kept, removed], answer=[])
    page = open_window(user=editor)
    page.goto(edit_address(question))
    posts = Posts(page)
    watched(page)
    choose_topics(page, "Added")  # a row that the held save makes, and whose number the page does not know yet
    posts.wait()
    page.locator("#id_question_topics-1-DELETE-button").click()
    choose_topics(page, "Later")
    insert_block(page, "Markdown")
    write_markdown(answer_of(page), "Written meanwhile")
    click_save(page)
    page.wait_for_timeout(NOTICED)
    with page.expect_navigation():
        posts.let_go()
    expect(said(page).locator(".success")).to_be_visible()
    assert [topic.name for topic in newest().topics] == ["Kept", "Added", "Later"]
    assert [str(row) for row in QuestionPage.objects.get().question_topics.all()] == ["Kept", "Added", "Later"]
    assert [block.value for block in newest().answer] == ["Written meanwhile"]


def test_a_new_question_that_saves_itself_becomes_one_page(open_window, editor, column):
    page = open_window(user=editor)
    page.goto(add_address(column))
    posts = Posts(page)
    page.get_by_placeholder("The question in one sentence").fill("A new question?")
    posts.wait()
    write(page, "Typed on")
    click_save(page)
    page.wait_for_timeout(NOTICED)
    with page.expect_navigation():
        posts.let_go()
    expect(said(page).locator(".success")).to_be_visible()
    assert posts.sent == [ITSELF, SAVE]
    assert newest().summary == "Typed on"  # of the only question that there is


@pytest.mark.parametrize("how", ["network", "server"])
def test_saving_goes_on_when_the_save_under_way_fails(open_window, editor, column, how):
    page = open_window(user=editor)
    page.goto(edit_address(make_question(publish=False)))
    posts = Posts(page, arrives=False)
    write(page, "One")
    posts.wait()
    write(page, " two")
    click_save(page)
    page.wait_for_timeout(NOTICED)
    assert posts.sent == [ITSELF]
    with page.expect_navigation():
        posts.fail(how)
    expect(said(page).locator(".success")).to_be_visible()
    assert newest().summary == "One two"


def test_a_save_that_is_never_answered_is_not_waited_for_for_ever(open_window, editor, column):
    page = open_window(user=editor)
    page.clock.install()
    page.goto(edit_address(make_question(publish=False)))
    page.clock.run_for(3000)
    posts = Posts(page, arrives=False)
    write(page, "One")
    page.clock.run_for(2000)
    posts.wait()
    click_save(page)
    page.clock.run_for(20_000)
    assert posts.sent == [ITSELF]
    with page.expect_navigation():
        page.clock.run_for(15_000)
    expect(said(page).locator(".success")).to_be_visible()
    assert newest().summary == "One"


@pytest.mark.parametrize("under_way", [True, False])
def test_saving_twice_saves_once(open_window, editor, column, under_way):
    page = open_window(user=editor)
    question = make_question(publish=False)
    if under_way:
        posts = saving_itself(page, question)
    else:
        page.goto(edit_address(question))
        posts = Posts(page, hold=SAVE)
        write(page, "One two")
    press_enter(page)
    page.keyboard.press("Enter")
    press_save(page)
    page.wait_for_timeout(NOTICED)
    with page.expect_navigation():
        posts.let_go()
    expect(said(page).locator(".success")).to_be_visible()
    assert posts.sent == ([ITSELF, SAVE] if under_way else [SAVE])
    assert newest().summary == "One two"
    assert Revision.objects.for_instance(question).count() <= 3


@pytest.mark.parametrize("save", [click_save, click_publish, press_save, press_enter])
def test_nothing_is_sent_after_saving(open_window, editor, column, settings, save):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 2000  # time to press before it saves itself
    page = open_window(user=editor)
    page.goto(edit_address(make_question(publish=False)))
    posts = Posts(page, hold=SAVE)
    page.evaluate("document.addEventListener('w-autosave:save', () => (window.isAboutTo = true))")
    write(page, "One")
    page.wait_for_function("() => window.isAboutTo")
    save(page)
    posts.wait()
    page.wait_for_timeout(2000 + NOTICED)
    with page.expect_navigation():
        posts.let_go()
    expect(said(page).locator(".success")).to_be_visible()
    assert posts.sent == [SAVE]


def test_somebody_else_who_has_saved_is_told_of(open_window, editor, writer, column):
    question = make_question(publish=False)
    page = open_window(user=editor)
    page.goto(edit_address(question))
    draft = QuestionPage.objects.get().get_latest_revision_as_object()
    draft.summary = "Theirs"
    draft.save_revision(user=writer)
    posts = Posts(page)
    write(page, "Mine")
    posts.wait()
    click_save(page)
    with page.expect_navigation() as navigation:
        posts.let_go()
    assert navigation.value.status == 409
    expect(page.get_by_role("heading", name="Somebody else has saved meanwhile")).to_be_visible()
    assert newest().summary == "Theirs"


SCRIPT = Path(finders.find("js/autosave.js")).read_text(encoding="utf-8")

#: What the script takes for granted of Wagtail's controllers, as it says itself; "" stands for the whole of one.
USED = [
    (controller, member)
    for controller, members in re.findall(r'"(w-[a-z]+)": \[(.+?)\]', SCRIPT, re.DOTALL)
    for member in ["", *re.findall(r'"(\w+)"', members)]
]

#: Another Wagtail, as the script would see it: one whose controller has no such member.
ANOTHER_WAGTAIL = """
document.addEventListener("DOMContentLoaded", () => {
    const app = window.wagtail?.app; // not in the preview
    if (!app) return;
    const find = app.getControllerForElementAndIdentifier.bind(app);
    app.getControllerForElementAndIdentifier = (element, name) => {
        const found = find(element, name);
        if (name !== CONTROLLER || !found) return found;
        if (!MEMBER) return null;
        return new Proxy(found, {
            has: (target, key) => key !== MEMBER && key in target,
            get: (target, key) => key === MEMBER ? undefined
                : key === "submit" && MEMBER === "restore" ? (...details) => target.submit(...details) : target[key],
        });
    };
});
"""


def without(page: Page, question: QuestionPage, controller: str, member: str) -> list[str]:
    """Open a form with a Wagtail that has no such member; return what the console complains of."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.add_init_script(ANOTHER_WAGTAIL.replace("CONTROLLER", f'"{controller}"').replace("MEMBER", f'"{member}"'))
    page.goto(edit_address(question))
    expect(page.get_by_role("alert").filter(has_text="This form does not save itself")).to_be_visible()
    return complaints


def test_a_wagtail_without_anything_that_is_used_of_it_is_noticed(open_window, editor, column):
    question = make_question(publish=False)
    assert len(USED) > 10
    for controller, member in [*USED, ("w-autosave", "restore")]:
        page = open_window(user=editor)
        assert any("autosave.js" in text and member in text for text in without(page, question, controller, member))
        page.close()


@pytest.mark.parametrize(("controller", "member"), [("w-autosave", ""), ("w-autosave", "submit"), ("w-unsaved", "")])
def test_with_another_wagtail_the_form_is_saved_by_hand_only(open_window, editor, column, controller, member):
    page = open_window(user=editor)
    posts = Posts(page, hold=SAVE)
    without(page, make_question(publish=False), controller, member)
    page.wait_for_timeout(2000)  # milliseconds: then Wagtail looks for changes
    write(page, "One")
    page.wait_for_timeout(NOTICED)
    assert posts.sent == []
    press_enter(page)
    posts.wait()
    with page.expect_navigation():
        posts.let_go()
    expect(said(page).locator(".success")).to_be_visible()
    assert newest().summary == "One"
