"""Querysets of the column: what is visible, in what order, next to what. Every rule has a name here and a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast, ExtractYear
from wagtail.models import Collection, PageManager, PageQuerySet, Revision, WorkflowState


def published_pages(pages: PageQuerySet) -> PageQuerySet:
    """Return those pages of any type that everybody may read: live, and neither they nor a parent restricted."""
    return public_pages(pages.live())


def public_pages(pages: PageQuerySet) -> PageQuerySet:
    """Return those pages, drafts included, that everybody may read once they are published."""
    return pages.public()


def public_files(files: QuerySet) -> QuerySet:
    """Return those documents or pictures that everybody may see: a restricted collection holds for those below it."""
    path = ExpressionWrapper(OuterRef("collection__path"), output_field=CharField())
    restricted = Collection.objects.filter(view_restrictions__isnull=False).alias(path_of_file=path)
    return files.filter(~Exists(restricted.filter(path_of_file__startswith=F("path"))))


class QuestionPageQuerySet(PageQuerySet):
    """The rules of the column. Everything that readers see starts from ``published()``."""

    def published(self) -> QuestionPageQuerySet:
        """Only questions that everybody may read: no draft, none scheduled or expired, none restricted."""
        return published_pages(self)

    def once_public(self) -> QuestionPageQuerySet:
        """Only questions that everybody may read or could once: published at some time, and not restricted now.

        A row that came by SQL from another site may have no date of it: what is live is published all the same.
        """
        published = Q(live=True) | Q(first_published_at__isnull=False) | Q(last_published_at__isnull=False)
        return self.public().filter(published)

    def taken_down(self) -> QuestionPageQuerySet:
        """Only questions that everybody could once read and nobody can now."""
        return self.once_public().filter(live=False)

    def newest_first(self) -> QuestionPageQuerySet:
        """By the date asked, latest first; questions of one day by their number, so that the order never changes."""
        return self.order_by("-asked_on", "-pk")

    def latest_answered(self) -> QuestionPageQuerySet:
        """By the time of the first publication, latest first: an old question that is answered today is news today.

        Those of which nobody knows when that was, rows that came by SQL from another site, are no news: they come
        last, by the date asked.
        """
        return self.order_by(F("first_published_at").desc(nulls_last=True), "-asked_on", "-pk")

    def about(self, topic: Model) -> QuestionPageQuerySet:
        """Only questions filed under ``topic``, whatever its place in their list of topics."""
        return self.filter(pk__in=topic.question_topics.values("page_id"))

    def about_any(self, topics: QuerySet) -> QuestionPageQuerySet:
        """Only questions filed under any of ``topics``, each once."""
        filed = self.model.question_topics.rel.related_model.objects.filter(topic__in=topics)
        return self.filter(pk__in=filed.order_by().values("page_id"))

    def sharing_topics(self, topics: Iterable[Model]) -> QuestionPageQuerySet:
        """Only questions about at least one of ``topics``: those that share most of them first, then the newest."""
        shared = self.filter(question_topics__topic__in=list(topics))
        counted = shared.annotate(shared_topics=Count("question_topics__topic", distinct=True))
        return counted.order_by("-shared_topics", "-asked_on", "-pk")

    def answered_by(self, expert: Model, *, or_nobody: bool = False) -> QuestionPageQuerySet:
        """Only questions that name ``expert``; with ``or_nobody`` also those that name no one.

        A question that names no one is answered by the expert of the site settings.
        """
        named = Q(answered_by=expert)
        return self.filter(named | Q(answered_by=None) if or_nobody else named)

    def their_topics(self) -> QuerySet:
        """The topics that any of these questions is filed under.

        Of ``published()`` they are those that lists name, of ``once_public()`` those that have an address: a topic with
        nothing but drafts and private questions is not spoken of.
        """
        filed = self.model.question_topics.rel.related_model
        topic = filed._meta.get_field("topic").related_model
        return topic.objects.filter(pk__in=filed.objects.filter(page__in=self.order_by().values("pk")).values("topic"))

    def their_experts(self) -> QuerySet:
        """The experts who answer any of these questions, and those of the site settings: every page names them.

        Who is spoken of is the same as with ``their_topics``.
        """
        expert = self.model._meta.get_field("answered_by").related_model
        named = Q(pk__in=self.order_by().exclude(answered_by=None).values("answered_by"))
        return expert.objects.filter(named | Q(pk__in=expert.of_all_columns().values("pk")))

    def asked_in(self, year: int) -> QuestionPageQuerySet:
        """Only questions whose date asked lies in ``year``."""
        return self.filter(asked_on__year=year)

    def before(self, page: Model) -> QuestionPageQuerySet:
        """The questions older than ``page`` in the order of ``newest_first``, the nearest one first."""
        older = Q(asked_on__lt=page.asked_on) | Q(asked_on=page.asked_on, pk__lt=page.pk)
        return self.filter(older).newest_first()

    def after(self, page: Model) -> QuestionPageQuerySet:
        """The questions newer than ``page`` in the order of ``newest_first``, the nearest one first."""
        newer = Q(asked_on__gt=page.asked_on) | Q(asked_on=page.asked_on, pk__gt=page.pk)
        return self.filter(newer).order_by("asked_on", "pk")

    def with_topics(self) -> QuestionPageQuerySet:
        """With the topics of all of them in one more query, however many there are."""
        return self.prefetch_related("question_topics")

    def filter_letter_ids(self, letter_ids: Iterable[str]) -> QuestionPageQuerySet:
        """Only the questions with one of these letter ids; an alias never stands for its original."""
        return self.filter(letter_id__in=letter_ids, alias_of=None)

    def drafts(self) -> QuestionPageQuerySet:
        """Only questions that are being written: not live, and neither in review, scheduled nor expired."""
        return self.filter(live=False, expired=False).exclude(pk__in=_in_review()).exclude(pk__in=_scheduled())

    def in_review(self) -> QuestionPageQuerySet:
        """Only questions, live or not, of which a version waits for an editor's decision."""
        return self.filter(pk__in=_in_review())

    def scheduled(self) -> QuestionPageQuerySet:
        """Only questions, live or not, of which a version goes live at a time."""
        return self.filter(pk__in=_scheduled())

    def expired(self) -> QuestionPageQuerySet:
        """Only questions that were taken down by the clock."""
        return self.filter(live=False, expired=True)

    def online(self) -> QuestionPageQuerySet:
        """Only questions that are live, restricted ones as well: what editors call live. Never for readers."""
        return self.filter(live=True)

    def with_unpublished_changes(self) -> QuestionPageQuerySet:
        """Only live questions of which there is a newer version."""
        return self.filter(live=True, has_unpublished_changes=True)

    def overdue_for_review(self, day: date) -> QuestionPageQuerySet:
        """Only live questions whose review date is ``day`` or earlier, and that were not reviewed since."""
        not_since = Q(reviewed_on=None) | Q(reviewed_on__lt=F("review_after"))
        return self.filter(not_since, live=True, review_after__lte=day)

    def without_topic(self) -> QuestionPageQuerySet:
        """Only questions that are filed nowhere and not expired; an alias is filed with its original."""
        return self.filter(question_topics=None, expired=False, alias_of=None)

    def with_schedule(self) -> QuestionPageQuerySet:
        """Add ``goes_live_at``: the moment at which a version goes live, ``None`` where none is scheduled."""
        approved = Revision.page_revisions.filter(
            object_id=Cast(OuterRef("pk"), CharField()), approved_go_live_at__isnull=False
        )
        return self.annotate(goes_live_at=Subquery(approved.values("approved_go_live_at")[:1]))

    def years(self) -> list[tuple[int, int]]:
        """Return ``(year, number of questions asked in it)``, latest year first."""
        return list(
            self.order_by()
            .annotate(year=ExtractYear("asked_on"))
            .values_list("year")
            .annotate(Count("pk"))
            .order_by("-year")
        )


def _in_review() -> QuerySet:
    """Return the numbers of the pages of which a version waits for a decision."""
    waiting = WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS)
    pages = waiting.filter(base_content_type__app_label="wagtailcore", base_content_type__model="page")
    return pages.values_list(Cast("object_id", BigIntegerField()))


def _scheduled() -> QuerySet:
    """Return the numbers of the pages of which a version goes live at a time."""
    approved = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
    return approved.values_list(Cast("object_id", BigIntegerField()))


QuestionPageManager = PageManager.from_queryset(QuestionPageQuerySet)
