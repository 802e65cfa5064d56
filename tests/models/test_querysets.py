"""Every rule of ``qa.querysets``, with what it must leave out."""

import itertools
from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Site

from home.models import SiteSettings
from qa.models import QuestionPage
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db

questions = QuestionPage.objects


def make_one_of_each(**fields):
    """Return the one question that readers may see, having made one of every kind that they may not."""
    now = timezone.now()
    make_question("Draft?", publish=False, **fields)
    make_question("Private?", private=True, **fields)
    make_question("Scheduled?", go_live_at=now + timedelta(days=1), **fields)
    make_question("Expired?", **fields).unpublish(set_expired=True)
    make_question("Taken down?", **fields).unpublish()
    changed = make_question("Live?", **fields)
    changed.title = "Live, but for a draft on top?"
    changed.save_revision()
    return changed


def test_published_leaves_out_drafts_private_scheduled_expired_and_unpublished_questions():
    visible = make_one_of_each()
    assert list(questions.published()) == [visible]
    assert questions.published().get().title == "Live?"


def test_published_leaves_out_everything_below_a_restricted_index(column):
    from wagtail.models import PageViewRestriction

    make_question()
    PageViewRestriction.objects.create(page=column, restriction_type=PageViewRestriction.LOGIN)
    assert not questions.published().exists()


def test_newest_first_orders_by_the_date_asked_and_then_by_number():
    old = make_question(asked_on=date(2024, 5, 1))
    first, second = (make_question(asked_on=date(2025, 5, 1)) for _ in range(2))
    assert list(questions.newest_first()) == [second, first, old]


def test_about_finds_a_topic_wherever_it_stands_and_each_question_once():
    topic, other = TopicFactory(), TopicFactory()
    first = make_question(topics=[topic, other])
    second = make_question(topics=[other, topic])
    twice = make_question(topics=[topic, topic])
    make_question(topics=[other])
    assert set(questions.about(topic)) == {first, second, twice}
    assert questions.about(topic).count() == 3


def test_about_and_published_leave_out_what_readers_may_not_see():
    topic = TopicFactory()
    visible = make_one_of_each(topics=[topic])
    assert list(questions.published().about(topic)) == [visible]


def test_answered_by_is_by_name_or_also_by_nobody():
    maren, tobias = ExpertFactory(), ExpertFactory()
    hers, his, nobodys = make_question(answered_by=maren), make_question(answered_by=tobias), make_question()
    assert list(questions.answered_by(maren)) == [hers]
    assert set(questions.answered_by(maren, or_nobody=True)) == {hers, nobodys}
    assert list(questions.answered_by(tobias)) == [his]


def test_asked_in_has_the_whole_year_and_nothing_of_its_neighbours():
    inside = {make_question(asked_on=day) for day in (date(2024, 1, 1), date(2024, 12, 31))}
    for day in (date(2023, 12, 31), date(2025, 1, 1)):
        make_question(asked_on=day)
    assert set(questions.asked_in(2024)) == inside


def test_years_counts_the_questions_of_each_year_latest_first():
    for day in (date(2024, 1, 1), date(2026, 2, 2), date(2024, 12, 31)):
        make_question(asked_on=day)
    assert questions.years() == [(2026, 1), (2024, 2)]


def test_before_and_after_walk_through_all_questions_of_one_day():
    day = date(2025, 5, 1)
    row = [make_question(asked_on=day - timedelta(days=1)), *(make_question(asked_on=day) for _ in range(3))]
    row.append(make_question(asked_on=day + timedelta(days=1)))
    for older, newer in itertools.pairwise(row):
        assert questions.before(newer).first() == older
        assert questions.after(older).first() == newer


def test_nothing_is_before_the_first_and_nothing_after_the_last():
    first, last = make_question(asked_on=date(2024, 1, 1)), make_question(asked_on=date(2025, 1, 1))
    assert questions.before(first).first() is None
    assert questions.after(last).first() is None


def test_neighbours_are_never_what_readers_may_not_see():
    oldest = make_question(asked_on=date(2025, 5, 1))
    between = make_one_of_each(asked_on=date(2025, 5, 2))
    newest = make_question(asked_on=date(2025, 5, 3))
    published = questions.published()
    assert list(published.before(newest)) == [between, oldest]
    assert list(published.after(oldest)) == [between, newest]


def test_with_topics_takes_one_more_query_however_many_questions(django_assert_num_queries):
    topics = [TopicFactory() for _ in range(3)]
    made = [make_question(topics=topics[: n % 4]) for n in range(8)]
    with django_assert_num_queries(2):
        found = {question.pk: question.topics for question in questions.with_topics()}
    assert [len(found[question.pk]) for question in made] == [n % 4 for n in range(8)]


def test_topics_come_in_the_editors_order():
    later, sooner = TopicFactory(name="A later one"), TopicFactory(name="The sooner one")
    assert make_question(topics=[sooner, later]).topics == [sooner, later]


def test_an_alias_does_not_stand_for_the_letter_of_its_original(column):
    original = make_question()
    alias = original.create_alias(update_slug="alias")
    assert alias.letter_id == original.letter_id
    assert list(questions.filter_letter_ids([original.letter_id])) == [original]


def test_a_copy_is_a_letter_of_its_own():
    original = make_question()
    copy = original.copy(update_attrs={"slug": "copy"})
    assert copy.letter_id != original.letter_id
    assert copy.get_latest_revision_as_object().letter_id == copy.letter_id


def test_topics_and_experts_of_questions_are_those_with_one_of_them_each_once():
    inside, outside, hidden = (TopicFactory() for _ in range(3))
    expert, _other = ExpertFactory(), ExpertFactory()
    for _ in range(2):
        make_question(topics=[inside], answered_by=expert)
    make_question(topics=[outside])
    make_question(topics=[hidden], answered_by=ExpertFactory(), publish=False)
    assert set(questions.published().their_topics()) == {inside, outside}
    assert list(questions.published().about(inside).newest_first().their_topics()) == [inside]
    assert list(questions.published().newest_first().their_experts()) == [expert]
    assert not questions.none().their_experts().exists()


def test_the_expert_of_the_site_settings_is_always_one_of_them(column):
    own = ExpertFactory()
    site_settings = SiteSettings.for_site(Site.objects.get())
    site_settings.expert = own
    site_settings.save()
    assert list(questions.none().their_experts()) == [own]
