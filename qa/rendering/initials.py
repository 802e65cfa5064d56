r"""The asker's name as a circle with initials.

Names are not code points: a family emoji, an accented letter written in two parts or a Hangul syllable is one
grapheme cluster (Unicode Standard Annex 29), which is why this uses ``regex``'s ``\X`` and never indexes a string.
"""

import unicodedata
import zlib

import regex

#: How many colours ``static/css/site.css`` has for the circles.
COLOURS = 12

# Chinese characters, kana and Hangul: the family name comes first and one character stands for it.
_EAST_ASIAN = regex.compile(r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]")
# Letters of these scripts join up when they stand side by side; a zero-width non-joiner keeps them two initials.
_JOINING = regex.compile(r"[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}]")
_ZERO_WIDTH_NON_JOINER = "\u200c"
_CLUSTER = regex.compile(r"\X")
_WORD_CHARACTER = regex.compile(r"[\p{L}\p{N}]")
_EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}")


def initials(name: str) -> str:
    """Return one or two initials of a name as it is shown to readers, or ``""`` for a name without any.

    The first and the last word count ("Ludwig van B." is "LB"); a word starts at its first letter or digit, so
    brackets and quotes are skipped and "O'Neill" is "O", "Anne-Marie" is "A". A name in Chinese characters, kana or
    Hangul gives its first character. A name that is only emoji gives the first one.
    """
    words = [first for first in map(_first_character, name.split()) if first]
    if not words:
        return next((c for c in _CLUSTER.findall(name) if _EMOJI.search(c)), "")
    if _EAST_ASIAN.match(words[0]):
        return words[0]
    if len(words) == 1:
        return words[0]
    joiner = _ZERO_WIDTH_NON_JOINER if _JOINING.match(words[0]) and _JOINING.match(words[-1]) else ""
    return words[0] + joiner + words[-1]


def colour_number(name: str) -> int:
    """Return which of the ``COLOURS`` the circle of a name has, from 1; 0, the neutral one, for no name.

    One name has one colour on every page, however it was typed, and in every release: the hash is CRC-32.
    """
    folded = unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
    return zlib.crc32(folded.encode()) % COLOURS + 1 if folded else 0


def _first_character(word: str) -> str:
    """Return the first letter or digit of a word as a whole grapheme cluster in upper case, or ``""``."""
    for cluster in _CLUSTER.findall(word):
        if _WORD_CHARACTER.match(cluster):
            upper = cluster.upper()
            # "ß" becomes "SS" and "ŉ" two letters: an initial stays one character.
            return upper if len(_CLUSTER.findall(upper)) == 1 else cluster
    return ""
