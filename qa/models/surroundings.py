"""Template context of a question: the topic it is read under, its neighbours, and what else there is to read."""

from datetime import date
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from qa.querysets import QuestionPageQuerySet

#: Related questions under a letter: those that the editor chose, filled up to this number by shared topics.
MOST_RELATED = 5


def surroundings(page: Page, topic_slug: str | None = None) -> dict[str, Any]:
    """Return the published questions around ``page``, by the names that its template has for them.

    ``topic_slug`` is the topic that the reader came from (``?topic=``): previous and next are then questions about it.
    One that the question is not filed under changes nothing. Related are those that the editor chose, in the editor's
    order, then those that share most topics; what is linked as part of the same story is not repeated there.
    """
    came_from = next((topic for topic in page.topics if topic.slug == topic_slug), None)
    published = type(page).objects.published().defer_streamfields()
    row = published.about(came_from) if came_from else published
    earlier = published.filter(pk=page.follow_up_to_id).first() if page.follow_up_to_id else None
    follow_ups = list(published.filter(follow_up_to=page.pk).newest_first())
    same_story = [page.pk, *(question.pk for question in (earlier, *follow_ups) if question)]
    return {
        "came_from": came_from,
        "previous": row.before(page).first(),
        "next": row.after(page).first(),
        "earlier": earlier,
        "follow_ups": follow_ups,
        "related": _related(page, published, same_story),
    }


def _related(page: Page, published: QuestionPageQuerySet, same_story: list[int]) -> list[Page]:
    chosen = [related.question_id for related in page.related_questions.all()]
    found = published.in_bulk(chosen) if chosen else {}
    related = [found[pk] for pk in dict.fromkeys(chosen) if pk in found]
    if len(related) < MOST_RELATED:
        others = published.exclude(pk__in=[*same_story, *found]).sharing_topics(page.topics)
        related += others[: MOST_RELATED - len(related)]
    return related


def dates(page: Page, updated: list[date]) -> dict[str, Any]:
    """Return when the letter was answered, updated and reviewed, each only if it says more than the one before.

    All are days in the site's time zone. ``updated`` are the dates of the announced updates: a corrected comma is none.
    ``review_is_due`` is the one thing on the page that changes without a publication, and it does so at midnight: a
    stored page may be shown until the end of the day it was made on.
    """
    today = timezone.localdate()
    answered = timezone.localdate(page.first_published_at) if page.first_published_at else None
    latest = max(updated, default=None)
    due = page.review_after
    return {
        "answered_on": answered,
        "updated_on": latest if latest and (answered is None or latest > answered) else None,
        "reviewed_on": page.reviewed_on if page.reviewed_on not in (answered, latest) else None,
        "review_is_due": due is not None and due < today and (page.reviewed_on is None or page.reviewed_on < due),
    }
