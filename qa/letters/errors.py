"""What can be wrong with a letter."""


class LetterError(ValueError):
    """A letter cannot be read or imported: the reason, and the line of the file (from 1) when it is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason
