"""Exports for spreadsheet programs, which must not take what a reader wrote for a formula."""

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


def harmless(value: Any) -> Any:
    """Return a text without formulas and without what a workbook cannot hold; other values as they are."""
    return defused(_NOT_XML.sub("", value)) if isinstance(value, str) else value


def defuse_every_export() -> None:
    """Let no export of the desk hold a formula: Wagtail's reports on reviews and the history have titles as well."""
    stock = SpreadsheetExportMixin.preprocess_field_value

    def preprocess_field_value(self: SpreadsheetExportMixin, field: str, value: Any, export_format: str) -> Any:
        return harmless(stock(self, field, value, export_format))

    SpreadsheetExportMixin.preprocess_field_value = preprocess_field_value


class AccountExportMixin(SpreadsheetExportMixin):
    """Mixin for exports in language and time zone of the account; list it before Wagtail's view class."""

    def stream_csv(self, queryset: Any) -> Iterator[bytes]:
        """Evaluate the rows now: while a response is streamed, language and time zone of the account are not active."""
        return iter(list(super().stream_csv(queryset)))
