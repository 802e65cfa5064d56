"""Counts what readers searched for and did not find: the questions that the column still has to answer."""

import logging
import re

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from qa.models import VainSearch
from qa.reading.search.query import Query

logger = logging.getLogger(__name__)

#: Searches that are remembered; a new one takes the place of the one that matters least.
MOST = 1000
#: What may say who somebody is: an e-mail address, a long number. It is not remembered.
_PERSONAL = re.compile(r"@|\d(?:[\s./-]?\d){5,}")
_PATIENCE = 200  # milliseconds that a reader waits for the database because of this; the count is worth no more


def count(query: Query) -> None:
    """Count a search that found nothing: its words in lower case, and nothing about who searched.

    An error is logged and the reader gets the page all the same.
    """
    words = " ".join(query.all_words)[:200]
    if not words or _PERSONAL.search(query.text):
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute(f"SET LOCAL lock_timeout = {_PATIENCE}")
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
