"""Rewrites of stored revisions that name a topic or expert which goes away."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, TextField
from django.db.models.functions import Cast
from django.db.models.signals import pre_delete
from wagtail.models import Revision

from qa.models import Expert, QuestionPage, Topic

_AT_ONCE = 100
_FIELDS = {Topic: "topic", Expert: "answered_by"}


def connect() -> None:
    """Connect the receivers; called by ``signal_handlers.connect``."""
    for model in _FIELDS:
        pre_delete.connect(forget, sender=model, dispatch_uid=f"qa.forget.{model.__name__}")


def forget(sender: type[Model], instance: Topic | Expert, **kwargs: Any) -> None:
    """Take a topic or expert that is being deleted out of every version, or no earlier one could be opened again.

    Neither is deleted while a question has it (``PROTECT``); the versions of before would fail: modelcluster cannot
    make an object whose protected foreign key leads nowhere.
    """
    replace(instance, None)


def replace(old: Topic | Expert, new: Topic | Expert | None) -> None:
    """Put ``new``, or nothing, in the place of ``old`` in every version of every question, without new versions."""
    field = _FIELDS[type(old)]
    kind = ContentType.objects.get_for_model(QuestionPage)
    # JSON as both databases write it; 5 is found in 55 as well, which is sorted out below.
    text = Cast("content", TextField())
    naming = Revision.objects.filter(content_type=kind).alias(text=text).filter(text__contains=f'"{field}": {old.pk}')
    pks = list(naming.order_by("pk").values_list("pk", flat=True))
    into = new.pk if new else None
    for start in range(0, len(pks), _AT_ONCE):
        revisions = Revision.objects.filter(pk__in=pks[start : start + _AT_ONCE])
        rewrite = _replace_topic if isinstance(old, Topic) else _replace_expert
        Revision.objects.bulk_update(
            [revision for revision in revisions if rewrite(revision.content, old.pk, into)], ["content"]
        )


def _replace_topic(content: dict[str, Any], old: int, new: int | None) -> bool:
    rows = content.get("question_topics") or []
    if not any(row.get("topic") == old for row in rows):
        return False
    kept: dict[int, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row.get("sort_order") or 0):
        topic = new if row.get("topic") == old else row.get("topic")
        if topic is not None:
            kept.setdefault(topic, row | {"topic": topic})
    content["question_topics"] = list(kept.values())
    return True


def _replace_expert(content: dict[str, Any], old: int, new: int | None) -> bool:
    if content.get("answered_by") != old:
        return False
    content["answered_by"] = new
    return True
