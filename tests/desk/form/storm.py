"""A storm over the desk: two editors write while networks, sessions, pages and schedules go away under their hands.

Each word that is typed is one of its kind. What became of it is looked up afterwards: on the server, in a browser's
copies, or on the screen. Editors do what the desk tells them to do, and nothing else.
"""

import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field

from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Error, Page, Route
from wagtail.models import Page as AnyPage
from wagtail.models import Revision

from qa.models import QuestionPage
from tests.factories import make_question
from tests.question_form import edit_address

COPIES = """() => new Promise((resolve) => {
    const opening = indexedDB.open("desk", 1);
    opening.onupgradeneeded = () =>
        opening.result.createObjectStore("copies", { keyPath: "id" }).createIndex("form", "form");
    opening.onsuccess = () => {
        const all = opening.result.transaction("copies").objectStore("copies").getAll();
        all.onsuccess = () => { opening.result.close(); resolve(JSON.stringify(all.result)); };
    };
})"""
POSTS = "**/admin/pages/**"
PATIENCE = 15_000  # milliseconds that an editor waits before going on as if nothing would come any more


@dataclass
class Editor:
    """Somebody with a window, and what they do in it."""

    user: object
    page: Page
    storm: "Storm"
    question: QuestionPage | None = None

    def sign_in(self) -> None:
        """Get a session, as in another tab: also a new token."""
        client = Client()
        client.force_login(self.user)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.storm.base}
        self.page.context.add_cookies([cookie])

    def open(self, question: QuestionPage) -> None:
        self.question = question
        try:
            self.page.goto(edit_address(question))
        except Error:  # the form was just leaving by itself
            self.page.wait_for_timeout(1000)
            self.page.goto(edit_address(question))
        self.page.wait_for_function("() => window.desk?.account")

    def write(self) -> None:
        """Type a word that nobody has typed yet, at the end of a field, or into the answer."""
        word = f"word{len(self.storm.words):05}x"
        area = self.storm.random.choice(["summary", "paragraph"])
        if area == "paragraph":
            editor = self.page.locator(".public-DraftEditor-content").first
            editor.click()
            self.page.keyboard.press("Control+End")
        else:
            self.page.locator("[name=summary]").evaluate("e => e.value.length > 250 && (e.value = '')")
            self.page.locator("[name=summary]").press("End")
        self.page.keyboard.type(f" {word}")
        if area == "paragraph" and word not in editor.inner_text():
            self.storm.seen["typed into nothing"] += 1  # while the editor was starting; whoever types sees it
            return
        self.storm.words.append(word)
        self.storm.note(self, f"typed {word} into {area} at {self.page.url}")

    def save(self) -> None:
        """Press Save or Publish at once, and follow what the desk says until it is saved or says that it cannot be."""
        self.page.evaluate("document.querySelector('.messages').replaceChildren()")  # what the last save has said
        self.page.keyboard.press("Control+s")
        self.storm.saves += 1
        for _ in range(12):
            if self._is_done():
                self.storm.note(self, f"done, at {self.page.url}")
                return
        self.storm.stuck += 1
        self.storm.note(self, f"stuck, at {self.page.url}")

    def _is_done(self) -> bool:
        page = self.page
        outcomes = page.locator(".messages .success, .desk-notice:not([hidden]) button, form.conflict").first
        try:
            outcomes.wait_for(timeout=PATIENCE)
        except Error:
            return page.url.startswith("chrome-error:") and self._find_again()
        if page.locator("form.conflict").count():
            self.storm.seen["conflict"] += 1
            self.storm.note(self, "conflict")
            self.storm.calm(self)  # a browser's own error page is loaded anew
            for question in page.locator("form.conflict fieldset").all():
                question.locator(f"[value={self.storm.random.choice(['mine', 'theirs'])}]").check()
            with page.expect_navigation():
                page.locator("form.conflict button").first.click()
            return page.locator("form.conflict").count() == 0
        notice = page.locator(".desk-notice:not([hidden])")
        if not notice.count():
            return True
        reason = notice.get_attribute("data-reason")
        self.storm.seen[reason] += 1
        self.storm.note(self, f"was told: {reason}")
        if reason == "signed-out":
            self.sign_in()
            page.evaluate("window.dispatchEvent(new Event('focus'))")
        elif reason == "deleted":
            self.storm.calm(self)
            with page.expect_navigation():
                notice.get_by_role("button", name="Save as a new draft").click()
            number = re.search(r"/pages/(\d+)/", page.url)
            self.storm.note(self, f"saved as new: {page.url} {page.locator('.messages').inner_text()}")
            self.question = QuestionPage.objects.filter(pk=number[1]).first() if number else None
            return True
        elif reason in {"network", "server"}:
            self.storm.calm(self)
        else:
            self.storm.shown.append(notice.inner_text())
            return True
        try:
            with page.expect_navigation(timeout=PATIENCE):
                pass
        except Error:
            return False
        return page.locator("form.conflict").count() == 0

    def _find_again(self) -> bool:
        """Open the form again after the browser itself had to say that there is no network, and take the words."""
        self.storm.seen["found again"] += 1
        self.storm.note(self, "found again")
        self.storm.calm(self)
        self.open(self.question)
        take = self.page.get_by_role("button", name="Take them")
        take.wait_for(timeout=PATIENCE)
        take.click()
        return False


@dataclass
class Storm:
    """What happens, by a seed; and what has become of every word."""

    base: str
    seed: int
    saves: int = 0
    stuck: int = 0
    words: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    shown: list[str] = field(default_factory=list)
    seen: Counter = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - of a test

    def disturb(self, editor: Editor) -> None:
        """Do one thing to an editor of which the window knows nothing."""
        return self.random.choice(
            [
                self._nothing,
                self._nothing,
                self._cut,
                self._fail,
                self._sign_out,
                self._renew,
                self._delete,
                self._clock,
            ]
        )(editor)

    def note(self, editor: Editor, what: str) -> None:
        """Keep what happened, for whoever has to find a word that is lost."""
        self.story.append(f"{editor.user}: {what}")

    def calm(self, editor: Editor) -> None:
        """Give an editor the network and the server back."""
        editor.page.context.set_offline(False)
        editor.page.unroute_all()

    def _nothing(self, editor: Editor) -> None:
        self.seen["undisturbed"] += 1

    def _cut(self, editor: Editor) -> None:
        editor.page.context.set_offline(True)

    def _fail(self, editor: Editor) -> None:
        """Let the server fail once, before or after it has saved."""
        left, arrives = [1], self.random.random() < 0.5

        def fail(route: Route) -> None:
            if route.request.method != "POST" or not left:
                route.continue_()
                return
            left.pop()
            if arrives:
                route.fetch()
            route.abort()

        editor.page.route(POSTS, fail)

    def _sign_out(self, editor: Editor) -> None:
        Session.objects.all().delete()

    def _renew(self, editor: Editor) -> None:
        editor.sign_in()

    def _delete(self, editor: Editor) -> None:
        """Delete the question: what was on the server then is deleted, not lost."""
        page = QuestionPage.objects.filter(pk=editor.question and editor.question.pk).first()
        if page is None:
            return
        self.deleted |= {word for word in self.words if word in _stored(page.pk)}
        page.delete(user=None)

    def _clock(self, editor: Editor) -> None:
        page = QuestionPage.objects.filter(pk=editor.question and editor.question.pk).first()
        if page:
            page.get_latest_revision().publish()

    def rest(self, editors: list[Editor]) -> set[str]:
        """Return the words that are nowhere."""
        found = _stored() + " ".join(self.shown)
        for editor in editors:
            self.calm(editor)
            found += editor.page.evaluate(COPIES) + editor.page.inner_text("body")
        return {word for word in self.words if word not in found} - self.deleted


def _stored(page: int | None = None) -> str:
    revisions = Revision.objects.all()
    if page:
        revisions = revisions.filter(object_id=str(page))
    return json.dumps([revision.content for revision in revisions])


def rage(storm: Storm, editors: list[Editor], saves: int) -> set[str]:
    """Let it rage for so many saves; return the words that were lost."""
    while storm.saves < saves:
        question = make_question(publish=False, answer=[("paragraph", "<p>A beginning.</p>")], asker_name="Ann")
        for editor in editors:
            editor.sign_in()
            editor.open(question)
        for _ in range(storm.random.randint(3, 6)):
            editor = storm.random.choice(editors)
            if editor.question is None or not AnyPage.objects.filter(pk=editor.question.pk).exists():
                if not editor.page.locator("[name=summary]").count():
                    break
            elif not editor.page.locator("[name=summary]").count():
                editor.open(editor.question)
            try:
                editor.write()
            except Error:  # deleted that very moment: there is no form any more
                break
            storm.disturb(editor)
            editor.write()
            editor.save()
        for editor in editors:
            storm.calm(editor)
    return storm.rest(editors)
