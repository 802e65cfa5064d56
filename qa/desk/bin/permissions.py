"""Rule of the bin: whoever may delete something may see it there, take it back, and delete it for good."""

from django.apps import apps
from django.contrib.auth.models import AbstractUser

from qa.models import BinnedItem, QuestionIndexPage, QuestionPage


def may_use_the_bin(user: AbstractUser) -> bool:
    """Return whether the account may delete anything that comes into the bin."""
    if user.has_perm("qa.delete_topic") or user.has_perm("qa.delete_expert"):
        return True
    column = QuestionIndexPage.objects.first()
    return column is not None and column.permissions_for_user(user).can_add_subpage()


def may_have(user: AbstractUser, item: BinnedItem) -> bool:
    """Return whether the account might have deleted the item itself.

    Of questions that were live that is whoever publishes, as with Wagtail's rule for deleting them; of drafts their
    authors as well.
    """
    model = apps.get_model(item.model)
    if not issubclass(model, QuestionPage):
        return user.has_perm(f"{model._meta.app_label}.delete_{model._meta.model_name}")
    column = QuestionIndexPage.objects.filter(pk=item.parent).first() or QuestionIndexPage.objects.first()
    if column is None:
        return user.is_superuser
    allowed = column.permissions_for_user(user)
    if item.was_live or item.owner != user.pk:
        return allowed.can_publish_subpage()
    return allowed.can_add_subpage()
