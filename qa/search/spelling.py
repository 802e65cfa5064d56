"""Spelling correction of words that no question has."""

from collections.abc import Iterable

from qa.models import SearchWord
from qa.search.databases import Database
from qa.search.words import distance, spelling_keys

_SHORTEST = 4  # of three letters, one wrong is another word
_MOST = 1000  # words that share a beginning
_LIKELY = 12
_OFFERED = 3


def corrections(words: Iterable[str], database: Database) -> dict[str, list[str]]:
    """Return for each word that no published question has those that were probably meant, the likeliest first.

    One letter may be wrong in a short word, two in a longer one. What is offered is in a published question now: a word
    is never remembered from one that is no longer public.
    """
    meant_by_word = {word: _meant(word, database) for word in words if len(word) >= _SHORTEST and not word.isdigit()}
    return {word: meant[:_OFFERED] for word, meant in meant_by_word.items() if meant}


def begun(start: str, database: Database) -> str:
    """Return the word that somebody has begun to type with a wrong letter; ``""`` if nothing is near."""
    meant = _meant(start, database, begun=True) if len(start) >= _SHORTEST else []
    return meant[0] if meant else ""


def _meant(word: str, database: Database, *, begun: bool = False) -> list[str]:
    limit = 1 if len(word) <= 5 else 2
    near = SearchWord.objects.filter(key__in=spelling_keys(word)).values_list("word", flat=True)
    ranked = []
    for other in set(near[:_MOST]):
        compared = other[: len(word)] if begun else other
        letters = distance(word, compared, limit)
        if letters <= limit:
            # People rarely get the first letter wrong (Pollock and Zamora 1984, doi:10.1145/358027.358048).
            # And letters in the wrong order are likelier than wrong letters.
            ranked.append((letters, word[0] != other[0], sorted(word) != sorted(compared), other))
    likely = sorted(ranked)[:_LIKELY]
    known = database.frequencies(other for *_order, other in likely)
    there = [(*order, -known[other], other) for *order, other in likely if known[other]]
    return [other for *_order, other in sorted(there)]
