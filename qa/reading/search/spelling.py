"""What a word was meant to be that no question has."""

from collections.abc import Iterable

from qa.models import SearchWord
from qa.reading.search.databases import Database
from qa.words import distance, own_key, spelling_keys

_SHORTEST = 4  # of three letters, one wrong is another word
_MOST = 1000  # words that share a beginning
_LIKELY = 12


def corrections(words: Iterable[str], database: Database) -> dict[str, str]:
    """Return for each word that no published question has the one that was probably meant, where there is one.

    One letter may be wrong in a short word, two in a longer one. What is offered is in a published question now: a word
    is never remembered from one that is no longer public.
    """
    found = {word: _meant(word, database) for word in words if len(word) >= _SHORTEST and not word.isdigit()}
    return {word: meant for word, meant in found.items() if meant}


def begun(start: str, database: Database) -> str:
    """Return the word that somebody has begun to type with a wrong letter; ``""`` if nothing is near."""
    return _meant(start, database, begun=True) if len(start) >= _SHORTEST else ""


def _meant(word: str, database: Database, *, begun: bool = False) -> str:
    limit = 1 if len(word) <= 5 else 2
    near = SearchWord.objects.filter(key__in=spelling_keys(word)).values_list("word", flat=True)
    ranked = []
    for other in set(near[:_MOST]):
        compared = other[: len(word)] if begun else other
        letters = distance(word, compared, limit)
        if letters <= limit:
            # People rarely get the first letter wrong (Pollock and Zamora 1984, doi:10.1145/358027.358048).
            ranked.append((letters, word[0] != other[0], own_key(word) != own_key(other), other))
    likely = sorted(ranked)[:_LIKELY]
    known = database.frequencies(other for *_order, other in likely)
    there = [(letters, first, -known[other], other) for letters, first, _beginning, other in likely if known[other]]
    return min(there)[-1] if there else ""
