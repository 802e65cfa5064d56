"""``manage.py check_links``: asks other sites whether the links of published answers still work."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from wagtail.models import Site

from qa.links.link_client import LinkChecker
from qa.links.outside_links import NotConnected, check
from site_config.stopping import steps

_MOST_DAYS = 3650


class Command(BaseCommand):
    """To be run once a day, from cron; stopped at any time, it goes on where it was."""

    help = "Ask other sites whether the links of published answers still work: at most one request a second to a host."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--max-age",
            type=int,
            default=7,
            metavar="DAYS",
            help="ask again what was asked longer ago than so many days (default: 7); what failed, the next day",
        )
        parser.add_argument("--limit", type=int, metavar="NUMBER", help="ask at most so many links")

    def handle(self, *args: Any, **options: Any) -> None:
        days, limit = options["max_age"], options["limit"]
        if not 0 <= days <= _MOST_DAYS:
            raise CommandError(f"The number of days must lie between 0 and {_MOST_DAYS}.")
        if limit is not None and not 1 <= limit <= 1_000_000:
            raise CommandError("The limit must lie between 1 and 1,000,000.")
        try:
            done = check(LinkChecker(user_agent()), timedelta(days=days), limit, lambda links: steps(links, "link"))
        except NotConnected:
            raise CommandError("No site could be reached: is this machine connected? Nothing was noted.") from None
        self.stdout.write(
            f"Asked {done.asked} link{'' if done.asked == 1 else 's'}; {done.broken} "
            f"{'is' if done.broken == 1 else 'are'} broken (the desk's Reports › Broken links)."
        )


def user_agent() -> str:
    """Return what the command calls itself: a program of this site, with the address where its owner is found."""
    site = Site.objects.filter(is_default_site=True).first()
    address = site.root_url if site else settings.WAGTAILADMIN_BASE_URL
    return f"LinkCheck (+{address})".encode("ascii", "ignore").decode()
