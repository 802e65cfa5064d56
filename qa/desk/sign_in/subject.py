"""The account whose second factors a request may change: that of the session, or one that must have its first now."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from wagtail.admin.auth import require_admin_access

from qa.desk.sign_in import proof, required


def must_add_one(request: HttpRequest) -> AbstractBaseUser | None:
    """Return the account that has typed its password, needs a second factor, and has none.

    Asked anew by each view: an account that has one gets no further with the password than to the step that asks for
    it, and least of all to a second way of adding one.
    """
    pending = proof.Pending.of(request)
    user = pending and pending.user
    return user if user and required.is_required(user) and not required.has_factor(user) else None


def of_subject(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call a view with ``request.subject``: the account of the session, or the one that must add its first factor."""
    signed_in = require_admin_access(_with_user(view))

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return signed_in(request, *args, **kwargs)
        request.subject = must_add_one(request)
        if request.subject:
            return view(request, *args, **kwargs)
        door = reverse("wagtailadmin_login")
        if request.content_type == "application/json":
            return JsonResponse({"goes_to": door}, status=403)
        return HttpResponseRedirect(door)

    return answer


def _with_user(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.subject = request.user
        return view(request, *args, **kwargs)

    return answer
