"""Parser of search queries."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from itertools import chain

from django.conf import settings

from qa.search.words import fold, stop_words

MAX_CHARACTERS = 200
MOST_WORDS = 20
_PART = re.compile(r'(?P<minus>(?<!\S)[-−](?=[\w"“]))?(?:["“„](?P<phrase>[^"“”]*)["“”]|(?P<word>[^\s"“”„]+))')


@dataclass(frozen=True)
class Query:
    """Words to look for: those that must all be there, phrases of several, and those that must not be there.

    All words are folded (``qa.search.words.fold``), without stop words; phrases keep theirs. ``text`` is what was
    typed, as far as it was read.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()
    was_cut: bool = False
    corrections: dict[str, str] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        """Whether there is anything to look for: what must not be there is not enough."""
        return bool(self.words or self.phrases)

    @property
    def all_words(self) -> tuple[str, ...]:
        """Every word that results should have, also those inside phrases, each once."""
        meant = chain(self.words, (word for phrase in self.phrases for word in _meaningful(phrase)))
        return tuple(dict.fromkeys(meant))

    def corrected(self, corrections: dict[str, str]) -> "Query":
        """Return the query with misspelt words replaced, in its text, too."""
        if not corrections:
            return self

        def right(word: str) -> str:
            return corrections.get(word, word)

        def retyped(match: re.Match[str]) -> str:
            return corrections.get(fold(match[0]), match[0])

        return replace(
            self,
            text=re.sub(r"[^\W_]+(?:['’ʼ][^\W_]+)*", retyped, self.text),
            words=tuple(dict.fromkeys(map(right, self.words))),
            phrases=tuple(tuple(map(right, phrase)) for phrase in self.phrases),
            corrections=corrections,
        )


def parse(typed: str) -> Query:
    """Return the query that somebody typed; nothing that can be typed is an error.

    Control characters count as spaces. What is too long is cut: at ``MAX_CHARACTERS`` and ``MOST_WORDS`` words.
    """
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in typed)
    text = " ".join(text.split())
    short = text[:MAX_CHARACTERS].rstrip()
    left = MOST_WORDS
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    without: list[tuple[str, ...]] = []
    was_cut = short != text
    for part in _PART.finditer(short):
        everything = fold(part["phrase"] or part["word"] or "")
        folded = _first_words(everything, left)
        was_cut = was_cut or " ".join(folded) != everything
        left -= len(folded)
        if not folded:
            continue
        if part["minus"]:
            without.append(tuple(folded))
        elif part["phrase"] and len(folded) > 1:
            phrases.append(tuple(folded))
        else:
            words += folded
    # Somebody who writes stop words only means them: "who is who" is still a question.
    return Query(short, tuple(dict.fromkeys(_meaningful(words))), tuple(phrases), tuple(without), was_cut)


def first_words(text: str) -> list[str]:
    """Return the folded words of what somebody typed, in their order, as many as a search takes."""
    return _first_words(fold(parse(text).text), MOST_WORDS)


def _first_words(folded: str, most: int) -> list[str]:
    """Return words of a folded text. It is cut once more: folding makes up to 18 characters of one (U+FDFA)."""
    return folded[:MAX_CHARACTERS].split()[:most]


def _meaningful(words: list[str] | tuple[str, ...]) -> list[str]:
    left_out = stop_words(settings.LANGUAGE_CODE)
    return [word for word in words if word not in left_out]
