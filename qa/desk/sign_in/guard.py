"""Middleware that stands before everything an account may see: the second factor, confirmation, and idle sessions."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from qa.desk.sign_in import browsers, confirming, proof

#: What the desk asks by itself for as long as a page is open: nobody need be there.
_BY_ITSELF = frozenset({"wagtailadmin_editing_sessions", "qa_form_standing"})


class SignInGuard:
    """The middleware.

    A session that a password alone has opened, where that is not enough, is nobody's: for the desk as well as for
    private pages and documents, whatever view asks. So no list of addresses has to be complete.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; one that reads no session costs nothing here, and its answer may be kept by caches."""
        request.user = SimpleLazyObject(lambda: _proven(request))
        response = self.get_response(request)
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return response  # readers' pages are kept by caches: nothing is noted of a visit, and no cookie is sent
        if name := getattr(request, "signed_in_as", ""):
            browsers.remember(response, request, name)
        if request.session.accessed and SESSION_KEY in request.session:
            proof.follow(request, is_done_by_somebody=not _is_by_itself(request))
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: list, kwargs: dict[str, Any]) -> Any:
        """Ask who it is before a sensitive view."""
        return confirming.before(request, kwargs)


def _proven(request: HttpRequest) -> Any:
    user = get_user(request)
    return AnonymousUser() if user.is_authenticated and proof.lacks_second_factor(request, user) else user


def _is_by_itself(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and not _BY_ITSELF.isdisjoint([match.view_name, *match.namespaces])
