"""Signal handler that keeps a question, topic or expert with all that is deleted along with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.contrib.admin.utils import NestedObjects
from django.core import serializers
from django.db.models import Model
from django.db.models.signals import pre_delete
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page

from qa.models import BinnedItem, Expert, QuestionPage, Topic

KEPT = (QuestionPage, Topic, Expert)
#: What is made anew from what comes back.
_DERIVED = {"qa.searchentry", "qa.inspection"}
_DERIVED_APPS = {"wagtailsearch"}
_FOR_GOOD: ContextVar[bool] = ContextVar("deleted_for_good", default=False)


def connect() -> None:
    """Connect the receiver; called by ``signal_handlers.connect``."""
    for model in KEPT:
        pre_delete.connect(keep, sender=model, dispatch_uid=f"qa.keep.{model.__name__}")


@contextmanager
def deleted_for_good() -> Iterator[None]:
    """Say that what is deleted in the ``with`` block lives on somewhere else: a topic that is merged, for example."""
    token = _FOR_GOOD.set(True)
    try:
        yield
    finally:
        _FOR_GOOD.reset(token)


def keep(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """Keep what is about to be deleted, in the transaction of its deletion."""
    if settings.BIN_DAYS <= 0 or _FOR_GOOD.get():
        return
    collector = NestedObjects(using=instance._state.db or "default")
    collector.collect([instance])
    found = [one for model, objects in collector.data.items() if not _is_derived(model) for one in objects]
    is_page = isinstance(instance, Page)
    parent = instance.get_parent() if is_page else None
    user = get_active_log_context().user
    BinnedItem.objects.create(
        model=sender._meta.label_lower,
        object_id=str(instance.pk),
        title=instance.get_admin_display_title() if is_page else str(instance),
        address=_address(instance) if is_page else "",
        was_live=is_page and instance.live,
        parent=parent.pk if parent else None,
        owner=instance.owner_id if is_page else None,
        deleted_by=user if user and user.pk else None,
        rows=serializers.serialize("python", found),
        links=list(_links(collector, instance)),
    )


def _is_derived(model: type[Model]) -> bool:
    return model._meta.label_lower in _DERIVED or model._meta.app_label in _DERIVED_APPS


def _address(page: Page) -> str:
    return (page.get_url_parts() or ("", "", ""))[2] or ""


def _links(collector: NestedObjects, instance: Model) -> Iterator[dict[str, Any]]:
    """Yield what pointed to the object itself and is emptied by its deletion; an alias is a page of its own then."""
    for (field, value), groups in collector.field_updates.items():
        if value is not None or not isinstance(instance, field.related_model) or field.name == "alias_of":
            continue
        if keys := [one.pk for group in groups for one in group]:
            yield {"model": field.model._meta.label_lower, "field": field.name, "keys": keys}
