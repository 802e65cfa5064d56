"""A password validator that ends the sessions of an account whose password is changed.

Django lets none of them in any more; here their rows go, too, so that the account's list of devices is true.
"""

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext as _

from qa.models import SignIn


class SessionEnder:
    """A password validator that accepts every password, and is told by Django when one is stored."""

    def validate(self, password: str, user: AbstractUser | None = None) -> None:
        """Accept the password."""

    def password_changed(self, password: str, user: AbstractUser | None = None) -> None:
        """End all sessions. Whoever changes their own password is given another one by the view that does it."""
        if user is not None and user.pk:
            SignIn.end(user)

    def get_help_text(self) -> str:
        """Return what the forms for a new password say."""
        return _("A new password signs you out everywhere else.")
