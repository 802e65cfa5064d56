"""Whatever editors and the clock do, in whatever order: readers see what a simple model says, and nothing else."""

import itertools
import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from wagtail.models import Page, PageViewRestriction, Revision

from qa.models import QuestionIndexPage, QuestionPage, SearchEntry
from qa.scheduling.due import next_moment
from qa.scheduling.publisher import publish_due
from tests.factories import make_column
from tests.moments import NOON

pytestmark = pytest.mark.slow

#: SCHEDULE_EXAMPLES=500 looks for longer than a test run may.
EXAMPLES = int(os.environ.get("SCHEDULE_EXAMPLES", "4"))

hours = st.integers(1, 6).map(lambda number: timedelta(hours=number))
later = st.none() | hours


@dataclass
class Expected:
    """A question as the model knows it."""

    live: bool = False
    expires: datetime | None = None
    draft: tuple[datetime | None, datetime | None] = (None, None)  # go live, expire
    scheduled: tuple[datetime, datetime | None] | None = None
    private: bool = False
    below_private: bool = False

    def next_change(self, now: datetime) -> datetime | None:
        moments = [self.expires if self.live else None, self.scheduled and self.scheduled[0]]
        return min((moment for moment in moments if moment and moment <= now), default=None)

    def tick(self, now: datetime) -> None:
        while self.next_change(now):
            if self.live and self.expires == self.next_change(now):
                self.live = False
                continue
            expires = self.scheduled[1]
            self.scheduled = None
            if expires is None or expires > now:
                self.live, self.expires = True, expires

    @property
    def is_visible(self) -> bool:
        return self.live and not self.private and not self.below_private


class Column(RuleBasedStateMachine):
    """Editors and the clock at work on one column."""

    questions = Bundle("questions")

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.travel = time_machine.travel(NOON, tick=False)
        self.clock = self.travel.start()
        self.now = NOON
        self.column = make_column()
        self.hidden = QuestionIndexPage(title="Hidden", slug="hidden", live=False)
        self.column.get_parent().add_child(instance=self.hidden)
        self.hidden.save_revision().publish()
        PageViewRestriction.objects.create(page=self.hidden, restriction_type=PageViewRestriction.LOGIN)
        self.numbers = itertools.count(1)
        self.expected: dict[int, Expected] = {}

    def teardown(self):
        self.travel.stop()
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @staticmethod
    def stored(pk):
        return QuestionPage.objects.get(pk=pk)

    @initialize(target=questions)
    def first(self):
        return self.write()

    @rule(target=questions)
    def write(self):
        number = next(self.numbers)
        page = QuestionPage(title=f"Question {number}?", slug=f"q-{number}", asked_on=date(2026, 1, 1), live=False)
        make_column().add_child(instance=page)
        page.save_revision()
        self.expected[page.pk] = Expected()
        return page.pk

    @rule(pk=questions, go=later, expire=later)
    def draft(self, pk, go, expire):
        page = self.stored(pk).get_latest_revision_as_object()
        page.go_live_at = self.now + go if go else None
        page.expire_at = (page.go_live_at or self.now) + expire if expire else None
        page.save_revision()
        self.expected[pk].draft = (page.go_live_at, page.expire_at)

    @rule(pk=questions)
    def publish(self, pk):
        """Publish or schedule the draft, as the form allows it: not with an end that has passed."""
        expected = self.expected[pk]
        go, expire = expected.draft
        if expire and expire <= self.now:
            return
        self.stored(pk).get_latest_revision().publish()
        if go and go > self.now:
            expected.scheduled = (go, expire)
        else:
            expected.live, expected.expires, expected.scheduled = True, expire, None

    @rule(pk=questions)
    def unschedule(self, pk):
        for revision in Revision.objects.for_instance(self.stored(pk)).filter(approved_go_live_at__isnull=False):
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
        self.expected[pk].scheduled = None

    @rule(pk=questions)
    def unpublish(self, pk):
        page, expected = self.stored(pk), self.expected[pk]
        if page.live:
            page.unpublish()
            expected.live, expected.scheduled = False, None

    @rule(pk=questions)
    def privacy(self, pk):
        expected = self.expected[pk]
        expected.private = not expected.private
        if expected.private:
            PageViewRestriction.objects.create(page=self.stored(pk), restriction_type=PageViewRestriction.LOGIN)
        else:
            PageViewRestriction.objects.get(page=pk).delete()

    @rule(pk=questions)
    def move(self, pk):
        expected = self.expected[pk]
        expected.below_private = not expected.below_private
        target = self.hidden if expected.below_private else self.column
        self.stored(pk).move(Page.objects.get(pk=target.pk), pos="last-child")

    @rule(pk=consumes(questions))
    def delete(self, pk):
        self.stored(pk).delete()
        del self.expected[pk]

    @rule(pause=st.integers(1, 480).map(lambda minutes: timedelta(minutes=minutes)))
    def tick(self, pause):
        self.now += pause
        self.clock.move_to(self.now)
        outcome = publish_due()
        assert not outcome.failed
        for expected in self.expected.values():
            expected.tick(self.now)
        due = next_moment(self.now)
        assert due is None or due > self.now, "nothing is left behind"

    @invariant()
    def readers_see_what_the_model_says(self):
        visible = {pk for pk, expected in self.expected.items() if expected.is_visible}
        assert set(QuestionPage.objects.published().values_list("pk", flat=True)) == visible
        assert set(SearchEntry.objects.values_list("page", flat=True)) == visible
        live = {pk for pk, expected in self.expected.items() if expected.live}
        assert set(QuestionPage.objects.filter(live=True).values_list("pk", flat=True)) == live
        assert not QuestionPage.objects.filter(live=True, live_revision=None).exists()


@pytest.mark.django_db
def test_any_sequence_of_changes_leaves_what_the_model_says():
    few = settings(
        max_examples=EXAMPLES,
        stateful_step_count=14 if EXAMPLES < 10 else 40,
        deadline=None,
        derandomize=EXAMPLES < 10,  # the same sequences each time in `make test`, others in a search
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(Column, settings=few)
