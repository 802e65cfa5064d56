"""Signal handlers that raise the content version with every change that readers can see."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.contrib.settings.models import AbstractSetting
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction, Site
from wagtail.signals import page_unpublished, post_page_move

from qa.models import ContentChange, Expert, Topic

#: Fields of which readers see nothing: drafts, schedules, locks, and what goes with another change.
_UNSEEN = frozenset(
    {"latest_revision", "latest_revision_created_at", "live_revision", "draft_title", "has_unpublished_changes"}
    | {"go_live_at", "expire_at", "locked", "locked_by", "locked_at", "numchild", "alias_of_id", "owner"}
)


def connect() -> None:
    """Connect the receivers; called by ``signal_handlers.connect``."""
    for model in _models(Page):
        post_save.connect(page_saved, sender=model, dispatch_uid=f"qa.version.{model._meta.label}")
        post_delete.connect(raise_version, sender=model, dispatch_uid=f"qa.version.delete.{model._meta.label}")
    for signal in (page_unpublished, post_page_move):
        signal.connect(raise_version, dispatch_uid="qa.version")
    seen = (Topic, Expert, Site, Redirect, SearchPromotion, PageViewRestriction, CollectionViewRestriction)
    for model in (*seen, *_models(AbstractSetting), get_image_model(), get_document_model()):
        post_save.connect(thing_saved, sender=model, dispatch_uid=f"qa.version.{model._meta.label}")
        post_delete.connect(raise_version, sender=model, dispatch_uid=f"qa.version.delete.{model._meta.label}")


def _models(base: type) -> Iterator[type[Model]]:
    return (model for model in apps.get_models() if issubclass(model, base))


def raise_version(sender: Any = None, **kwargs: Any) -> None:
    """Raise the version by one, in the transaction of the change: a rollback undoes both."""
    ContentChange.objects.create()


def page_saved(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Raise it for a page that is live: published by anyone, or changed in place."""
    if instance.live:
        thing_saved(sender, instance, **kwargs)


def thing_saved(
    sender: type[Model], instance: Model, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Raise it unless only what readers never see was saved."""
    uploaded = kwargs.get("created") and sender in (get_image_model(), get_document_model())  # no page shows it yet
    if not raw and not uploaded and (update_fields is None or not _UNSEEN.issuperset(update_fields)):
        raise_version()
