"""Visitors of the search, told apart for an hour without keeping who they are."""

import hmac
import re
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from qa.models import CountedSearch, SearchSalt
from site_config.client_address import client_address

#: Vain searches of one visitor in one hour that count; nobody seeks so many things in vain and goes on.
MOST_IN_AN_HOUR = 10
#: The same of one address, whatever its browsers call themselves: a school has one address.
MOST_OF_AN_ADDRESS = 50
#: Programs that name themselves; CUBOT is a make of phones. What hides what it is counts as one visitor all the same.
_PROGRAM = re.compile(
    r"\bbot\b|[a-z-]bot/|crawler|spider|slurp|archiver|\b(curl|wget|python|java|okhttp|go-http|ruby|perl|php|axios|node)\b",
    re.IGNORECASE,
)
#: No Latin word that people type is longer, and none has six times the same letter in a row.
_LONGEST_WORD = 40
_NONSENSE = re.compile(r"(.)\1{5,}")


def is_typed(request: HttpRequest, words: str) -> bool:
    """Return whether a person plausibly typed these words here: not a program, a link of another site, or noise."""
    headers = request.headers
    agent = headers.get("User-Agent", "")
    if not agent or _PROGRAM.search(agent):
        return False
    if "prefetch" in (headers.get("Sec-Purpose") or headers.get("Purpose") or "").lower():
        return False
    if headers.get("Sec-Fetch-Site") == "cross-site":
        return False
    return bool(re.search(r"[^\W\d_]", words)) and not any(
        (word.isascii() and len(word) > _LONGEST_WORD) or _NONSENSE.search(word) for word in words.split()
    )


def is_first_time(request: HttpRequest, words: str, now: datetime) -> bool:
    """Return whether these words are the visitor's for the first time in this hour, and remember that they were.

    ``False`` also for a visitor who has had as many as count. To be called in a transaction.
    """
    local = timezone.localtime(now)
    salt = _salt_of(local)
    place = (str(local.hour), client_address(request))
    who = (*place, request.headers.get("User-Agent", ""))
    address, visitor = _digest(salt, *place), _digest(salt, *who)
    if CountedSearch.objects.filter(address=address).count() >= MOST_OF_AN_ADDRESS:
        return False
    if CountedSearch.objects.filter(visitor=visitor).count() >= MOST_IN_AN_HOUR:
        return False
    try:
        with transaction.atomic():
            CountedSearch.objects.create(digest=_digest(salt, *who, words), visitor=visitor, address=address)
    except IntegrityError:
        return False
    return True


def forget_visitors(now: datetime) -> None:
    """Delete what was remembered of visitors before today, with the salts that would be needed to make use of it."""
    today = timezone.localtime(now).date()
    if SearchSalt.objects.exclude(day=today).exists():
        with transaction.atomic():
            CountedSearch.objects.all().delete()
            SearchSalt.objects.exclude(day=today).delete()


def _salt_of(moment: datetime) -> str:
    forget_visitors(moment)
    salt, _made = SearchSalt.objects.get_or_create(day=moment.date(), defaults={"salt": secrets.token_hex(32)})
    return salt.salt


def _digest(salt: str, *texts: str) -> str:
    return hmac.new(salt.encode(), "\0".join(texts).encode(errors="surrogatepass"), "sha256").hexdigest()
