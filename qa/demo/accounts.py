"""One account per role, with random passwords that are kept in a file only its owner can read."""

import json
import os
import secrets
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from qa.desk.roles import EDITORS, WRITERS

#: User name, first and last name, group (``None`` is the administrator).
ACCOUNTS = (
    ("writer", "Wren", "Aldous", WRITERS),
    ("editor", "Edda", "Lindqvist", EDITORS),
    ("admin", "Adrian", "Mbeki", None),
)


def ensure_accounts(path: Path) -> dict[str, str]:
    """Make the accounts that are missing; return all passwords that are known, by user name.

    Passwords are kept in ``path`` (JSON, mode 600), so that a new database gets the same ones. The password of an
    account that exists already is never changed.
    """
    passwords = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    users = get_user_model().objects
    present = set(users.values_list("username", flat=True))
    missing = [account for account in ACCOUNTS if account[0] not in present]
    for name, *_rest in missing:
        passwords.setdefault(name, secrets.token_urlsafe(9))
    _keep(path, passwords)  # before there is an account whose password nobody would know
    for name, first_name, last_name, group in missing:
        user = users.create_user(
            name,
            f"{name}@example.org",
            passwords[name],
            first_name=first_name,
            last_name=last_name,
            is_superuser=group is None,
        )
        if group:
            user.groups.add(Group.objects.get(name=group))
    return passwords


def _keep(path: Path, passwords: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(passwords, file, indent=2)
    path.chmod(0o600)  # also when the file was there with another mode
