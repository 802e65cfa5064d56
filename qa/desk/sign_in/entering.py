"""Views of the two doors, the desk's and that of private pages, and of the step after the password."""

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.account import LoginView as DeskLoginView
from wagtail.urls import WAGTAIL_FRONTEND_LOGIN_TEMPLATE

from qa.desk.sign_in import browsers, notices, passkeys, proof, required
from qa.desk.sign_in.codes import way_of_code
from qa.desk.sign_in.throttling import SECOND_STEP, is_closed
from qa.models import RecoveryCodes, Way

#: From so many recovery codes on, whoever uses one is told to make new ones.
_FEW = 3


def admit(request: HttpRequest, user: AbstractBaseUser, next_url: str, remember: bool) -> str:
    """Return where to go after a right password: in, or, without a session, to the step that is still missing."""
    has_factor = required.has_factor(user)
    if has_factor or required.is_required(user):
        proof.Pending.begin(request, user, next_url, remember)
        return reverse("sign_in:second_step" if has_factor else "sign_in_factors:add")
    return enter(request, user, Way.PASSWORD, remember, next_url)


def enter(request: HttpRequest, user: AbstractBaseUser, way: Way, remember: bool, next_url: str) -> str:
    """Sign an account in, which is told if it never was in this browser; return where to go."""
    is_new = not browsers.known(request, user.get_username())
    proof.sign_in(request, user, way, remember)
    if is_new and request.path.startswith(reverse("wagtailadmin_home")):
        notices.tell_of_new_browser(request, user)
    return next_url


def safe(request: HttpRequest, address: Any) -> str:
    """Return an address of this site, whatever was asked for; else that of the desk."""
    asked = address if isinstance(address, str) else ""
    here = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if here else reverse("wagtailadmin_home")


class DeskDoor(DeskLoginView):
    """The page on which one signs in to the desk: with name and password, or with a passkey."""

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead on whoever is signed in; Wagtail takes what was asked for for the name of an address as well."""
        user = self.request.user
        if user.is_authenticated and user.has_perm("wagtailadmin.access_admin"):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(*args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Go on, after a right password."""
        remember = bool(form.cleaned_data.get("remember"))
        return HttpResponseRedirect(admit(self.request, form.get_user(), self.get_success_url(), remember))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the button for a passkey."""
        offered = passkeys.offer(self.request, None, "sign-in")
        return {**super().get_context_data(**kwargs), "passkey": offered, "goes_to": self.get_success_url()}


class ReadersDoor(LoginView):
    """The page on which readers with an account sign in to read what is private."""

    template_name = WAGTAIL_FRONTEND_LOGIN_TEMPLATE

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Go on, after a right password; an account with more than that takes the desk's second step."""
        return HttpResponseRedirect(admit(self.request, form.get_user(), self.get_success_url(), remember=True))


class CodeForm(forms.Form):
    """The form for a code: of the authenticator app, or one for recovery."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": "", "spellcheck": "false"}),
    )


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class SecondStep(FormView):
    """The step after the password: a passkey or a code. Whoever comes without having typed a password starts there."""

    template_name = "qa/desk/sign_in/second_step.html"
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send whoever is not between password and second factor to the door."""
        self.pending = proof.Pending.of(request)
        self.user = self.pending and self.pending.user
        if not self.user or not required.has_factor(self.user):
            return HttpResponseRedirect(reverse("wagtailadmin_login"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the name and the button for a passkey."""
        offered = passkeys.offer(self.request, self.user, "second")
        return {**super().get_context_data(**kwargs), "name": self.user.get_username(), "passkey": offered}

    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Sign in with a right code."""
        way = way_of_code(self.request, self.user, form.cleaned_data["code"])
        if way is None:
            form.add_error("code", _("This code is wrong, or it was used before."))
            return self.form_invalid(form)
        goes_to = enter(self.request, self.user, way, self.pending.remember, self.pending.next)
        if way == Way.CODE:
            _tell_what_is_left(self.request, self.user)
        return HttpResponseRedirect(goes_to)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try a code, unless there were too many."""
        if is_closed(request, f"{SECOND_STEP}{self.user.get_username()}"):
            return HttpResponse(status=429)  # the middleware of django-axes says it in words
        return super().post(request, *args, **kwargs)


def _tell_what_is_left(request: HttpRequest, user: AbstractBaseUser) -> None:
    left = RecoveryCodes.left(user)
    if left == 0:
        notices.tell(user, notices.CODES_USED_UP)
    text = ngettext("You have %(number)d recovery code left.", "You have %(number)d recovery codes left.", left)
    button = messages.button(reverse("sign_in_factors:codes"), _("Make new ones"))
    say = messages.warning if left <= _FEW else messages.info
    say(request, text % {"number": left}, buttons=[button])
