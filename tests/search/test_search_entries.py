"""What readers can find is what they may read: after every road on which a question changes, on both databases."""

from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.migrations.state import StateApps
from django.urls import reverse
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.models import Page, PageViewRestriction

from home.models import HomePage
from qa.models import QuestionIndexPage, QuestionPage, QuestionTopic, SearchEntry
from qa.search import entries
from tests.factories import ExpertFactory, TopicFactory, make_question
from tests.letter_files import run, write
from tests.moments import NOON
from tests.question_form import form_of

pytestmark = pytest.mark.django_db


def stored():
    return {entry["page_id"]: entry for entry in SearchEntry.objects.values()}


def assert_right(*titles):
    """The entries are those of a fresh rebuild, and of these questions."""
    before = stored()
    SearchEntry.objects.all().delete()
    call_command("rebuild_search", verbosity=0)
    assert before == stored()
    assert sorted(QuestionPage.objects.filter(pk__in=before).values_list("title", flat=True)) == sorted(titles)


@pytest.mark.indexed
def test_the_desk_publishes_another_topic_and_only_that_is_found(client, column, administrator):
    """Stock Wagtail keeps finding the old topic: it indexes before the topics of the page are written."""
    old, new = TopicFactory(name="Careers"), TopicFactory(name="Networks")
    page = make_question("Which way?", topics=[old])
    client.force_login(administrator)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    with mock.patch("qa.publishing.signal_handlers.insert_or_update_object"):  # our own remedy for Wagtail's index
        assert client.post(address, form_of(page, [new])).status_code == 302
        assert [found.title for found in QuestionPage.objects.search("careers")] == ["Which way?"]
        assert not list(QuestionPage.objects.search("networks"))
    entry = SearchEntry.objects.get()
    assert entry.headline == "which way networks"
    assert_right("Which way?")


def test_a_draft_of_a_published_question_is_not_found(column):
    page = make_question("Before?")
    page.title = "After?"
    page.answer = [("markdown", "Unheard of.")]
    page.save_revision()
    assert_right("Before?")


def test_what_is_found_is_right_after_every_road(client, column, administrator, folder):
    django, careers = TopicFactory(name="Django"), TopicFactory(name="Careers")
    expert = ExpertFactory()
    kept = make_question("Kept?", topics=[django, careers], answered_by=expert)
    assert_right("Kept?")

    # Scheduled, then due, then expired
    with time_machine.travel(NOON - timedelta(hours=1), tick=False) as clock:
        make_question("Due?", go_live_at=NOON, expire_at=NOON + timedelta(days=1), topics=[django])
        assert_right("Kept?")
        clock.move_to(NOON)
        call_command("run_scheduler", "--once")
        assert_right("Due?", "Kept?")
        clock.move_to(NOON + timedelta(days=1))
        call_command("run_scheduler", "--once")
        assert_right("Kept?")

    # Unpublished, also through the class of all pages, and published again
    Page.objects.get(pk=kept.pk).unpublish()
    assert_right()
    QuestionPage.objects.get(pk=kept.pk).get_latest_revision().publish()
    assert_right("Kept?")

    # A restriction of its own, of a parent, and lifted
    restriction = PageViewRestriction.objects.create(page=kept, restriction_type=PageViewRestriction.LOGIN)
    assert_right()
    restriction.delete()
    assert_right("Kept?")
    above = PageViewRestriction.objects.create(page=column.get_parent(), restriction_type=PageViewRestriction.LOGIN)
    assert_right()
    make_question("Private?")
    assert_right()
    above.delete()
    assert_right("Kept?", "Private?")

    # A topic is renamed, merged into another one and deleted; an expert is renamed
    django.name = "The framework"
    django.save()
    assert "framework" in SearchEntry.objects.get(pk=kept.pk).headline
    assert_right("Kept?", "Private?")
    for filed in QuestionTopic.objects.filter(topic=django):
        filed.topic = careers
        filed.save()
    django.delete()
    assert "framework" not in SearchEntry.objects.get(pk=kept.pk).headline
    QuestionTopic.objects.filter(page=kept).first().delete()
    assert_right("Kept?", "Private?")
    expert.name = "Somebody Else"
    expert.save()
    assert_right("Kept?", "Private?")

    kept = QuestionPage.objects.get(pk=kept.pk)

    # A copy, an alias, and a change of the original, which changes the alias
    CopyPageAction(kept, to=column, recursive=False, update_attrs={"slug": "copy", "title": "Copy?"}).execute()
    CreatePageAliasAction(kept, parent=column, update_slug="alias").execute(skip_permission_checks=True)
    assert_right("Copy?", "Kept?", "Kept?", "Private?")
    original = QuestionPage.objects.get(pk=kept.pk)
    original.title = "Kept for good?"
    original.save_revision().publish()
    assert_right("Copy?", "Kept for good?", "Kept for good?", "Private?")

    # Moved below a private index, and back
    front = HomePage.objects.get()
    closed = front.add_child(instance=QuestionIndexPage(title="Closed", slug="closed"))
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    Page.objects.get(pk=kept.pk).move(closed, "last-child")
    assert_right("Copy?", "Kept for good?", "Private?")
    Page.objects.get(pk=kept.pk).move(QuestionIndexPage.objects.get(pk=column.pk), "last-child")
    assert_right("Copy?", "Kept for good?", "Kept for good?", "Private?")

    # Bulk actions of the desk
    client.force_login(administrator)
    chosen = QuestionPage.objects.filter(title__in=["Copy?", "Private?"])
    for action, found in (("unpublish", []), ("publish", ["Copy?", "Private?"]), ("delete", [])):
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        wanted = "&".join(f"id={pk}" for pk in chosen.values_list("pk", flat=True))
        assert client.post(f"{address}?{wanted}", {}).status_code == 302
        assert_right(*found, "Kept for good?", "Kept for good?")

    # Imported, imported anew, imported for a look only
    write(folder, "letter", "Imported.", topics="[Networks]", status="published")
    run(folder)
    assert_right("Kept for good?", "Kept for good?", "Why letter?")
    write(folder, "letter", "Changed.", topics="[Careers]", status="published")
    run(folder, dry_run=True)
    assert "networks" in SearchEntry.objects.get(page__slug="letter").headline
    run(folder)
    assert "careers" in SearchEntry.objects.get(page__slug="letter").headline
    assert_right("Kept for good?", "Kept for good?", "Why letter?")

    # A private question is deleted, then all of them
    letter = QuestionPage.objects.get(slug="letter")
    PageViewRestriction.objects.create(page=letter, restriction_type=PageViewRestriction.LOGIN)
    Page.objects.get(pk=letter.pk).delete()
    assert_right("Kept for good?", "Kept for good?")
    PageViewRestriction.objects.create(page=column, restriction_type=PageViewRestriction.LOGIN)
    Page.objects.get(pk=column.pk).delete()
    assert not SearchEntry.objects.exists()


def test_an_entry_that_cannot_be_made_stops_no_publication(column, caplog):
    with mock.patch.object(entries, "passages", side_effect=RuntimeError):
        page = make_question("Published all the same?")
    assert page.live
    assert "run manage.py rebuild_search" in caplog.text
    call_command("rebuild_search", verbosity=0)
    assert_right("Published all the same?")


def test_a_publication_that_fails_leaves_no_entry(column):
    page = make_question("Half way?", publish=False)
    revision = page.get_latest_revision()
    failing = mock.patch("wagtail.signals.page_published.send", side_effect=RuntimeError)
    with failing, pytest.raises(RuntimeError), transaction.atomic():
        revision.publish()
    assert not SearchEntry.objects.exists()


def test_migrate_makes_the_entries_that_are_missing_and_costs_little_where_none_is(column, django_assert_num_queries):
    make_question("Was it here before the search?")
    make_question("And this one?")
    expected = stored()
    SearchEntry.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert stored() == expected
    assert len(expected) == 2
    with django_assert_num_queries(2):  # restrictions of pages, and whether an entry is missing
        entries.complete()


@pytest.mark.same_on_every_database
def test_migrating_back_to_a_time_before_the_search_leaves_it_alone(column):
    make_question("Was it here before the search?")
    SearchEntry.objects.all().delete()
    entries.complete(apps=StateApps([], {}))  # a database without these tables
    assert not stored()
