"""What is visible, in what order, next to what: every rule of the column has a name here and a test."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import CharField, Count, Exists, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear
from wagtail.models import Collection, PageManager, PageQuerySet


def published_pages(pages: PageQuerySet) -> PageQuerySet:
    """Return those pages of any type that everybody may read: live, and neither they nor a parent restricted."""
    return public_pages(pages.live())


def public_pages(pages: PageQuerySet) -> PageQuerySet:
    """Return those pages, drafts included, that everybody may read once they are published."""
    return pages.public()


def public_documents(documents: QuerySet) -> QuerySet:
    """Return those documents that everybody may read: a restricted collection holds for what is below it, too."""
    path = ExpressionWrapper(OuterRef("collection__path"), output_field=CharField())
    restricted = Collection.objects.filter(view_restrictions__isnull=False).alias(path_of_document=path)
    return documents.filter(~Exists(restricted.filter(path_of_document__startswith=F("path"))))


class QuestionPageQuerySet(PageQuerySet):
    """The rules of the column. Everything that readers see starts from ``published()``."""

    def published(self) -> QuestionPageQuerySet:
        """Only questions that everybody may read: no draft, none scheduled or expired, none restricted."""
        return published_pages(self)

    def once_public(self) -> QuestionPageQuerySet:
        """Only questions that everybody may read or could once: published at some time, and not restricted now."""
        return self.public().filter(first_published_at__isnull=False)

    def taken_down(self) -> QuestionPageQuerySet:
        """Only questions that everybody could once read and nobody can now."""
        return self.once_public().filter(live=False)

    def newest_first(self) -> QuestionPageQuerySet:
        """By the date asked, latest first; questions of one day by their number, so that the order never changes."""
        return self.order_by("-asked_on", "-pk")

    def latest_answered(self) -> QuestionPageQuerySet:
        """By the time of the first publication, latest first: an old question that is answered today is news today."""
        return self.order_by("-first_published_at", "-pk")

    def about(self, topic: Model) -> QuestionPageQuerySet:
        """Only questions filed under ``topic``, whatever its place in their list of topics."""
        return self.filter(pk__in=topic.question_topics.values("page_id"))

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

    def years(self) -> list[tuple[int, int]]:
        """Return ``(year, number of questions asked in it)``, latest year first."""
        return list(
            self.order_by()
            .annotate(year=ExtractYear("asked_on"))
            .values_list("year")
            .annotate(Count("pk"))
            .order_by("-year")
        )


QuestionPageManager = PageManager.from_queryset(QuestionPageQuerySet)
