"""Page mixin that takes away what makes no sense of a column: sorting by hand, and copying all of it."""

from django.contrib.auth.base_user import AbstractBaseUser
from wagtail.models import PagePermissionTester


class NeverSorted(PagePermissionTester):
    """Wagtail's rules, and: nobody sorts by hand what is below the page."""

    def can_reorder_children(self) -> bool:
        return False


class OnlyOne(NeverSorted):
    """Wagtail's rules, and: of a page that there is one of no copy is made.

    Wagtail offers it, fills in a form with all that is below, and refuses it then (``max_count``).
    """

    def can_copy(self) -> bool:
        return False


class OrderedByDate:
    """A page without “Sort menu order”: questions stand in the order of their dates, whatever the tree says.

    Wagtail's page for sorting shows all children at once, which took 102 seconds and 98 MB with 20,000 questions
    (wagtail/wagtail#9954).
    """

    def permissions_for_user(self, user: AbstractBaseUser) -> PagePermissionTester:
        """Return what ``user`` may do, which is never to sort what is below, nor to copy what there is only one of."""
        return OnlyOne(user, self)
