"""A password validator that revokes the private calendar address: whoever knew the old password may know it, too."""

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext as _

from qa.models import CalendarAddress


class AddressRevoker:
    """A password validator that accepts every password, and is told by Django when one is stored.

    Django has no signal for it. What upgrades the hash of the same password does not tell validators.
    """

    def validate(self, password: str, user: AbstractUser | None = None) -> None:
        """Accept the password."""

    def password_changed(self, password: str, user: AbstractUser | None = None) -> None:
        """Revoke the account's private calendar address, if it has one."""
        if user is not None and user.pk:
            CalendarAddress.objects.filter(user=user).delete()

    def get_help_text(self) -> str:
        """Return what the forms for a new password say."""
        return _("A new password revokes the private address of your calendar in other programs.")
