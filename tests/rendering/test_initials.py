"""The full range of names."""

import pytest

from qa.rendering.initials import initials

pytestmark = pytest.mark.same_on_every_database

ZERO_WIDTH_NON_JOINER = "\u200c"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Robert B.", "RB"),
        ("Cher", "C"),
        ("robert", "R"),
        ("Anne-Marie O'Neill-Dupont", "AO"),
        ("O'Brien", "O"),
        ("Ludwig van B.", "LB"),
        ("J. R. R. Tolling", "JT"),
        ("Ångström L.", "ÅL"),
        ("A\u030angström L.", "A\u030aL"),  # the same letter, written as two code points
        ("ßeta ŉ", "ßŉ"),  # letters whose upper case is two letters
        ("ǆon", "Ǆ"),
        ("user42", "U"),
        ("42", "4"),
        ("(Bob) “Bobby” Tables", "BT"),
        ("  Robert   B.  ", "RB"),
        ("Robert .", "R"),
        ("山田 太郎", "山"),
        ("山田太郎", "山"),
        ("김민수", "김"),
        ("さくら", "さ"),
        ("דוד כהן", "דכ"),
        ("محمد علي", f"م{ZERO_WIDTH_NON_JOINER}ع"),
        ("محمد B.", "مB"),
        ("🦊 Finn", "F"),
        ("🦊", "🦊"),
        ("👩‍👩‍👧 family", "F"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("🇳🇴", "🇳🇴"),
        ("", ""),
        ("   ", ""),
        ("...", ""),
    ],
)
def test_a_name_gives_initials_as_its_bearer_would_write_them(name, expected):
    assert initials(name) == expected
