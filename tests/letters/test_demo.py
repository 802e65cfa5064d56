"""The demo column: what everybody sees first."""

import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.documents import get_document_model
from wagtail.models import PageLogEntry, PageViewRestriction, Revision

from qa.blocks import AnswerBlock
from qa.demo.loading import FOLDER, SCHEDULED, TOPICS, letters
from qa.letters.form import dump, parse, read
from qa.models import Expert, QuestionPage, Topic
from tests.factories import make_column

pytestmark = pytest.mark.slow

LETTERS = sorted((FOLDER / "letters").glob("*.md"))


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_letter_of_the_demo_is_in_canonical_form(path):
    text = path.read_text(encoding="utf-8")
    letter = parse(text)
    assert dump(letter) == text
    assert letter.id == letter.slug == path.stem
    assert not read(text).unknown
    assert set(letter.topics) <= TOPICS.keys()
    assert len(letter.summary) <= 300


def test_the_demo_shows_everything_that_a_column_does():
    found = letters()
    words = {letter.id: len(path.read_text().split()) for letter, path in zip(found, LETTERS, strict=True)}
    blocks = {block.type for letter in found for block in letter.blocks}
    published = [letter for letter in found if letter.status == "published" and letter.id not in SCHEDULED]
    assert len(found) >= 30
    assert blocks == set(AnswerBlock().child_blocks)
    samples = [block.value for letter in found for block in letter.blocks if block.type == "code"]
    assert any(sample["highlight_lines"] and sample["line_numbers"] for sample in samples)
    assert any(block.value["credit"] for letter in found for block in letter.blocks if block.type == "image")
    assert max(words.values()) >= 2800
    assert min(words.values()) <= 150
    assert max(letter.asked for letter in published).year - min(letter.asked for letter in published).year >= 2
    assert sum(letter.status == "draft" for letter in found) >= 2
    assert [letter.status for letter in found].count("review") == 1
    assert [letter.status for letter in found].count("private") == 1
    assert sum(bool(letter.expire) for letter in found) == 1
    assert any(letter.review_after and letter.review_after < timezone.localdate() for letter in published)
    assert any(letter.follows for letter in found)
    assert any(not letter.asker for letter in found)


@pytest.mark.django_db
def test_loading_it_makes_a_site_to_walk_through_and_loading_it_again_changes_nothing(
    client, tmp_path, capsys, settings
):
    settings.TASKS = settings.TASKS | {"queue": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.EMAIL_BACKEND = "qa.tasks.mailing.QueuedBackend"  # as in production
    column = make_column()
    accounts = tmp_path / "accounts.json"
    call_command("load_demo", accounts=accounts)
    queued = set(DBTaskResult.objects.values_list("task_path", flat=True))
    # No mail is: the demo's accounts are nobody's.
    assert queued == {"qa.publishing.signal_handlers.follow_publication"}

    passwords = json.loads(accounts.read_text())
    assert accounts.stat().st_mode & 0o777 == 0o600
    assert set(passwords) == {"writer", "editor", "admin"}
    assert len(set(passwords.values())) == 3
    for name, password in passwords.items():
        assert get_user_model().objects.get(username=name).check_password(password)

    published = QuestionPage.objects.published()
    hidden = QuestionPage.objects.exclude(pk__in=published)
    assert published.count() + hidden.count() == len(LETTERS)
    assert sum(page.status_string == "scheduled" for page in hidden) == len(SCHEDULED)
    assert sum(bool(page.workflow_in_progress) for page in hidden) == 1
    assert hidden.filter(expired=True).count() == 1
    assert PageViewRestriction.objects.count() == 1
    assert not QuestionPage.objects.filter(live=True, live_revision=None).exists()

    walk(client, column)

    # What was renamed at the desk since is there, under its address.
    for model in (Expert, Topic):
        model.objects.filter(pk=model.objects.order_by("pk").first().pk).update(name="Another name")

    kinds = (Revision, PageLogEntry, Topic, Expert, get_document_model())
    before = [kind.objects.count() for kind in kinds]
    capsys.readouterr()
    call_command("load_demo", accounts=accounts)
    assert "nothing changed" in capsys.readouterr().out
    assert [kind.objects.count() for kind in kinds] == before
    assert json.loads(accounts.read_text()) == passwords


def walk(client, column):
    """Follow every link of the site from the front page on, and every picture; each answers."""
    seen, todo = set(), {"/"}
    while todo:
        address = todo.pop()
        seen.add(address)
        response = client.get(address, headers={"host": "localhost"})
        assert response.status_code == (302 if address.endswith("/random/") else 200), address
        if response.streaming:  # a document
            assert b"".join(response.streaming_content)
            continue
        found = re.findall(r'(?:href|src)="(/[^"#]*)', response.content.decode())
        todo |= {link for link in found if not link.startswith(("/static/", "/media/"))} - seen
        for relative in re.findall(r'href="(\?page=\d+)"', response.content.decode()):
            todo |= {address.split("?")[0] + relative} - seen
    for page in QuestionPage.objects.published():
        assert page.url in seen, f"{page} cannot be reached"
    assert not any(page.url in seen for page in QuestionPage.objects.filter(live=False))
    assert f"{column.url}topics/" in seen
