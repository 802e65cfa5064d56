"""Permission tester of questions, for where Wagtail's own rule is not enough."""

from qa.models.order import NeverSorted


class QuestionPermissionTester(NeverSorted):
    """Wagtail's rules, and: whoever may not publish deletes nothing that is locked; nothing is sorted by hand.

    Wagtail looks for live pages only: a writer could delete what an editor has scheduled, or what is in review.
    """

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Return whether the account may delete the question; a schedule and a review lock it, too."""
        if not super().can_delete(ignore_bulk):
            return False
        return self.user.is_superuser or "publish" in self.permissions or not self.page_locked()
