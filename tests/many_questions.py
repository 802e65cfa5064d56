"""A large column, made at once and past the tree's own slow way; its shape, not its content, is what it is for."""

from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import CharField, F, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.models import Locale, Page, Revision

from qa.models import QuestionIndexPage, QuestionPage, QuestionTopic, Topic


def grow(column: QuestionIndexPage, size: int, topics: list[Topic]) -> None:
    """Add questions until there are ``size`` of them: two topics and a revision each; two of three are live.

    Of the others, half are scheduled. One in ten has unpublished changes, one in seven a review date that has passed.
    """
    already = QuestionPage.objects.count()
    base = {
        "content_type": ContentType.objects.get_for_model(QuestionPage),
        "depth": column.depth + 1,
        "locale": Locale.objects.get(),
        "latest_revision_created_at": timezone.now(),
    }
    pages = []
    for place in range(already, size):
        title, slug = f"Is number {place} a good one?", f"number-{place}"
        path = QuestionPage._get_path(column.path, column.depth + 1, place + 1)
        state = {"live": place % 3 != 0, "has_unpublished_changes": place % 10 == 0 or place % 3 == 0}
        url = f"{column.url_path}{slug}/"
        pages.append(Page(title=title, draft_title=title, slug=slug, path=path, url_path=url, **base, **state))
    Page.objects.bulk_create(pages, batch_size=500)
    start = date(2000, 1, 1)
    questions = [
        QuestionPage(
            page_ptr_id=page.pk,
            asked_on=start + timedelta(days=number * 7 % 9000),
            asker_name=f"Reader {number % 100}",
            word_count=number % 900,
            review_after=start if number % 7 == 0 else None,
        )
        for number, page in enumerate(pages, already)
    ]
    fields = list(QuestionPage._meta.local_concrete_fields)
    for some in (questions[at : at + 500] for at in range(0, len(questions), 500)):
        QuestionPage._base_manager._insert(some, fields=fields, using=connection.alias, raw=True)
    filed = [
        QuestionTopic(page_id=page.pk, topic=topics[(number + n) % len(topics)], sort_order=n)
        for number, page in enumerate(pages)
        for n in range(min(2, len(topics)))
    ]
    QuestionTopic.objects.bulk_create(filed, batch_size=500)
    _give_revisions(pages)
    column.numchild = size
    type(column).objects.filter(pk=column.pk).update(numchild=size)
    if connection.vendor == "postgresql":  # as its autovacuum does sooner or later: plans are made from its counts
        with connection.cursor() as cursor:
            for model in (Page, QuestionPage, QuestionTopic, Revision):
                cursor.execute(f"ANALYZE {model._meta.db_table}")


def _give_revisions(pages: list[Page]) -> None:
    types = {
        "content_type": ContentType.objects.get_for_model(QuestionPage),
        "base_content_type": ContentType.objects.get_for_model(Page),
    }
    soon = timezone.now() + timedelta(days=3)
    revisions = [
        Revision(
            object_id=str(page.pk),
            object_str=page.title,
            content={"pk": page.pk, "title": page.title, "question_topics": []},
            created_at=timezone.now(),
            approved_go_live_at=soon if number % 6 == 0 and not page.live else None,
            **types,
        )
        for number, page in enumerate(pages)
    ]
    Revision.objects.bulk_create(revisions, batch_size=500)
    own = Revision.objects.filter(
        object_id=Cast(OuterRef("pk"), CharField()), base_content_type=types["base_content_type"]
    )
    new = Page.objects.filter(path__gte=pages[0].path, depth=pages[0].depth)
    new.update(latest_revision=Subquery(own.values("pk")[:1]))
    new.filter(live=True).update(live_revision=F("latest_revision"))
