"""Signal handlers for the address of a question that readers may no longer see."""

from typing import Any

from django.db.models.signals import pre_delete
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail.signals import page_unpublished

from qa.models import GoneAddress, QuestionPage
from site_config.after_commit import may_fail


def connect() -> None:
    """Connect the receivers; called by ``signal_handlers.connect``."""
    page_unpublished.connect(free_own_address, sender=QuestionPage, dispatch_uid="qa.free_own_address")
    pre_delete.connect(remember_address, sender=QuestionPage, dispatch_uid="qa.remember_address")


@may_fail()
def free_own_address(sender: type[QuestionPage], instance: QuestionPage, **kwargs: Any) -> None:
    """Remove the automatic redirects from the address of a question that was taken down.

    They come from renaming it there and back. While it was live nobody met them; now they would lead readers from the
    address to itself, without end.
    """
    if path := _path(instance):
        Redirect.objects.filter(old_path=path, automatically_created=True).delete()


@may_fail()
def remember_address(sender: type[QuestionPage], instance: QuestionPage, **kwargs: Any) -> None:
    """Keep the addresses of a deleted question, those that it had before as well, if readers could ever see it."""
    path = _path(instance)
    if path and QuestionPage.objects.once_public().filter(pk=instance.pk).exists():
        earlier = Redirect.objects.filter(redirect_page=instance.pk, automatically_created=True)
        GoneAddress.remember({path, *earlier.values_list("old_path", flat=True)})


def _path(page: Page) -> str:
    """Return the address of a page as redirects are stored, ``""`` for one that belongs to no site."""
    _site_id, _root, path = page.get_url_parts() or (None, None, None)
    return Redirect.normalise_path(path) if path else ""
