"""The desk's *Account* form, whose old password can be guessed no more often than one may try to sign in."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from wagtail.admin.forms.auth import PasswordChangeForm
from wagtail.admin.views.account import AccountView, ChangePasswordPanel


class CountedPasswordForm(PasswordChangeForm):
    """The form for a new password; ``request`` is the one that it came with."""

    request: HttpRequest

    def clean_old_password(self) -> str:
        """Ask the door of the account whether it is the right one."""
        typed = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=typed) != self.user:
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return typed


class CountedPasswordPanel(ChangePasswordPanel):
    """The panel for a new password."""

    form_class = CountedPasswordForm

    def get_form(self) -> forms.Form:
        form = super().get_form()
        form.request = self.request
        return form


class Account(AccountView):
    """The form."""

    def get_panels(self) -> list[Any]:
        """Put our panel for a new password in the place of Wagtail's."""
        return [
            CountedPasswordPanel(panel.request, panel.user, panel.profile)
            if isinstance(panel, ChangePasswordPanel)
            else panel
            for panel in super().get_panels()
        ]
