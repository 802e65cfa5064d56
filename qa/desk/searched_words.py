"""Quotation marks in what editors search for, which modelsearch hands to SQLite as they are."""

from functools import wraps
from typing import Any

from django.db import connection


def escape_searched_words() -> None:
    """Let a search for ``5" disk`` find something on SQLite, where it would be an error of syntax.

    A word of an FTS5 query stands in quotation marks; one inside of it is written twice (sqlite.org/fts5.html, 3.1).
    """
    if connection.vendor != "sqlite":  # modelsearch has the module for SQLite alone
        return
    from modelsearch.backends.database.sqlite.query import Lexeme

    original = Lexeme.as_sql

    @wraps(original)
    def as_sql(self: Lexeme, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        template, words = original(self, compiler, connection)
        return template, [word.replace('"', '""') for word in words]

    Lexeme.as_sql = as_sql
