"""Bulk changes of questions: the live version and the draft both get them, and no draft is published."""

from collections.abc import Callable
from enum import Enum

from django.contrib.auth.base_user import AbstractBaseUser

from qa.models import QuestionPage, QuestionTopic, Topic
from qa.models.question import today

#: Changes a question, and tells whether there was anything to change.
Alteration = Callable[[QuestionPage], bool]


class Outcome(Enum):
    """What became of one question."""

    UNCHANGED = "unchanged"
    DRAFT = "draft"  # a new version, which readers do not see yet
    LIVE = "live"  # readers see it


def change(question: QuestionPage, alter: Alteration, user: AbstractBaseUser) -> Outcome:
    """Alter a question in new revisions, with log entries, and publish what was published before.

    Of a live question with unpublished changes, the live version is altered and published, and then the draft is
    altered and saved as the latest version again: altering publishes nothing that an editor has not published.
    Whoever may not publish alters the latest version only.
    """
    draft = question.get_latest_revision_as_object() if question.has_unpublished_changes else None
    if not (question.live and question.permissions_for_user(user).can_publish()):
        return Outcome.DRAFT if _save(draft or question, alter, user) else Outcome.UNCHANGED
    altered = _save(question, alter, user)
    if altered:
        question.latest_revision.publish(user=user)
    if draft is None:
        return Outcome.LIVE if altered else Outcome.UNCHANGED
    if alter(draft) or altered:  # what was just published is the latest version now, and must not stay it
        draft.save_revision(user=user, log_action=True, clean=False)
        return Outcome.LIVE if altered else Outcome.DRAFT
    return Outcome.UNCHANGED


def _save(question: QuestionPage, alter: Alteration, user: AbstractBaseUser) -> bool:
    altered = alter(question)
    if altered:
        # A draft need not be complete, and what is live was checked when it was published.
        question.save_revision(user=user, log_action=True, clean=False)
    return altered


def add_topic(question: QuestionPage, topic: Topic) -> bool:
    """File a question under one more topic, as the last one; ``False`` if it is filed there already."""
    filed = list(question.question_topics.all())
    if any(row.topic_id == topic.pk for row in filed):
        return False
    last = max((row.sort_order or 0 for row in filed), default=-1)
    question.question_topics.add(QuestionTopic(topic=topic, sort_order=last + 1))
    return True


def remove_topic(question: QuestionPage, topic: Topic) -> bool:
    """Take a question out of a topic; ``False`` if it is not filed there."""
    rows = [row for row in question.question_topics.all() if row.topic_id == topic.pk]
    question.question_topics.remove(*rows)
    return bool(rows)


def mark_as_reviewed(question: QuestionPage) -> bool:
    """Note that the answer was checked today (site's time zone); ``False`` if it was noted already."""
    if question.reviewed_on == today():
        return False
    question.reviewed_on = today()
    return True
