"""Exception for a letter that cannot be read or imported."""


class LetterError(ValueError):
    """A letter cannot be read or imported: the reason, and the line of the file (from 1) when it is known.

    Where only words of the letter are known that stand on that line, they are ``quoted``.
    """

    def __init__(self, reason: str, line: int | None = None, quoted: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.quoted = quoted

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason
