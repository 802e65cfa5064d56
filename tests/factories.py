"""What tests are made of: questions made the way editors make them, topics and experts."""

import itertools
from datetime import date
from typing import Any

import factory
from django.conf import settings
from wagtail.models import Collection, Locale, Page, PageViewRestriction, Site

from home.models import HomePage
from qa.models import Expert, QuestionIndexPage, QuestionPage, QuestionTopic, Topic

_number = itertools.count(1)


class TopicFactory(factory.django.DjangoModelFactory):
    """A topic."""

    class Meta:
        model = Topic
        django_get_or_create = ["slug"]

    name = factory.Sequence(lambda n: f"Topic {n}")
    slug = factory.LazyAttribute(lambda topic: topic.name.lower().replace(" ", "-"))


class ExpertFactory(factory.django.DjangoModelFactory):
    """An expert."""

    class Meta:
        model = Expert

    name = factory.Sequence(lambda n: f"Expert {n}")
    slug = factory.LazyAttribute(lambda expert: expert.name.lower().replace(" ", "-"))


def make_column() -> QuestionIndexPage:
    """Return the question index of a site, with the front page above it; made from nothing if it must be."""
    if column := QuestionIndexPage.objects.first():
        return column
    # A test with a live server ends by emptying all tables, also of what Wagtail's migrations put there.
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    if not Collection.get_first_root_node():
        Collection.add_root(name="Root")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    front = root.add_child(instance=HomePage(title="Front page", slug="front", live=False))
    front.save_revision().publish()
    column = front.add_child(instance=QuestionIndexPage(title="All questions", slug="questions", live=False))
    column.save_revision().publish()
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": front}
    )
    return column


def make_question(
    title: str = "", *, topics: list[Topic] | None = None, publish: bool = True, private: bool = False, **fields: Any
) -> QuestionPage:
    """Return a question made as editors make it: a draft, its revision, and (unless told otherwise) its publication.

    ``go_live_at`` or ``expire_at`` among the fields schedules it, as in the desk.
    """
    column = make_column()
    number = next(_number)
    fields.setdefault("asked_on", date(2026, 1, 15))
    fields.setdefault("slug", f"question-{number}")
    answer = fields.pop("answer", [("markdown", "The answer.")])
    question = QuestionPage(title=title or f"Question {number}?", live=False, **fields)
    question.answer = answer
    column.add_child(instance=question)
    question.question_topics = [QuestionTopic(topic=topic, sort_order=n) for n, topic in enumerate(topics or [])]
    revision = question.save_revision()
    if private:
        PageViewRestriction.objects.create(page=question, restriction_type=PageViewRestriction.LOGIN)
    if publish:
        revision.publish()
    question.refresh_from_db()
    return question


def fresh(page: Page) -> Any:
    """Return a page as the database has it now."""
    return type(page).objects.get(pk=page.pk)
