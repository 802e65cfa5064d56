"""The catalogues of translations: what they must hold, and the command behind `make messages`.

Babel does the work, so that no machine needs GNU gettext.
"""

import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
CODE = ("home", "qa", "site_config")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


def current() -> Catalog:
    """Return every text of the code and the templates that goes through gettext, without translations."""
    catalog = Catalog(domain="django", charset="utf-8")
    for path in sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        _add(catalog, path, path.read_bytes())
    for path in sorted((ROOT / "templates").rglob("*.html")):
        # Django turns a template into calls of gettext with X for the rest; without indentation it is Python enough.
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        _add(catalog, path, re.sub(r"^\s+", "", source, flags=re.MULTILINE).encode())
    return catalog


def catalogues() -> list[Path]:
    """Return the .po file of each language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """Return the catalogue in a .po file."""
    with path.open("rb") as file:
        return read_po(file, domain="django")


def compiled(catalog: Catalog) -> bytes:
    """Return what belongs into the .mo file of a catalogue; unfinished (fuzzy) translations are left out."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def update(path: Path) -> None:
    """Add the texts that are new to a .po file, take away those that are gone, and compile it.

    The translation of a text that has changed a little is kept and marked as fuzzy: somebody must look at it.
    """
    catalog = read(path)
    catalog.update(current(), no_fuzzy_matching=False, update_creation_date=False)
    catalog.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalog, width=120, include_lineno=False, sort_by_file=True)
    path.with_suffix(".mo").write_bytes(compiled(catalog))


def _add(catalog: Catalog, path: Path, source: bytes) -> None:
    found = extract("python", io.BytesIO(source), keywords=KEYWORDS, comment_tags=("Translators:",))
    for line, message, comments, context in found:
        place = (path.relative_to(ROOT).as_posix(), line)
        catalog.add(message, locations=[place], auto_comments=comments, context=context)


if __name__ == "__main__":
    for _path in catalogues():
        update(_path)
