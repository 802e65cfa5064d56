"""Normalisation of words for the search: the same in an entry and in a query, on both databases."""

import re
import unicodedata

#: What English says without meaning anything by it (Snowball's list, which PostgreSQL's ``english`` leaves out, too),
#: without apostrophes, as ``fold`` leaves them.
_ENGLISH = """
i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its
itself they them their theirs themselves what which who whom this that these those am is are was were be been being
have has had having do does did doing a an the and but if or because as until while of at by for with about against
between into through during before after above below to from up down in out on off over under again further then once
here there when where why how all any both each few more most other some such no nor not only own same so than too very
s t can will just don should now
dont doesnt didnt isnt arent wasnt werent cant cannot couldnt shouldnt wouldnt wont im ive id ill youre youve its
theres thats whats hows wheres
"""
#: The same of German (Snowball's list), without umlauts, as ``fold`` leaves them.
_GERMAN = """
aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes anderm andern anders auch
auf aus bei bin bis bist da damit dann das dasselbe dass dazu dein deine deinem deinen deiner deines dem demselben den
denn denselben der derer derselbe derselben des desselben dessen dich die dies diese dieselbe dieselben diesem diesen
dieser dieses dir doch dort du durch ein eine einem einen einer eines einig einige einigem einigen einiger einiges
einmal er es etwas euch euer eure eurem euren eurer eures fur gegen gewesen hab habe haben hat hatte hatten hier hin
hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im in indem ins ist jede jedem jeden jeder jedes jene jenem
jenen jener jenes jetzt kann kein keine keinem keinen keiner keines konnen konnte machen man manche manchem manchen
mancher manches mein meine meinem meinen meiner meines mich mir mit muss musste nach nicht nichts noch nun nur ob oder
ohne sehr sein seine seinem seinen seiner seines selbst sich sie sind so solche solchem solchen solcher solches soll
sollte sondern sonst uber um und uns unser unsere unserem unseren unseres unter viel vom von vor wahrend war waren
warst was weg weil weiter welche welchem welchen welcher welches wenn werde werden wie wieder will wir wird wirst wo
wollen wollte wurde wurden zu zum zur zwar zwischen
"""
STOP_WORDS = {"en": frozenset(_ENGLISH.split()), "de": frozenset(_GERMAN.split())}

#: Letters of a word that decide whether another one may be meant by it (see ``spelling_keys``).
_DECISIVE = 7
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_NO_WORD = re.compile(r"[\W_]+")
_CAMEL_CASE = re.compile(r"\b[A-Z]?[a-z]{2,}(?:[A-Z][a-z]{2,})+\b")
_HUMP = re.compile(r"[A-Z]?[a-z]+")
_DIGITS = re.compile(r"\d")


def fold(text: str) -> str:
    """Return the words of a text in lower case and without accents, with one space between them.

    Whatever is no letter and no digit divides words, but for the apostrophe in "don't".
    """
    text = _APOSTROPHES.sub("", text)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text).casefold()
        bare = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
        text = unicodedata.normalize("NFC", bare)
    return _NO_WORD.sub(" ", text.lower()).strip()


def indexed(text: str) -> str:
    """Return what is stored of a text: its words, and behind them the parts of CamelCase names.

    "StreamField" is thereby also found by somebody who writes "stream field".
    """
    parts = " ".join(" ".join(_HUMP.findall(name)) for name in _CAMEL_CASE.findall(text))
    return f"{fold(text)} {fold(parts)}".strip()


def stop_words(language_code: str) -> frozenset[str]:
    """Return the words that a search in this language leaves out; none where no list is known."""
    return STOP_WORDS.get(language_code.split("-")[0].lower(), frozenset())


def spelling_keys(word: str) -> set[str]:
    """Return keys of which two words share one if their beginnings differ in one letter, or in two swapped ones.

    They are the first letters, and the same with any one of them left out (W. Garbe, "Symmetric Delete", 2012). Unlike
    trigrams they also find short words: "djagno" and "django" have three of eleven trigrams in common.
    """
    start = word[:_DECISIVE]
    return {start} | {start[:place] + start[place + 1 :] for place in range(len(start))}


def own_key(word: str) -> str:
    """Return the key that stands for the beginning of the word itself."""
    return word[:_DECISIVE]


def can_be_meant(word: str) -> bool:
    """Return whether a misspelt word may be corrected to this one: numbers and fragments are no typos."""
    return 3 <= len(word) <= 30 and not _DIGITS.search(word)


def distance(one: str, other: str, limit: int) -> int:
    """Return how many letters to change, add, drop or swap make ``other`` of ``one``; ``limit + 1`` if it is more.

    Optimal string alignment (Damerau 1964, doi:10.1145/363958.363994).
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    previous = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, against in enumerate(other, 1):
            cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (letter != against))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against
            current.append(min(cost, before[column - 2] + 1) if swapped else cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return min(previous[-1], limit + 1)
