"""What follows a change to the column, whoever made it: editor, import or clock."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save, pre_save
from django_tasks import task
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, ReferenceIndex
from wagtail.search.index import insert_or_update_object
from wagtail.signals import page_published, post_page_move

from qa.models import Expert, QuestionIndexPage, QuestionPage, QuestionTopic, SearchEntry, Topic
from qa.models.save_context import indexed_later, is_saved_whole
from qa.publishing.warming import warm
from qa.search import entries
from qa.tasks.queue import QUEUE, later
from site_config.after_commit import may_fail

#: The fields of a question that decide whether and by which words it is found; its topics have rows of their own.
_FOUND_BY = frozenset({"live", "title", "asked_on", "asker_name", "question", "answer", "summary"})
_FOLDERS = {Topic: "topics", Expert: "experts"}


def connect() -> None:
    """Connect the receivers; called once when the app is ready."""
    page_published.connect(question_published, sender=QuestionPage, dispatch_uid="qa.question_published")
    for model in _FOLDERS:
        pre_save.connect(remember_slug, sender=model, dispatch_uid=f"qa.remember_slug.{model.__name__}")
        post_save.connect(redirect_old_slug, sender=model, dispatch_uid=f"qa.redirect_old_slug.{model.__name__}")
    _connect_search()


def _connect_search() -> None:
    """Connect what keeps the search entries right: one receiver for each road on which what readers find changes."""
    for model in (Page, QuestionPage):
        post_save.connect(page_saved, sender=model, dispatch_uid=f"qa.search.page_saved.{model.__name__}")
    post_page_move.connect(page_moved, dispatch_uid="qa.search.page_moved")
    post_save.connect(topic_saved, sender=Topic, dispatch_uid="qa.search.topic_saved")
    for signal, name in ((post_save, "saved"), (post_delete, "deleted")):
        signal.connect(restriction_changed, sender=PageViewRestriction, dispatch_uid=f"qa.search.restriction_{name}")
        signal.connect(topics_changed, sender=QuestionTopic, dispatch_uid=f"qa.search.topics_{name}")


def refresh_later(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """Leave the entries to the worker that a receiver could not make right."""
    if sender is Topic:
        questions = list(instance.question_topics.values_list("page_id", flat=True))
    elif sender is QuestionTopic:
        questions = [instance.page_id]
    else:
        questions = _questions_below(instance.page if sender is PageViewRestriction else instance)
    later(entries.refresh_again, questions)


@may_fail(instead=refresh_later)
def page_saved(sender: type[Page], instance: Page, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    """Write or remove the entry while the question is saved: publication, unpublication, copy, alias, import.

    Deleting a question deletes its entry by cascade. A draft is saved with ``update_fields``, and the object then holds
    what is not published.
    """
    if raw or (update_fields is not None and _FOUND_BY.isdisjoint(update_fields)):
        return
    if isinstance(instance, QuestionPage):
        entries.refresh_saved(instance)
    elif issubclass(instance.specific_class or Page, QuestionPage):
        entries.refresh([instance.pk])


@may_fail(instead=refresh_later)
def page_moved(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """A page may have been moved below a restricted one, or from there."""
    entries.refresh(_questions_below(instance))


@may_fail(instead=refresh_later)
def restriction_changed(
    sender: type[Model], instance: PageViewRestriction, origin: Model | QuerySet | None = None, **kwargs: Any
) -> None:
    """A restriction holds for the page and all below it."""
    if not _goes_with_another(sender, origin):
        entries.refresh(_questions_below(instance.page))


@may_fail(instead=refresh_later)
def topic_saved(sender: type[Topic], instance: Topic, created: bool = False, **kwargs: Any) -> None:
    """A renamed topic is found under its new name."""
    if not created:
        entries.refresh(instance.question_topics.values_list("page_id", flat=True))


@may_fail(instead=refresh_later)
def topics_changed(
    sender: type[QuestionTopic], instance: QuestionTopic, origin: Model | QuerySet | None = None, **kwargs: Any
) -> None:
    """A question was filed under another topic without being saved itself: topics were merged.

    While the question is saved its entry is written from the topics that it is going to have.
    """
    if is_saved_whole(instance.page_id) or _goes_with_another(sender, origin):
        return
    known = SearchEntry.objects.filter(page=instance.page_id).values_list("topics", flat=True).first()
    filed = QuestionTopic.objects.filter(page=instance.page_id).values_list("topic__name", flat=True)
    if known is not None and known != list(dict.fromkeys(filed)):
        entries.refresh([instance.page_id])


def _goes_with_another(sender: type[Model], origin: Model | QuerySet | None) -> bool:
    """Tell whether a row is deleted because its page is, which still looks published while that goes on."""
    model = origin.model if isinstance(origin, QuerySet) else type(origin)
    return origin is not None and not issubclass(model, sender)


def _questions_below(page: Page) -> list[int]:
    return list(QuestionPage.objects.descendant_of(page, inclusive=True).values_list("pk", flat=True))


def follow_later(sender: type[QuestionPage], instance: QuestionPage, **kwargs: Any) -> None:
    """Leave all that follows a publication to the worker."""
    later(follow_publication_again, instance.pk)


@may_fail(instead=follow_later)
def question_published(sender: type[QuestionPage], instance: QuestionPage, **kwargs: Any) -> None:
    """Collect what the question refers to once its topics are stored, and queue what is not for its readers.

    Wagtail does both in ``post_save``, before the child relations of a page are written, so that a changed topic would
    only be found, and one that was taken out could only be deleted, after the next publication.
    """
    ReferenceIndex.create_or_update_for_object(instance)
    if instance.live:  # the signal is also sent when a publication is only scheduled
        later(follow_publication, instance.pk)


@task(backend=QUEUE)
def follow_publication(pk: int) -> None:
    """Index a published question for the desk, and make ready what its first reader would wait for."""
    if question := QuestionPage.objects.filter(pk=pk).first():
        insert_or_update_object(question)
        warm(pk)


@task(backend=QUEUE)
def follow_publication_again(pk: int) -> None:
    """Do what ``question_published`` could not, and what it would have queued."""
    if question := QuestionPage.objects.filter(pk=pk).first():
        ReferenceIndex.create_or_update_for_object(question)
        insert_or_update_object(question)
        warm(pk)


@contextmanager
def followed_once(found: Model) -> Iterator[None]:
    """Publish in the ``with`` block what ``question_published`` follows, without Wagtail doing the same before it.

    Each of its two indexes costs as much as a third of the publication.
    """
    page_type = found.cached_content_type.model_class() if isinstance(found, Page) else None
    with indexed_later() if page_type is QuestionPage else nullcontext():
        yield


def remember_slug(sender: type[Model], instance: Topic | Expert, **kwargs: Any) -> None:
    """Keep the stored slug until the new one is saved."""
    stored = sender.objects.filter(pk=instance.pk).values_list("slug", flat=True) if instance.pk else []
    instance.slug_before = next(iter(stored), None)


def redirect_later(sender: type[Model], instance: Topic | Expert, **kwargs: Any) -> None:
    """Leave the redirects to the worker."""
    later(redirect_again, sender._meta.label, instance.slug_before, instance.slug)


@task(backend=QUEUE)
def redirect_again(label: str, before: str, after: str) -> None:
    """Make the redirects of a topic or expert that was renamed."""
    redirect_slug(apps.get_model(label), before, after)


@may_fail(instead=redirect_later)
def redirect_old_slug(sender: type[Model], instance: Topic | Expert, **kwargs: Any) -> None:
    """Send readers from a topic's or expert's old address to its new one, in one step however often it is renamed."""
    before = getattr(instance, "slug_before", None)
    if before and before != instance.slug:
        redirect_slug(sender, before, instance.slug)


def redirect_slug(model: type[Model], before: str, after: str) -> None:
    """Send readers from the pages of one slug of a topic or expert to those of another."""
    below = ("", "feed/") if model is Topic else ("",)
    for column in QuestionIndexPage.objects.all():
        site_id, _root, column_path = column.get_url_parts() or (None, None, None)
        if column_path is None:
            continue
        for end in below:
            old_route, new_route = (f"/{_FOLDERS[model]}/{slug}/{end}" for slug in (before, after))
            _redirect(column, site_id, column_path.rstrip("/"), old_route, new_route)


def _redirect(column: QuestionIndexPage, site_id: int, address: str, old_route: str, new_route: str) -> None:
    same_column = Redirect.objects.filter(redirect_page=column)
    # Whoever came by an even older address must not be sent twice, and the new address is none to leave.
    same_column.filter(redirect_page_route_path=old_route).update(redirect_page_route_path=new_route)
    Redirect.objects.filter(old_path=Redirect.normalise_path(address + new_route), site_id=site_id).delete()
    Redirect.objects.update_or_create(
        old_path=Redirect.normalise_path(address + old_route),
        site_id=site_id,
        defaults={
            "redirect_page": column,
            "redirect_page_route_path": new_route,
            "is_permanent": True,
            "automatically_created": True,
        },
    )
