"""Signal handlers that keep the search entries right, whatever changes what readers find."""

from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import post_page_move

from qa.models import QuestionPage, QuestionTopic, SearchEntry, Topic
from qa.models.save_context import is_saved_whole
from qa.search import entries
from qa.tasks.queue import later
from site_config.after_commit import may_fail

#: The fields of a question that decide whether and by which words it is found; its topics have rows of their own.
_FOUND_BY = frozenset({"live", "title", "asked_on", "asker_name", "question", "answer", "summary"})


def connect() -> None:
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
    """Return whether a row is deleted because its page is, which still looks published while that goes on."""
    model = origin.model if isinstance(origin, QuerySet) else type(origin)
    return origin is not None and not issubclass(model, sender)


def _questions_below(page: Page) -> list[int]:
    return list(QuestionPage.objects.descendant_of(page, inclusive=True).values_list("pk", flat=True))
