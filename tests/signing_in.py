"""What tests of signing in do the way somebody does it who signs in: the form, the code of an app, a passkey."""

import re
from html import unescape
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.http import HttpResponse
from django.test import Client
from django_otp.oath import totp

from qa.models import AuthenticatorApp, RecoveryCodes

LOGIN, SECOND_STEP = "/admin/login/", "/admin/login/second-step/"
ACCOUNT = "/admin/account/sign-in/"
PASSWORD = "a password"


def try_password(client: Client, name: str, password: str = PASSWORD, **where: Any) -> HttpResponse:
    """Send the form of the desk's door; ``where`` is what a request says of itself, such as ``REMOTE_ADDR``."""
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"}, **where)


def is_inside(client: Client) -> bool:
    """Return whether the desk opens."""
    return client.get("/admin/").status_code == 200


def give_app(user: AbstractUser) -> AuthenticatorApp:
    """Return an authenticator app that an account has."""
    device = AuthenticatorApp.prepare(user)
    device.save()
    return device


def give_codes(user: AbstractUser) -> list[str]:
    """Return new recovery codes of an account."""
    return RecoveryCodes.renew(user)


def code_of(device: AuthenticatorApp, steps: int = 0) -> str:
    """Return what the app shows, so many steps of 30 seconds from now."""
    return f"{totp(device.bin_key, t0=-30 * steps):06}"


def hidden_fields(answer: HttpResponse) -> dict[str, list[str]]:
    """Return what the page that asks for confirmation keeps, by name, as a browser would send it."""
    found: dict[str, list[str]] = {}
    kept = answer.content.decode().partition('name="csrfmiddlewaretoken"')[2]
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="(.*?)">', kept, re.S):
        found.setdefault(unescape(name), []).append(unescape(value).replace("\r\n", "\n").replace("\n", "\r\n"))
    return found


def account_form(user: AbstractUser, **changed: str) -> dict[str, str]:
    """Return the form of *Account* as it is sent, with what is ``changed``."""
    names = {"name_email-first_name": "E", "name_email-last_name": "L", "name_email-email": user.email}
    theme = {"theme-theme": "system", "theme-contrast": "system", "theme-density": "default"}
    return names | theme | changed


def new_password(password: str, old: str = PASSWORD) -> dict[str, str]:
    """Return the fields of *Account* for another password."""
    return {
        "password-old_password": old,
        "password-new_password1": password,
        "password-new_password2": password,
    }
