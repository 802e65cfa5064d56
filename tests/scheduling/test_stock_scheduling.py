"""What Wagtail's own commands do wrong, shown with theirs first and then gone with ours.

When one of the first halves fails, Wagtail has mended it: the workaround may go.
"""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command, get_commands, load_command_class
from wagtail.management.commands.publish_scheduled import Command as StockPublishScheduled
from wagtail.management.commands.purge_revisions import Command as StockPurgeRevisions
from wagtail.models import PageLogEntry
from wagtail.signals import page_published, page_unpublished

from qa.models import QuestionPage, SearchEntry
from qa.scheduling.publisher import publish_due
from tests.factories import fresh, make_question
from tests.moments import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOON - timedelta(hours=1), tick=False) as traveller:
        yield traveller


def schedule(question, moment):
    draft = fresh(question)
    draft.go_live_at = moment
    draft.save_revision().publish()


def stock():
    call_command(StockPublishScheduled())


@pytest.fixture
def events():
    """What the signals say: (``"published"`` or ``"unpublished"``, title, whether it is live)."""
    seen = []

    def published(sender, instance, **kwargs):
        seen.append(("published", instance.title, instance.live))

    def unpublished(sender, instance, **kwargs):
        seen.append(("unpublished", instance.title, instance.live))

    page_published.connect(published)
    page_unpublished.connect(unpublished)
    yield seen
    page_published.disconnect(published)
    page_unpublished.disconnect(unpublished)


@pytest.fixture
def poison():
    """Make the publication of questions called “Poison?” fail, as long as the list is not empty."""
    titles = ["Poison?"]

    def fail(sender, instance, **kwargs):
        if instance.live and instance.title in titles:
            raise RuntimeError("the cache is away")

    page_published.connect(fail)
    yield titles
    page_published.disconnect(fail)


@pytest.mark.parametrize("name", ["publish_scheduled", "publish_scheduled_pages", "purge_revisions"])
@pytest.mark.same_on_every_database
def test_wagtails_names_run_our_commands(name):
    assert get_commands()[name] == "qa"
    assert type(load_command_class("qa", name)).__module__.startswith("qa.management")


@pytest.mark.parametrize(("run", "times"), [(stock, 2), (publish_due, 1)], ids=["stock", "ours"])
def test_two_runs_at_once_publish_once(clock, run, times):
    """Both have read what is due before either has published all of it."""
    questions = {make_question(title, go_live_at=NOON).pk for title in ("One?", "Other?")}
    clock.move_to(NOON + timedelta(minutes=1))
    first = []  # stock asks for no order, and PostgreSQL gives none

    def begin_another_run(sender, instance, **kwargs):
        if not first:
            first.append(instance.pk)
            run()

    page_published.connect(begin_another_run)
    try:
        run()
    finally:
        page_published.disconnect(begin_another_run)
    published = PageLogEntry.objects.filter(action="wagtail.publish.scheduled")
    assert published.filter(page__in=first).count() == 1
    assert published.filter(page__in=questions.difference(first)).count() == times


def was_logged(question):
    return PageLogEntry.objects.filter(page=question.pk, action="wagtail.publish.scheduled").exists()


def test_stock_stops_at_a_failing_page_and_leaves_it_half_published_for_good(clock, poison):
    bad, good = make_question("Poison?", go_live_at=NOON), make_question("Good?", go_live_at=NOON)
    clock.move_to(NOON + timedelta(minutes=1))
    with pytest.raises(RuntimeError):
        stock()
    assert fresh(bad).live
    assert fresh(bad).scheduled_revision is None
    assert not fresh(good).live
    poison.clear()
    stock()
    assert fresh(good).live
    assert not was_logged(bad)


def test_ours_goes_on_and_publishes_the_failing_page_as_soon_as_it_can(clock, poison):
    bad = make_question("Poison?", go_live_at=NOON)
    make_question("Good?", go_live_at=NOON)
    clock.move_to(NOON + timedelta(minutes=1))
    outcome = publish_due()
    assert (outcome.failed, outcome.published) == (["Poison?"], ["Good?"])
    assert not fresh(bad).live
    assert fresh(bad).scheduled_revision is not None
    assert not SearchEntry.objects.filter(page=bad.pk).exists()
    poison.clear()
    clock.shift(timedelta(seconds=2))
    assert publish_due().published == ["Poison?"]
    assert fresh(bad).live
    assert was_logged(bad)


@pytest.mark.parametrize("run", [stock, publish_due], ids=["stock", "ours"])
def test_a_passed_window_goes_live_for_a_moment_only_in_stock(clock, events, run):
    question = make_question("Late?", go_live_at=NOON, expire_at=NOON + timedelta(hours=1))
    events.clear()
    clock.move_to(NOON + timedelta(hours=2))
    run()
    run()
    shown = [("published", "Late?", True), ("unpublished", "Late?", False)]
    assert events == (shown if run is stock else [])
    assert not fresh(question).live


def test_signals_are_sent_for_pages_that_are_not_live_and_ours_does_nothing_then(clock, events):
    """This one is Wagtail's publish action itself, by whomever: every receiver of ours asks whether it is live."""
    question = make_question("Scheduled?", go_live_at=NOON)
    assert events == [("published", "Scheduled?", False)]
    assert not SearchEntry.objects.filter(page=question.pk).exists()


# A live page without live revision goes offline when an update of it is scheduled, and purge_revisions makes such.


def with_a_newer_draft():
    question = make_question("Live?")
    draft = fresh(question)
    draft.summary = "A draft."
    draft.save_revision()
    return question


def schedule_an_update(question):
    update = fresh(question).get_latest_revision_as_object()
    update.go_live_at = NOON + timedelta(days=1)
    update.save_revision().publish()


def test_stock_purge_takes_the_live_revision_and_scheduling_then_takes_the_page_offline(clock):
    question = with_a_newer_draft()
    clock.shift(timedelta(minutes=1))
    call_command(StockPurgeRevisions(), "--days", "0", stdout=StringIO())
    assert fresh(question).live_revision is None
    schedule_an_update(question)
    assert not fresh(question).live


def test_our_purge_keeps_the_live_revision_so_the_page_stays(clock):
    question = with_a_newer_draft()
    clock.shift(timedelta(minutes=1))
    call_command("purge_revisions", "--days", "0", stdout=StringIO())
    assert fresh(question).live_revision is not None
    schedule_an_update(question)
    assert fresh(question).live


def test_a_page_that_has_none_gets_one_when_an_editor_opens_it(clock, client, administrator):
    question = make_question("Imported?")
    QuestionPage.objects.filter(pk=question.pk).update(live_revision=None)
    client.force_login(administrator)
    assert client.get(f"/admin/pages/{question.pk}/edit/").status_code == 200
    schedule_an_update(question)
    assert fresh(question).live
