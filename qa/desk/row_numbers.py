"""Parser of primary keys, as they come in addresses and forms."""

#: Digits. Every such number fits into 32 bits, which is what the tables of pages, accounts and revisions have for it.
LONGEST = 9


def row_number(text: str) -> int | None:
    """Return the number that a text from outside is; ``None`` if it is none, or one that no row can have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
