"""Redirects from the old address of a topic or expert that was renamed, or merged into another."""

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django_tasks import task
from wagtail.contrib.redirects.models import Redirect

from qa.models import Expert, QuestionIndexPage, Topic
from qa.models.index import ENDINGS
from qa.tasks.queue import QUEUE, later
from site_config.after_commit import may_fail

_FOLDERS = {Topic: "topics", Expert: "experts"}


def connect() -> None:
    """Connect the receivers; called by ``signal_handlers.connect``."""
    for model in _FOLDERS:
        pre_save.connect(remember_slug, sender=model, dispatch_uid=f"qa.remember_slug.{model.__name__}")
        post_save.connect(redirect_old_slug, sender=model, dispatch_uid=f"qa.redirect_old_slug.{model.__name__}")


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
    for column in QuestionIndexPage.objects.all():
        site_id, _root, column_path = column.get_url_parts() or (None, None, None)
        if column_path is None:
            continue
        for end in ENDINGS[_FOLDERS[model]]:
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
