"""``manage.py welcome``: waits until the site answers, then says where it is and who can sign in."""

import json
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from site_config import env

_GIVE_UP_AFTER = 60  # seconds without an answer of the server


class Command(BaseCommand):
    """For `make run`: the last thing that it prints."""

    help = "Wait until the site answers, then print its addresses and the demo accounts."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        address = f"http://{env.text('HOST', '127.0.0.1')}:{env.integer('PORT', 8000)}"
        if not self._answers(address):
            self.stderr.write(f"The site does not answer at {address}; see the lines above.")
            return
        lines = [f"The site:  {address}/", f"The desk:  {address}/admin/"]
        accounts = settings.VAR_DIR / "accounts.json"
        if accounts.exists():
            passwords = json.loads(accounts.read_text(encoding="utf-8"))
            lines += [f"  {name:<8} {password}" for name, password in passwords.items()]
            is_ours = accounts.is_relative_to(settings.BASE_DIR)  # VAR_DIR may be anywhere
            shown = accounts.relative_to(settings.BASE_DIR) if is_ours else accounts
            lines.append(f"(The passwords are kept in {shown}; Ctrl+C stops the site.)")
        self.stdout.write("\n".join(["", *lines, ""]))

    def _answers(self, address: str) -> bool:
        deadline = time.monotonic() + _GIVE_UP_AFTER
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(address, timeout=5)  # noqa: S310 - our own address
            except urllib.error.HTTPError:
                return True
            except OSError:
                time.sleep(0.3)
            else:
                return True
        return False
