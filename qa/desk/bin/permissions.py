"""Rule of the bin: whoever may delete something may see it there, take it back, and delete it for good."""

from functools import cached_property

from django.apps import apps
from django.contrib.auth.models import AbstractUser

from qa.models import BinnedItem, QuestionIndexPage, QuestionPage


class RightsInTheBin:
    """What one account may do in the bin; the column is looked at once, however many items there are."""

    def __init__(self, user: AbstractUser) -> None:
        self.user = user

    @cached_property
    def _in_the_column(self) -> tuple[bool, bool]:
        """Whether the account writes in the column, and whether it publishes there; there is one column."""
        column = QuestionIndexPage.objects.first()
        if column is None:
            return self.user.is_superuser, self.user.is_superuser
        allowed = column.permissions_for_user(self.user)
        return allowed.can_add_subpage(), allowed.can_publish_subpage()

    def may_use_it(self) -> bool:
        """Return whether the account may delete anything that comes into the bin."""
        return any(map(self.user.has_perm, ("qa.delete_topic", "qa.delete_expert"))) or self._in_the_column[0]

    def may_have(self, item: BinnedItem) -> bool:
        """Return whether the account might have deleted the item itself.

        Of questions that were live, and of other people's, that is whoever publishes, as with Wagtail's rule for
        deleting them; of drafts their authors as well.
        """
        model = apps.get_model(item.model)
        if not issubclass(model, QuestionPage):
            return self.user.has_perm(f"{model._meta.app_label}.delete_{model._meta.model_name}")
        writes, publishes = self._in_the_column
        return publishes if item.was_live or item.owner != self.user.pk else writes
