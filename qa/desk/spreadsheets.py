"""Tables for spreadsheet programs, which must not take what a reader wrote for a formula."""

import re
from collections.abc import Iterator
from typing import Any

from wagtail.admin.views.mixins import SpreadsheetExportMixin

#: What makes a program compute, or call another host (OWASP, “CSV Injection”).
_FORMULA = re.compile(r"^\s*[=+\-@\t\r＝＋－＠]")
#: What the XML of a workbook cannot hold (XML 1.0, 2.2).
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def defused(value: Any) -> Any:
    """Return a text with an apostrophe before what a spreadsheet program would compute; other values as they are."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


class DefusedExportMixin(SpreadsheetExportMixin):
    """The export of a listing, both formats without formulas. To stand before Wagtail's view among the bases."""

    def stream_csv(self, queryset: Any) -> Iterator[bytes]:
        """Make the rows now: while a response is streamed, language and time zone of the account are no longer set."""
        return iter(list(super().stream_csv(queryset)))

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        value = super().preprocess_field_value(field, value, export_format)
        return defused(_NOT_XML.sub("", value)) if isinstance(value, str) else value
