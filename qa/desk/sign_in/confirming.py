"""Confirmation: what is sensitive asks again who it is, and what was sent too late is sent after the answer.

Whoever finds a desk open must not be able to make it theirs. Asked is at the address itself: the page that asks holds
what was posted, and posts it there again, with the password or after a passkey.
"""

from typing import Any

from django.contrib.auth import authenticate, get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access

from qa.desk.sign_in import passkeys, proof
from site_config.policy import at_the_desk

#: Fields of the page that asks; what begins so is taken off before the view sees it.
_OURS, PASSWORD, READ = "_confirm", "_confirm_password", "_confirm_read"
#: Accounts, groups, sites: whole parts of the desk. And single addresses.
_PARTS = frozenset({"wagtailusers_users", "wagtailusers_groups", "wagtailsites", "sign_in_factors"})
_ADDRESSES = frozenset({"qa_calendar_subscribe"})


def before(request: HttpRequest, values: dict[str, Any]) -> HttpResponse | None:
    """Answer in place of a sensitive view while it is too long since the account has shown who it is; else nothing.

    ``values`` are the parameters of the address.
    """
    if not is_sensitive(request, values) or not request.user.is_authenticated:
        return None
    if request.method == "POST" and PASSWORD in request.POST and not proof.is_fresh(request):
        name = request.user.get_username()
        if authenticate(request, username=name, password=request.POST[PASSWORD]) == request.user:
            proof.renew(request)
        else:
            return _ask(request, is_wrong=True)
    if not proof.is_fresh(request):
        return _ask(request, is_wrong=False)
    if request.method == "POST" and READ in request.POST:  # it was a page that was asked for
        return HttpResponseRedirect(request.get_full_path())
    if request.method == "POST":
        _take_off_ours(request)
    return None


def is_sensitive(request: HttpRequest, values: dict[str, Any]) -> bool:
    """Return whether a request is for accounts, groups, sites, sign-in, private addresses or exports."""
    match = request.resolver_match
    if not match.route.startswith("admin/"):
        return False
    if not _PARTS.isdisjoint(match.namespaces) or match.view_name in _ADDRESSES or "export" in request.GET:
        return True
    if match.view_name == "wagtail_bulk_action":
        return (values["app_label"], values["model_name"]) == _model_of_accounts()
    return match.view_name == "wagtailadmin_account" and request.method == "POST" and _changes_sign_in(request)


def _model_of_accounts() -> tuple[str, str]:
    options = get_user_model()._meta
    return options.app_label, options.model_name


def _changes_sign_in(request: HttpRequest) -> bool:
    """Return whether the form of *Account* has a new password, or e-mail address, by which one gets a new password."""
    post, stored = request.POST, getattr(request.user, "email", None)
    passwords = any(post.get(f"password-{name}") for name in ("old_password", "new_password1", "new_password2"))
    return passwords or post.get("name_email-email", stored) != stored


def _take_off_ours(request: HttpRequest) -> None:
    if any(name.startswith(_OURS) for name in request.POST):
        sent = request.POST.copy()
        for name in [name for name in sent if name.startswith(_OURS)]:
            del sent[name]
        request.POST = sent


def _ask(request: HttpRequest, *, is_wrong: bool) -> HttpResponse:
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        return JsonResponse({"confirm": reverse("wagtailadmin_account")}, status=403)
    return at_the_desk(never_cache(require_admin_access(_page)))(request, is_wrong=is_wrong)


def _page(request: HttpRequest, is_wrong: bool) -> HttpResponse:
    kept = _kept(request.POST) if request.method == "POST" else [(READ, "1")]
    if READ in request.POST:
        kept = [(READ, "1")]
    context = {
        "kept": kept,
        "is_wrong": is_wrong,
        "loses_files": bool(request.FILES),
        "has_password": request.user.has_usable_password(),
        "passkey": passkeys.offer(request, request.user, "confirm"),
        "password_field": PASSWORD,
    }
    return render(request, "qa/desk/sign_in/confirm.html", context)


def _kept(sent: QueryDict) -> list[tuple[str, str]]:
    """Return what was posted, name by name, without what belongs to the page that asks and without the token."""
    names = (name for name in sent if not name.startswith(_OURS) and name != "csrfmiddlewaretoken")
    return [(name, value) for name in names for value in sent.getlist(name)]
