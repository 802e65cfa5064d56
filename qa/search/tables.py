"""Full-text index of both databases, derived from the rows of ``SearchEntry`` by the database itself.

Used by the migration that makes it and by ``rebuild_search``, which makes it again after LANGUAGE_CODE has changed.
"""
# ruff: noqa: S608 - names of our own tables and columns only

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

_TABLE = "qa_searchentry"
_COLUMNS = ("headline", "emphasis", "letter", "body")

#: PostgreSQL's text search configurations by language; all are in PostgreSQL 14, the oldest that Django takes.
_LANGUAGES = """
ar:arabic da:danish de:german el:greek en:english es:spanish fi:finnish fr:french ga:irish hu:hungarian id:indonesian
it:italian lt:lithuanian nb:norwegian ne:nepali nl:dutch nn:norwegian no:norwegian pt:portuguese ro:romanian ru:russian
sv:swedish ta:tamil tr:turkish
"""
_CONFIGURATIONS = dict(pair.split(":") for pair in _LANGUAGES.split())


def configuration() -> str:
    """Return the name of PostgreSQL's configuration for LANGUAGE_CODE: how words are reduced to their stems."""
    return _CONFIGURATIONS.get(_language(), "simple")


def is_current(connection: BaseDatabaseWrapper) -> bool:
    """Return whether the index is there and made for LANGUAGE_CODE; SQLite's is cheap to make and never trusted."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generation_expression FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND table_name = %s AND column_name IN ('words', 'titles')",
            [_TABLE],
        )
        expressions = [row[0] for row in cursor.fetchall()]
    return len(expressions) == 2 and all(f"'{configuration()}'::regconfig" in found for found in expressions)


def create(connection: BaseDatabaseWrapper) -> None:
    """Make the index of the rows that are there."""
    _execute(connection, _postgresql() if connection.vendor == "postgresql" else _sqlite())


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the index; the rows stay."""
    if connection.vendor == "postgresql":
        _execute(connection, [f"ALTER TABLE {_TABLE} DROP COLUMN IF EXISTS words, DROP COLUMN IF EXISTS titles"])
        return
    _execute(
        connection,
        [
            *(f"DROP TRIGGER IF EXISTS {_TABLE}_{event}" for event in ("insert", "update", "delete")),
            "DROP TABLE IF EXISTS qa_search_words",
            "DROP TABLE IF EXISTS qa_search_titles",
        ],
    )


def _language() -> str:
    return settings.LANGUAGE_CODE.split("-")[0].lower()


def _execute(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _postgresql() -> list[str]:
    """Return one weighted vector of everything, and one of the titles by stem and by word (for prefixes).

    Vectors are kept uncompressed: unpacking them is most of what ranking costs. Without ``fastupdate`` no reader pays
    for what an editor has just published.
    """
    name = configuration()
    weighted = " || ".join(
        f"setweight(to_tsvector('{name}', {column}), '{weight}')"
        for column, weight in zip(_COLUMNS, "ABCD", strict=True)
    )
    titles = f"to_tsvector('{name}', headline) || to_tsvector('simple', headline)"
    return [
        f"ALTER TABLE {_TABLE} ADD COLUMN words tsvector GENERATED ALWAYS AS ({weighted}) STORED",
        f"ALTER TABLE {_TABLE} ADD COLUMN titles tsvector GENERATED ALWAYS AS ({titles}) STORED",
        f"ALTER TABLE {_TABLE} ALTER COLUMN words SET STORAGE EXTERNAL",
        f"CREATE INDEX qa_search_words ON {_TABLE} USING gin (words) WITH (fastupdate = off)",
        f"CREATE INDEX qa_search_titles ON {_TABLE} USING gin (titles) WITH (fastupdate = off)",
    ]


def _sqlite() -> list[str]:
    """Return FTS5 tables without a text of their own, and the triggers that keep them (sqlite.org/fts5.html, 4.4.3).

    A later migration that changes ``SearchEntry`` on SQLite recreates its table, without these triggers: it must end
    with ``drop`` and ``create``.
    """
    stems = "porter " if _language() == "en" else ""
    tokens = "unicode61 remove_diacritics 2"
    columns = ", ".join(_COLUMNS)

    def change(table: str, names: str, row: str) -> str:
        values = ", ".join(f"{row}.{name}" for name in names.split(", "))
        if row == "old":
            return f"INSERT INTO {table} ({table}, rowid, {names}) VALUES ('delete', old.page_id, {values});"
        return f"INSERT INTO {table} (rowid, {names}) VALUES (new.page_id, {values});"

    def changes(row: str) -> str:
        return change("qa_search_words", columns, row) + " " + change("qa_search_titles", "headline", row)

    content = f"content='{_TABLE}', content_rowid='page_id'"
    return [
        f"CREATE VIRTUAL TABLE qa_search_words USING fts5({columns}, {content}, tokenize='{stems}{tokens}')",
        f"CREATE VIRTUAL TABLE qa_search_titles USING fts5(headline, {content}, tokenize='{tokens}', prefix='2 3')",
        f"CREATE TRIGGER {_TABLE}_insert AFTER INSERT ON {_TABLE} BEGIN {changes('new')} END",
        f"CREATE TRIGGER {_TABLE}_delete AFTER DELETE ON {_TABLE} BEGIN {changes('old')} END",
        f"CREATE TRIGGER {_TABLE}_update AFTER UPDATE ON {_TABLE} BEGIN {changes('old')} {changes('new')} END",
        "INSERT INTO qa_search_words (qa_search_words) VALUES ('rebuild')",
        "INSERT INTO qa_search_titles (qa_search_titles) VALUES ('rebuild')",
    ]
