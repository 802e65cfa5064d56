"""``manage.py reset_second_factor NAME``: an account whose device and recovery codes are lost starts anew."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from qa.desk.sign_in.resetting import reset


class Command(BaseCommand):
    """Whoever asks for it must be known to be the owner: afterwards the password is enough again, or adds a new one."""

    help = "Remove passkeys, authenticator app and recovery codes of an account, and end its sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name that the account signs in with")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        users = get_user_model()
        try:
            user = users._default_manager.get_by_natural_key(name)
        except users.DoesNotExist:
            raise CommandError(f"There is no account {name!r}.") from None
        if reset(user):
            self.stdout.write(f"The second factor of {name} is removed, and its sessions have ended.")
        else:
            self.stdout.write(f"{name} had none.")
