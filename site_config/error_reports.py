"""Reports of errors to Sentry, or whatever speaks its protocol: off until ``SENTRY_DSN`` names where they go.

A report has what is needed to find a mistake in the program, and nothing of whoever met it: no account, address of the
network, cookie, header, form, body, text of a search or of a variable, no secret of an address. Sentry's own
``send_default_pii=False`` leaves some of that in (the parameters of an address, the values of variables, the lines of
the log before), so what is sent is built from the little that is allowed.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from site_config.logged_addresses import without_secrets

#: What a report may have at its top.
_KEPT = {
    "contexts", "dist", "environment", "event_id", "exception", "fingerprint", "level", "logentry", "logger", "modules",
    "platform", "release", "request", "sdk", "tags", "timestamp", "transaction", "transaction_info", "type",
}  # fmt: skip
_CONTEXTS = {"runtime", "trace"}
_MAIL = re.compile(r"[^\s@<>\"'()]+@[^\s@<>\"'()]+")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|„[^“]*“")
_DATABASES = ("django.db", "psycopg", "sqlite3")
#: Anybody can cause these as often as they like, and nothing is wrong with the site.
_NOT_OURS = ("django.security.DisallowedHost",)


def start(dsn: str) -> None:
    """Send errors of requests, and what is logged as an error, to ``dsn`` from now on, in the background.

    Nothing is measured and no session is counted. Raises ``ImproperlyConfigured`` for what is no such address; the
    sentence does not repeat it, for it holds a key.
    """
    import sentry_sdk
    from sentry_sdk.integrations.logging import ignore_logger
    from sentry_sdk.utils import BadDsn, Dsn

    try:
        Dsn(dsn)
    except BadDsn:
        raise ImproperlyConfigured(
            "SENTRY_DSN is not the address of a project. It looks like https://key@sentry.example.org/1."
        ) from None
    for logger in _NOT_OURS:
        ignore_logger(logger)
    sentry_sdk.init(
        dsn,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        traces_sample_rate=None,
        enable_logs=False,
        server_name="",
        before_send=cleaned,
    )


def cleaned(event: dict[str, Any], hint: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a report with what it may have, and nothing else."""
    report = {name: value for name, value in event.items() if name in _KEPT}
    if request := report.get("request"):
        url = urlsplit(request.get("url", ""))
        report["request"] = {
            "method": request.get("method", ""),
            "url": without_secrets(f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"),
        }
    if "transaction" in report:
        report["transaction"] = without_secrets(report["transaction"])
    report["contexts"] = {name: value for name, value in report.get("contexts", {}).items() if name in _CONTEXTS}
    if entry := report.get("logentry"):  # the sentence before its words were put in: they are titles and addresses
        report["logentry"] = {"message": _text(entry.get("message", ""))}
    for error in report.get("exception", {}).get("values", []):
        _clean(error)
    return report


def _clean(error: dict[str, Any]) -> None:
    """Take from an error what it says of a row: a database repeats the values that it refuses."""
    value = error.get("value") or ""
    if (error.get("module") or "").startswith(_DATABASES):
        value = _QUOTED.sub("…", value.partition("\n")[0])
    error["value"] = _text(value)
    for frame in (error.get("stacktrace") or {}).get("frames", []):
        frame.pop("vars", None)


def _text(text: str) -> str:
    return _MAIL.sub("…", without_secrets(text))
