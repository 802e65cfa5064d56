"""What follows a change to the column, whoever made it: editor, import or clock."""

import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from wagtail.contrib.redirects.models import Redirect
from wagtail.search.index import insert_or_update_object
from wagtail.signals import page_published

from qa.models import Expert, QuestionIndexPage, QuestionPage, Topic
from qa.publishing.warming import warm_later

logger = logging.getLogger(__name__)

_FOLDERS = {Topic: "topics", Expert: "experts"}


def connect() -> None:
    """Connect the receivers; called once when the app is ready."""
    page_published.connect(question_published, sender=QuestionPage, dispatch_uid="qa.question_published")
    for model in _FOLDERS:
        pre_save.connect(remember_slug, sender=model, dispatch_uid=f"qa.remember_slug.{model.__name__}")
        post_save.connect(redirect_old_slug, sender=model, dispatch_uid=f"qa.redirect_old_slug.{model.__name__}")


def question_published(sender: type[QuestionPage], instance: QuestionPage, **kwargs: Any) -> None:
    """Index the question again once its topics are stored.

    Wagtail indexes in ``post_save``, before the child relations of a page are written, so that a changed topic would
    only be found after the next publication.
    """
    if instance.live:  # the signal is also sent when a publication is only scheduled

        def index_question() -> None:
            insert_or_update_object(QuestionPage.objects.get(pk=instance.pk))

        transaction.on_commit(index_question, robust=True)
        transaction.on_commit(partial(warm_later, instance.pk), robust=True)


def remember_slug(sender: type[Model], instance: Topic | Expert, **kwargs: Any) -> None:
    """Keep the stored slug until the new one is saved."""
    stored = sender.objects.filter(pk=instance.pk).values_list("slug", flat=True) if instance.pk else []
    instance.slug_before = next(iter(stored), None)


def redirect_old_slug(sender: type[Model], instance: Topic | Expert, **kwargs: Any) -> None:
    """Send readers from a topic's or expert's old address to its new one, in one step however often it is renamed."""
    before, after = getattr(instance, "slug_before", None), instance.slug
    if not before or before == after:
        return
    for column in QuestionIndexPage.objects.all():
        old_route, new_route = (f"/{_FOLDERS[sender]}/{slug}/" for slug in (before, after))
        site_id, _root, column_path = column.get_url_parts() or (None, None, None)
        if column_path is None:
            continue
        address = column_path.rstrip("/")
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
