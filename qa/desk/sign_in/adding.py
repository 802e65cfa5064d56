"""Views that add what one signs in with: a passkey, an authenticator app, recovery codes."""

import io
from base64 import b32encode
from typing import Any
from urllib.parse import urlencode

import segno
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from qa.desk.sign_in import notices, passkeys, proof, required
from qa.desk.sign_in.entering import enter, safe
from qa.desk.sign_in.passkeys import in_json
from qa.desk.sign_in.throttling import SECOND_STEP, count_mistake, is_closed
from qa.models import AuthenticatorApp, RecoveryCodes, Way

_KEY = "sign_in_app"  # in the session: the sealed secret of an app that is being set up


class FirstCodeForm(forms.Form):
    """The form with the first code of an authenticator app, which shows that it has the secret."""

    code = forms.RegexField(
        r"^[0-9]{3}[ -]?[0-9]{3}$",
        label=gettext_lazy("Code"),
        max_length=7,
        help_text=gettext_lazy("Six digits from your authenticator app."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def add(request: HttpRequest) -> HttpResponse:
    """Show the ways there are; who must have a second factor sees nothing of the desk before there is one."""
    context = {"place": passkeys.place(request)}
    return _page(request, "qa/desk/sign_in/add.html", _("Add a second factor"), context)


@in_json
def begin_passkey(request: HttpRequest, sent: dict[str, Any]) -> dict[str, Any]:
    """Answer the options for a new passkey."""
    return passkeys.begin_making(request, request.subject)


@in_json
def finish_passkey(request: HttpRequest, sent: dict[str, Any]) -> dict[str, Any]:
    """Store a new passkey, and answer where to go."""
    is_first = not required.has_factor(request.subject)
    passkey = passkeys.finish_making(request, request.subject, sent)
    notices.note(request.subject, notices.PASSKEY_ADDED, by=request.subject)
    messages.success(request, _("The passkey “%(name)s” is added.") % {"name": passkey.name})
    return {"goes_to": _after(request, Way.BOTH, is_first)}


def app(request: HttpRequest) -> HttpResponse:
    """Set an authenticator app up: the secret as a picture and as text, and the first code that it shows."""
    user = request.subject
    if AuthenticatorApp.objects.filter(user_id=user.pk).exists():
        return HttpResponseRedirect(reverse("sign_in_factors:account"))
    device = AuthenticatorApp.prepare(user, request.session.get(_KEY, ""))
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST":
        door = f"{SECOND_STEP}{user.get_username()}"
        if is_closed(request, door):
            return HttpResponse(status=429)  # the middleware of django-axes says it in words
        if form.is_valid() and request.session.get(_KEY):
            device.save()
            if device.verify_token(form.cleaned_data["code"].replace(" ", "").replace("-", "")):
                return _app_is_there(request)
            device.delete()
            count_mistake(request, door)
            form.add_error("code", _("This code is wrong. Is the clock of your telephone right?"))
    request.session[_KEY] = device.key
    context = {"form": form, "picture": _picture(device.config_url), "secret": _secret(device)}
    return _page(request, "qa/desk/sign_in/app.html", _("Authenticator app"), context)


def _app_is_there(request: HttpRequest) -> HttpResponse:
    del request.session[_KEY]
    notices.note(request.subject, notices.APP_ADDED, by=request.subject)
    messages.success(request, _("The authenticator app is added."))
    # It was the first one if nothing else is there: a passkey would have been before it.
    is_first = not passkeys.has_passkey(request.subject)
    return HttpResponseRedirect(_after(request, Way.APP, is_first))


def _after(request: HttpRequest, way: Way, is_first: bool) -> str:
    """Return where to go with a new factor: to the recovery codes after the first, which also lets in who waited."""
    goes_to = ""
    user = request.subject
    if not request.user.is_authenticated:
        pending = proof.Pending.of(request)
        goes_to = enter(request, user, way, pending.remember, pending.next)
    else:
        proof.upgrade(request)
    if not is_first:
        return reverse("sign_in_factors:account")
    proof.end_elsewhere(request, user)
    codes = reverse("sign_in_factors:codes")
    return f"{codes}?{urlencode({'next': goes_to})}" if goes_to else codes


def _picture(address: str) -> SafeString:
    """Return the picture that an app reads, as SVG without any style; the address is not in it as text."""
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, scale=5, border=4, dark="#000", light="#fff", svgclass="desk-qr"
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - made of modules by segno, holds no text


def _secret(device: AuthenticatorApp) -> str:
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def codes(request: HttpRequest) -> HttpResponse:
    """Explain the recovery codes; make new ones, which stand in this one answer only."""
    user = request.subject
    made: list[str] = []
    if not required.has_factor(user):
        return HttpResponseRedirect(reverse("sign_in_factors:account"))
    if request.method == "POST":
        made = RecoveryCodes.renew(user)
        notices.note(user, notices.CODES_MADE, by=user)
    goes_to = safe(request, request.GET["next"]) if "next" in request.GET else reverse("sign_in_factors:account")
    context = {"made": made, "left": RecoveryCodes.left(user), "goes_to": goes_to}
    response = _page(request, "qa/desk/sign_in/codes.html", _("Recovery codes"), context)
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    """Return a page of the desk; for who may not see the desk yet, in the form of the page where one signs in."""
    inside = request.user.is_authenticated
    frame = "wagtailadmin/generic/base.html" if inside else "qa/desk/sign_in/outside.html"
    way = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("wagtailadmin_account"), "label": _("Account")},
        {"url": reverse("sign_in_factors:account"), "label": _("Sign-in and devices")},
        {"url": "", "label": title},
    ]
    context |= {"frame": frame, "inside": inside, "subject": request.subject, "page_title": title}
    context |= {"breadcrumbs_items": way, "header_title": title, "header_icon": "key"}
    return render(request, template, context)
