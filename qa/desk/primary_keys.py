"""Parser of primary keys, as they come in addresses and forms."""

#: Every number of so many digits fits into 32 bits, the size of the keys of pages, accounts and revisions.
MAX_DIGITS = 9


def parse_pk(text: str) -> int | None:
    """Return the primary key in a text from outside; ``None`` if it is no number, or one that no row can have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None
