"""Two who make the same thing at one moment: it is there once, and both are told what became of it."""

import re
import threading
from contextlib import suppress

import pytest
from django.db import connection
from django.db.models.functions import Lower
from django.db.models.signals import pre_save
from django.test import Client
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import GroupApprovalTask, Site, Workflow, WorkflowPage

from qa.desk.roles import ensure_roles
from qa.models import Expert, QuestionPage, Topic
from tests.factories import TopicFactory
from tests.letter_files import run, write
from tests.processes import start
from tests.question_form import PARAGRAPH, add_address, form

pytestmark = pytest.mark.django_db(transaction=True)

LETTERS = 12
SECONDS = 120


def test_two_imports_at_once_finish_and_make_everything_once(folder, tmp_path):
    """They share every topic and half of their letters, and name the topics in other orders and other cases."""
    other = tmp_path / "others"
    other.mkdir()
    for number in range(LETTERS):
        names = [f"Topic {(number + step) % 6}" for step in range(3)]
        text = "---\ntitle: Letter {}?\ntopics: [{}]\nanswered_by: {}\nstatus: published\n---\n\nWords.\n"
        (folder / f"{number:02}.md").write_text(text.format(number, ", ".join(names), "Ada Lovelace"))
        theirs = ", ".join(name.upper() for name in reversed(names))
        name = f"{number:02}" if number % 2 else f"their-{number:02}"
        (other / f"{LETTERS - number:02}-{name}.md").write_text(
            text.format(number, theirs, "ADA LOVELACE").replace("---\n", f"---\nid: {name}\n", 1)
        )
    logs = [tmp_path / "first.log", tmp_path / "second.log"]
    processes = [start("import_letters", str(path), log=log) for path, log in zip((folder, other), logs, strict=True)]
    try:
        codes = [process.wait(SECONDS) for process in processes]
    finally:
        for process in processes:
            process.kill()
    said = [log.read_text() for log in logs]
    assert codes == [0, 0], said
    ids = list(QuestionPage.objects.values_list("letter_id", flat=True))
    assert len(ids) == len(set(ids)) == LETTERS + LETTERS // 2
    slugs = list(QuestionPage.objects.values_list("slug", flat=True))
    assert len(slugs) == len(set(slugs))
    assert Topic.objects.values(folded=Lower("name")).distinct().count() == Topic.objects.count() == 6
    assert Expert.objects.count() == 1
    # What the two reports say adds up to what is there.
    counts = [re.findall(r"(\d+) (created|updated|unchanged)", text) for text in said]
    assert sum(int(number) for report in counts for number, what in report if what == "created") == len(ids)
    assert [sum(int(number) for number, _what in report) for report in counts] == [LETTERS, LETTERS]


@pytest.fixture
def meeting():
    """Let two requests meet before the row of a model is written: each waits until the other is there, if it comes."""
    barriers = {}

    def meet(model):
        barriers[model] = threading.Barrier(2)
        pre_save.connect(wait, sender=model)

    def wait(sender, instance, **kwargs):
        if instance._state.adding:
            # On SQLite the second request waits for the first one's transaction: they cannot meet.
            with suppress(threading.BrokenBarrierError):
                barriers[sender].wait(2)

    yield meet
    for model in barriers:
        pre_save.disconnect(wait, sender=model)


def at_once(function, arguments):
    """Call a function in one thread for each argument, with connections of their own; return what each returned."""
    found = {}

    def run(argument):
        try:
            found[argument] = function(argument)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[argument]) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return [found[argument] for argument in arguments]


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("model", "address", "data"),
    [
        (Topic, "/admin/snippets/qa/topic/add/", {"name": "Django", "slug": "django", "description": ""}),
        (
            Redirect,
            "/admin/redirects/add/",
            {"old_path": "/old", "redirect_link": "https://example.org/", "is_permanent": "on", "site": "1"},
        ),
    ],
    ids=["topic", "redirect"],
)
def test_the_second_editor_is_told_that_it_is_there(column, editor, administrator, meeting, model, address, data):
    if "site" in data:
        data = data | {"site": str(Site.objects.get().pk)}
    clients = {name: signed_in(user) for name, user in (("editor", editor), ("admin", administrator))}
    meeting(model)
    answers = at_once(lambda name: clients[name].post(address, data), list(clients))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    refused = next(answer for answer in answers if answer.status_code == 200)
    assert "already exists" in refused.content.decode()
    assert model.objects.count() == 1


def test_the_second_question_of_one_slug_is_refused_by_its_form(column, editor, administrator, meeting):
    clients = {name: signed_in(user) for name, user in (("editor", editor), ("admin", administrator))}
    meeting(QuestionPage)
    data = form(PARAGRAPH, title="One question?", slug="one") | {"action-publish": "on"}
    answers = at_once(lambda name: clients[name].post(add_address(column), data), list(clients))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    refused = next(answer for answer in answers if answer.status_code == 200).content.decode()
    assert "already in use" in refused
    assert "One question?" in refused, "no word is lost"
    assert QuestionPage.objects.get().slug == "one"


def test_two_migrations_at_once_make_the_groups_and_the_review_once(column):
    WorkflowPage.objects.all().delete()
    Workflow.objects.all().delete()
    GroupApprovalTask.objects.all().delete()
    at_once(lambda _number: ensure_roles(), [1, 2])
    assert (Workflow.objects.count(), GroupApprovalTask.objects.count(), WorkflowPage.objects.count()) == (1, 1, 1)
    # A site on which it happened before is no wreck either.
    Workflow.objects.create(name=Workflow.objects.get().name)
    ensure_roles()


def test_a_topic_made_at_the_desk_meanwhile_is_the_letters_topic(folder, monkeypatch):
    """The import has looked for the topic, then somebody makes it, then the import does."""
    look = Topic.objects.__class__.filter
    made = []

    def filter_(self, *args, **kwargs):
        found = look(self, *args, **kwargs)
        if "slug" in kwargs and not made:
            made.append(list(found))
            TopicFactory(name="DJANGO", slug="django")
            return found.none()
        return found

    monkeypatch.setattr(Topic.objects.__class__, "filter", filter_)
    write(folder, "letter", "Words.", topics="[Django]", status="published")
    run(folder)
    assert made
    assert Topic.objects.get().name == "DJANGO"
    assert Topic.objects.get().question_topics.count() == 1
