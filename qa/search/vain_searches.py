"""Counter of searches that found nothing: the questions that the column still has to answer."""

import logging
import re
from collections.abc import Iterable

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from qa.models import VainSearch
from qa.search.databases import the_database
from qa.search.promoted import answered
from qa.search.query import Query

logger = logging.getLogger(__name__)

#: Searches that are remembered; a new one takes the place of the one that matters least.
MOST = 1000
#: What may say who somebody is: an e-mail address, a long number. It is not remembered.
_PERSONAL = re.compile(r"@|\d(?:[\s./-]?\d){5,}")
_AT_ONCE = 500  # words; each is a column of the answer, and PostgreSQL has room for 1,664, SQLite for 2,000
_LOCK_TIMEOUT = 200  # milliseconds that a reader waits for the database because of this; the count is worth no more


def count(query: Query) -> None:
    """Count a search that found nothing: its words in lower case, and nothing about who searched.

    Errors of the database are logged and swallowed: the reader gets the page all the same.
    """
    words = " ".join(query.all_words)[:200]
    if not words or _PERSONAL.search(query.text):
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute(f"SET LOCAL lock_timeout = {_LOCK_TIMEOUT}")
            _count(words)
    except DatabaseError as error:
        logger.warning("A vain search was not counted: %s", " ".join(str(error).split()))


def _count(words: str) -> None:
    today = timezone.localdate()
    if VainSearch.objects.filter(words=words).update(times=F("times") + 1, last_on=today):
        return
    surplus = VainSearch.objects.count() + 1 - MOST
    if surplus > 0:
        least = VainSearch.objects.order_by("times", "last_on", "pk").values_list("pk", flat=True)[:surplus]
        VainSearch.objects.filter(pk__in=list(least)).delete()
    VainSearch.objects.get_or_create(words=words, defaults={"last_on": today})


def found_by_now(searches: Iterable[VainSearch]) -> set[int]:
    """Return the keys of those that are not in vain any more: two queries for a page of them.

    Readers are shown something if a question has one of the words, or if a page is promoted for exactly these. That
    a misspelt word would be corrected by now is not looked into.
    """
    wanted = {search.pk: search.words.split() for search in searches}
    promoted = answered(" ".join(words) for words in wanted.values())
    asked = list(dict.fromkeys(word for words in wanted.values() for word in words))
    numbers: dict[str, int] = {}
    with the_database() as database:
        for start in range(0, len(asked), _AT_ONCE):
            numbers |= database.frequencies(asked[start : start + _AT_ONCE])
    return {pk for pk, words in wanted.items() if any(numbers[word] for word in words) or " ".join(words) in promoted}
