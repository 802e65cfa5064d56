"""What follows a change may fail: the change stands whole, the editor sees what was done, the log says what was not.

The receivers and the hooks are found in the registries, so that a new one is tried as well.
"""

import inspect
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import signals
from django.dispatch import Signal
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail import signals as wagtail_signals
from wagtail.contrib.redirects.models import Redirect
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageLogEntry, Site

from home.models import HomePage, SiteSettings
from qa.models import ContentChange, QuestionIndexPage, QuestionPage, QuestionTopic, SearchEntry, SearchWord, Topic
from qa.publishing import outer_caches
from qa.scheduling.publisher import publish_due
from qa.search import entries
from qa.tasks import worker
from tests.factories import ExpertFactory, TopicFactory, make_question
from tests.question_form import PARAGRAPH, edit_address, form

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.same_on_every_database]

CACHE = {"a": {"BACKEND": "qa.publishing.outer_caches.PurgingBackend", "LOCATION": "http://127.0.0.1:1"}}
#: Receivers without which a change would be wrong: one that fails undoes it. Readers would go on getting the old page
#: from a store; a topic or expert that versions still name could not be deleted; the old address would be unknown.
#: A picture would be stored with the place that it was taken at.
BELONG = {
    "qa.pictures.receivers.picture_stored",
    "qa.pictures.receivers.profile_picture_stored",
    "qa.publishing.slug_redirects.remember_slug",
    "qa.publishing.content_version.page_saved",
    "qa.publishing.content_version.raise_version",
    "qa.publishing.content_version.thing_saved",
    "qa.publishing.bin.keeping.keep",
    "qa.publishing.revision_rewrites.forget",
}
BROKEN = "broken on purpose"
COUNTED = (PageLogEntry, ContentChange, DBTaskResult, SearchEntry, Redirect, get_image_model())


def name_of(function):
    function = getattr(function, "func", function)
    return f"{function.__module__}.{function.__qualname__}"


def receivers():
    """Return every receiver of ours of what editors do, by name."""
    with override_settings(WAGTAILFRONTENDCACHE=CACHE):
        outer_caches.connect()
        known = [each for module in (signals, wagtail_signals) for each in vars(module).values()]
        found = {}
        for signal in known:
            if isinstance(signal, Signal) and signal is not signals.post_migrate:
                for entry in signal.receivers:
                    receiver = (
                        entry[1]() if inspect.isbuiltin(entry[1]) or hasattr(entry[1], "__callback__") else entry[1]
                    )
                    if receiver.__module__.split(".")[0] in ("qa", "home"):
                        found[name_of(receiver)] = receiver
        outer_caches.disconnect()
    return found


RECEIVERS = receivers()
MAY_FAIL = sorted(name for name, receiver in RECEIVERS.items() if hasattr(receiver, "may_fail"))


def failing(*args, **kwargs):
    raise RuntimeError("broken on purpose")


def broken(monkeypatch, name):
    """Break a receiver for everybody who has connected or imported it."""
    monkeypatch.setattr(inspect.unwrap(RECEIVERS[name]), "__code__", failing.__code__)


@pytest.fixture
def desk(client, column, editor, settings):
    """An editor at the desk of a site as it is in production: with a queue and a cache in front of it."""
    settings.TASKS = settings.TASKS | {"queue": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.WAGTAILFRONTENDCACHE = CACHE
    outer_caches.connect()
    client.raise_request_exception = False
    client.force_login(editor)
    yield client
    outer_caches.disconnect()


class Week:
    """What an editor does at the desk, each thing once; every step is posted and looked at."""

    def __init__(self, client):
        self.client = client
        self.old, self.new = TopicFactory(name="Old"), TopicFactory(name="New")
        self.renamed = TopicFactory(name="Renamed", slug="before")
        self.unused = TopicFactory(name="Unused")
        self.expert = ExpertFactory(name="Somebody", slug="somebody")
        self.filed = make_question("Filed?", topics=[self.old], slug="filed")
        self.question = make_question("Before?", slug="a-question")
        self.private, self.taken, self.gone = (make_question(slug=slug) for slug in ("private", "taken", "gone"))
        front = HomePage.objects.get()
        self.elsewhere = front.add_child(instance=QuestionIndexPage(title="Elsewhere", slug="elsewhere"))
        self.picture = get_image_model().objects.create(title="A plan", file=get_test_image_file())

    def post(self, address, data, status=302):
        answer = self.client.post(address, data)
        form_of = answer.context and answer.context.get("form")
        assert answer.status_code == status, (address, answer.status_code, form_of and form_of.errors)
        if status == 302:
            page = self.client.get(answer["Location"])
            assert page.status_code == 200
            return page.content.decode()
        return answer.content.decode()

    def on(self, page, name, data, *arguments, **kwargs):
        return self.post(reverse(f"wagtailadmin_pages:{name}", args=[page.pk, *arguments]), data, **kwargs)

    def edit(self, page, **fields):
        return self.post(edit_address(page), form(PARAGRAPH, **fields) | {"action-publish": "on"})

    def happens(self):
        assert "published" in self.edit(self.question, topics=[self.renamed], title="After xylophone?")
        assert "published" in self.edit(self.question, topics=[self.renamed], title="After xylophone?", slug="moved-on")
        self.on(self.private, "set_privacy", {"restriction_type": "login"}, status=200)
        assert "unpublished" in self.on(self.taken, "unpublish", {})
        self.on(self.taken, "move_confirm", {}, self.elsewhere.pk)
        assert "deleted" in self.on(self.gone, "delete", {})
        topic = "/admin/snippets/qa/topic"
        merged = self.post(f"/admin/topics/{self.old.pk}/merge/", {"into": self.new.pk})
        assert "is now “New”" in merged
        named = {"name": "Named anew", "slug": "after", "description": ""}
        assert "updated" in self.post(f"{topic}/edit/{self.renamed.pk}/", named)
        assert "deleted" in self.post(f"{topic}/delete/{self.unused.pk}/", {})
        person = {"name": "Somebody else", "slug": "else", "role": "", "biography": "null", "picture": ""}
        person |= {f"links-{key}_FORMS": "0" for key in ("TOTAL", "INITIAL", "MIN_NUM")} | {
            "links-MAX_NUM_FORMS": "1000"
        }
        assert "updated" in self.post(f"/admin/snippets/qa/expert/edit/{self.expert.pk}/", person)
        self.post(
            "/admin/redirects/add/",
            {"old_path": "/old", "redirect_link": "https://example.org/new", "is_permanent": "on", "site": ""},
        )

    def stands(self):
        """Tell that every change is made, whatever followed it."""
        question = QuestionPage.objects.get(pk=self.question.pk)
        assert (question.title, question.slug, question.live) == ("After xylophone?", "moved-on", True)
        assert [row.topic.name for row in question.question_topics.all()] == ["Named anew"]
        assert PageLogEntry.objects.filter(page=question.pk, action="wagtail.publish").count() >= 2
        assert not QuestionPage.objects.published().filter(pk=self.private.pk).exists()
        taken = QuestionPage.objects.get(pk=self.taken.pk)
        assert (taken.live, taken.get_parent().pk) == (False, self.elsewhere.pk)
        assert not QuestionPage.objects.filter(pk=self.gone.pk).exists()
        assert set(Topic.objects.values_list("name", flat=True)) == {"New", "Named anew"}
        assert QuestionTopic.objects.get(page=self.filed).topic == self.new
        assert Redirect.objects.filter(old_path="/old").exists()


def everything_is_right():
    """Tell that readers find what is published, under its topics, and nothing else."""
    published = QuestionPage.objects.published()
    assert set(SearchEntry.objects.values_list("pk", flat=True)) == set(published.values_list("pk", flat=True))
    for page in published:
        assert SearchEntry.objects.get(page=page).headline == entries.entry_of(page).headline
    assert SearchWord.objects.filter(word="xylophone").exists()


def test_which_receivers_undo_the_change_that_they_belong_to_is_known():
    assert set(RECEIVERS) - set(MAY_FAIL) == BELONG
    assert len(MAY_FAIL) > 15


def test_a_receiver_that_fails_takes_nothing_with_it(desk, monkeypatch, caplog, settings):
    week = Week(desk)
    version = ContentChange.version()
    with monkeypatch.context() as patched:
        for name in MAY_FAIL:
            broken(patched, name)
        week.happens()
        image = week.picture
        image.title = "Another"
        image.save()
        chosen = SiteSettings.for_site(Site.objects.get())
        chosen.tagline = "Straight answers"
        chosen.save()
    week.stands()
    assert ContentChange.version() > version
    said = {name for name in MAY_FAIL if f"{name} failed" in caplog.text}
    assert said == set(MAY_FAIL)
    # The worker does what could not be done, as far as it has to be done at all.
    settings.WAGTAILFRONTENDCACHE = {}
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
    worker.run_once()
    assert not DBTaskResult.objects.exists()
    everything_is_right()
    assert desk.get("/questions/topics/before/", headers={"host": "localhost"}).status_code == 301


def test_a_hook_after_the_commit_that_fails_takes_nothing_with_it(desk, monkeypatch, caplog, settings):
    week = Week(desk)
    called = []
    register = BaseDatabaseWrapper.on_commit

    def fail(name):
        called.append(name)
        full = [OSError(28, "No space left on device"), OperationalError("database or disk is full")]
        raise full[len(called) % 2]

    def on_commit(self, hook, robust=False):
        name = name_of(getattr(hook, "__wrapped__", hook))
        registered.append(name)
        register(self, partial(fail, name), robust)

    registered = []
    with monkeypatch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "on_commit", on_commit)
        week.happens()
    week.stands()
    assert len(set(registered)) >= 2, "ours, and Wagtail's for a page whose address changes"
    assert called == registered
    said = caplog.text.count("OSError: [Errno 28]") + caplog.text.count("OperationalError: database or disk is full")
    assert said >= len(called)


@pytest.mark.parametrize(
    "name", sorted(BELONG - {"qa.publishing.revision_rewrites.forget", "qa.publishing.slug_redirects.remember_slug"})
)
def test_a_receiver_that_belongs_to_the_change_undoes_all_of_it(desk, monkeypatch, name):
    question, topic = make_question("Before?", slug="a-question"), TopicFactory(name="Before")

    def rows():
        page = QuestionPage.objects.get(pk=question.pk)
        counts = [model.objects.count() for model in COUNTED]
        return page.title, page.live, page.latest_revision_id, Topic.objects.get().name, counts

    account = {"name_email-first_name": "A", "name_email-last_name": "B", "name_email-email": "editor@example.org"}
    account |= {"theme-theme": "system", "theme-contrast": "system", "theme-density": "default"}
    plan = get_test_image_file().file.getvalue()
    me = SimpleUploadedFile("me.png", plan, "image/png")
    account |= {"avatar-avatar": me}
    before = rows()
    broken(monkeypatch, name)
    actions = {
        "page_saved": (edit_address(question), form(PARAGRAPH, title="After?") | {"action-publish": "on"}),
        "keep": (reverse("wagtailadmin_pages:delete", args=[question.pk]), {}),
        "raise_version": (reverse("wagtailadmin_pages:unpublish", args=[question.pk]), {}),
        "thing_saved": (f"/admin/snippets/qa/topic/edit/{topic.pk}/", {"name": "After", "slug": "after"}),
        "picture_stored": (reverse("wagtailimages:add"), {"title": "A plan", "file": me}),
        "profile_picture_stored": (reverse("wagtailadmin_account"), account),
    }
    assert desk.post(*actions[name.rsplit(".", 1)[1]]).status_code == 500
    assert rows() == before


def test_what_follows_a_scheduled_publication_may_fail(column, settings, monkeypatch, caplog):
    settings.TASKS = settings.TASKS | {"queue": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    due = timezone.now() + timedelta(minutes=5)
    questions = [make_question(f"Due {number}?", go_live_at=due) for number in range(2)]
    monkeypatch.setattr("qa.search.entries.learn", failing)
    with monkeypatch.context() as patched:
        for name in MAY_FAIL:
            broken(patched, name)
        with time_machine.travel(due, tick=False):
            outcome = publish_due()
    assert (sorted(outcome.published), outcome.complaint) == (["Due 0?", "Due 1?"], "")
    assert QuestionPage.objects.published().filter(pk__in=[page.pk for page in questions]).count() == 2
    assert BROKEN in caplog.text


def test_an_import_goes_on(folder, monkeypatch, caplog):
    for number in range(2):
        (folder / f"{number}.md").write_text(f"---\ntitle: Letter {number}?\nstatus: published\n---\n\nWords.\n")
    monkeypatch.setattr("qa.search.entries.learn", failing)
    call_command("import_letters", str(folder))
    assert QuestionPage.objects.published().count() == 2
    assert BROKEN in caplog.text
