"""Views of what an account signs in with and where it is signed in, under *Account*; and the panel that leads there."""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from django_otp_webauthn.models import WebAuthnCredential
from wagtail.admin import messages
from wagtail.admin.views.account import BaseSettingsPanel, SettingsTab
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from qa.desk.sign_in import notices, passkeys, proof, required
from qa.desk.sign_in.browser_names import name_of
from qa.desk.sign_in.throttling import SECOND_STEP
from qa.models import AuthenticatorApp, RecoveryCodes, SignIn

_MOST_SHOWN = 20
_TRIES_OF = timedelta(days=1)


def factors_of(user: AbstractBaseUser) -> dict[str, Any]:
    """Return what an account signs in with beside its password."""
    return {
        "passkeys": list(WebAuthnCredential.objects.filter(user_id=user.pk, confirmed=True).order_by("pk")),
        "app": AuthenticatorApp.objects.filter(user_id=user.pk, confirmed=True).first(),
        "codes_left": RecoveryCodes.left(user),
        "is_required": required.is_required(user),
    }


class AccountPage(WagtailAdminTemplateMixin, TemplateView):
    """Passkeys, authenticator app, recovery codes; devices that are signed in; the last sign-ins."""

    template_name = "qa/desk/sign_in/account.html"
    page_title = gettext_lazy("Sign-in and devices")
    header_icon = "key"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("wagtailadmin_account"), "label": _("Account")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what there is; moments are shown in the time zone of the account."""
        user, here = self.request.user, self.request.session.get(proof.ROW)
        devices = [_with_name(row) for row in SignIn.open_ones(user)]
        devices.sort(key=lambda row: row.pk != here)
        failed = AccessAttempt.objects.filter(
            username__in=[user.get_username(), SECOND_STEP + user.get_username()],
            attempt_time__gt=timezone.now() - _TRIES_OF,
        ).order_by("-attempt_time")
        return {
            **super().get_context_data(**kwargs),
            **factors_of(user),
            "place": passkeys.place(self.request),
            "devices": devices,
            "here": here,
            "sign_ins": [_with_name(row) for row in SignIn.objects.filter(user=user)[:_MOST_SHOWN]],
            "failed": failed[:_MOST_SHOWN],
            "zone": timezone.get_current_timezone_name(),
        }


def _with_name(row: SignIn) -> SignIn:
    row.browser_name = name_of(row.browser)
    return row


@require_POST
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a passkey of the account, unless a second factor is required and it is the last."""
    passkey = get_object_or_404(WebAuthnCredential, pk=pk, user_id=request.user.pk)
    return _remove(request, passkey, notices.PASSKEY_REMOVED)


@require_POST
def rename_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a passkey of the account another name."""
    passkey = get_object_or_404(WebAuthnCredential, pk=pk, user_id=request.user.pk)
    if name := passkeys.clean_name(request.POST.get("name")):
        passkey.name = name
        passkey.save(update_fields=["name"])
        messages.success(request, _("The passkey is now called “%(name)s”.") % {"name": name})
    return _back()


@require_POST
def remove_app(request: HttpRequest) -> HttpResponse:
    """Remove the authenticator app of the account, unless a second factor is required and it is the last."""
    return _remove(request, get_object_or_404(AuthenticatorApp, user_id=request.user.pk), notices.APP_REMOVED)


def _remove(request: HttpRequest, factor: Any, notice: notices.Notice) -> HttpResponse:
    has = factors_of(request.user)
    is_last = len(has["passkeys"]) + bool(has["app"]) == 1
    if is_last and has["is_required"]:
        messages.error(request, _("Your account needs a second factor: add another one first."))
        return _back()
    factor.delete()
    if is_last:  # codes stand in for something that is no longer there
        RecoveryCodes.objects.filter(user_id=request.user.pk).delete()
    notices.note(request.user, notice, by=request.user)
    messages.success(request, notice.sentence)
    return _back()


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one device out: what it had not saved, it saves after signing in again."""
    ended = SignIn.end(request.user, but=request.session.get(proof.NOTED_KEY), pk=pk)
    return _ended(request, ended)


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign all other devices out."""
    return _ended(request, proof.end_elsewhere(request, request.user))


def _ended(request: HttpRequest, number: int) -> HttpResponse:
    text = ngettext("%(number)d device is signed out.", "%(number)d devices are signed out.", number)
    messages.success(request, text % {"number": number})
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("sign_in_factors:account"))


tab = SettingsTab("sign-in", gettext_lazy("Sign-in"), order=150)


class SignInPanel(BaseSettingsPanel):
    """What the account signs in with, in a line each, and the way to the page that changes it."""

    name = "sign_in"
    title: str | Promise = gettext_lazy("Sign-in and devices")
    tab = tab
    order = 100
    template_name = "qa/desk/sign_in/panel.html"

    def get_form(self) -> forms.Form:
        """Return a form without fields: nothing is changed here."""
        return forms.Form()

    def get_context_data(self) -> dict[str, Any]:
        """Add what there is."""
        return {**factors_of(self.user), "devices": SignIn.open_ones(self.user).count()}


def panel(request: HttpRequest, user: AbstractBaseUser, profile: Any) -> SignInPanel:
    """Return the panel of *Account*."""
    return SignInPanel(request, user, profile)
