"""Lookup of the models that can be scheduled: pages, and whatever else an app installs."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model
from wagtail.models import DraftStateMixin


def models_with_drafts() -> Iterator[type[Model]]:
    """Yield ``Page`` and every other model that can be scheduled."""
    return models_of(DraftStateMixin)


def models_of(kind: type) -> Iterator[type[Model]]:
    """Yield the models of a kind, but not those that inherit from another one of it: ``Page``, not its types."""
    for model in apps.get_models():
        if issubclass(model, kind) and not any(issubclass(parent, kind) for parent in model._meta.parents):
            yield model
