"""Parsers of environment variables: the only place where a string from the environment becomes a value.

Every function takes the variable's name and a default, returns a typed value, and raises
``ImproperlyConfigured`` with a sentence that names the variable when the string cannot be used.
"""

import os
import re
import secrets
import stat
from collections.abc import Collection
from contextlib import suppress
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
import dotenv
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}

_SEARCH_URL = re.compile(
    r"(?P<engine>opensearch|elasticsearch)(?P<version>\d)?(?:\+(?P<transport>https?))?://"
    r"(?P<server>(?:[^\s/@]+@)?[^\s/@:]+(?::\d{1,5})?)/?(?P<prefix>[a-z][a-z0-9_-]*)?/?"
)
_NEWEST = {"opensearch": "3", "elasticsearch": "9"}
#: Wagtail's backends for search servers: the module each needs, and the package that brings it.
_SEARCH_CLIENTS = {
    **{f"opensearch{n}": ("opensearchpy", "opensearch-py") for n in (2, 3)},
    **{f"elasticsearch{n}": ("elasticsearch", f"elasticsearch>={n},<{n + 1}") for n in (7, 8, 9)},
}

_DIRECTIVES = ("script-src", "style-src", "img-src", "font-src", "media-src", "connect-src", "frame-src", "form-action")
_SOURCE = re.compile(r"https://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?::[0-9]{1,5})?")


def load_dotenv() -> None:
    """Read ``.env`` beside ``manage.py`` if it is there; what the environment already has wins."""
    dotenv.load_dotenv(BASE_DIR / ".env", override=False)


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding white space, or ``default`` when unset or empty."""
    return os.environ.get(name, "").strip() or default


def required(name: str, purpose: str) -> str:
    """Return the variable; raise ``ImproperlyConfigured`` saying its ``purpose`` when it is missing."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. It is needed for {purpose}.")
    return value


def boolean(name: str, default: bool = False) -> bool:
    """Return a yes-or-no variable, read as a word (``0`` and ``false`` are false, unlike ``bool()``)."""
    if name not in os.environ:
        return default
    word = os.environ[name].strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of yes, no, true, false, 1, 0, not {word!r}.")


def integer(name: str, default: int, minimum: int = 0) -> int:
    """Return a whole number that is at least ``minimum``."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {number}.")
    return number


def choice(name: str, options: Collection[str], default: str) -> str:
    """Return one of ``options``, whatever its case."""
    word = text(name, default).lower()
    if word not in options:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(options)}, not {word!r}.")
    return word


def path(name: str, default: Path) -> Path:
    """Return a folder; a relative one is taken from where ``manage.py`` lies."""
    return BASE_DIR / text(name, str(default))


def private_folder(name: str, default: Path) -> Path:
    """Return the folder of ``path``, made for this account alone if it is not there; one that is there stays as it is.

    It holds what nobody else on the machine should read: the database, secrets, private documents. Where it cannot be
    made, whoever writes into it says so.
    """
    folder = path(name, default)
    with suppress(OSError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def words(name: str, default: str = "") -> list[str]:
    """Return the items of a comma-separated list, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def contacts(name: str) -> list[str]:
    """Return addresses of a comma-separated list as URIs: ``security@example.org`` becomes one of ``mailto:``.

    Each is an e-mail address, or an address of ``mailto:``, ``tel:`` or ``https:``, as RFC 9116 (2.5.3) wants them.
    """
    found = [word if ":" in word else f"mailto:{word}" for word in words(name)]
    for uri in found:
        if not re.fullmatch(r"mailto:[^\s@:/?]+@[^\s@:/?]+|tel:\+?[\d-]+|https://[^\s/]+(?:/\S*)?", uri):
            raise ImproperlyConfigured(f"{name} must be e-mail addresses or https:// addresses, not {uri!r}.")
    return found


def language(name: str, default: str) -> str:
    """Return a language code as Django writes it: ``de``, ``pt-br``, ``de-at``.

    It must be one that Django knows (how it is written, what its dates look like), or a variety of one.
    """
    code = text(name, default).lower()
    if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", code) and (code in LANG_INFO or code.split("-")[0] in LANG_INFO):
        return code
    raise ImproperlyConfigured(f"{name} must be the code of a language, such as en, de or pt-br, not {code!r}.")


def time_zone(name: str, default: str) -> str:
    """Return the name of a time zone of the IANA database, such as ``Europe/Berlin``."""
    zone = text(name, default)
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # not in the database; outside of it; a folder in it
        raise ImproperlyConfigured(f"{name} must be a time zone such as Europe/Berlin or UTC, not {zone!r}.") from None
    return zone


def database(name: str, sqlite_path: Path) -> dict[str, Any]:
    """Return one entry of Django's ``DATABASES`` from a database address.

    Without the variable it is SQLite at ``sqlite_path``. Only PostgreSQL and SQLite are accepted: they are what the
    test suite runs on.
    """
    url = text(name)
    if not url:
        return sqlite(sqlite_path)
    try:
        settings = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    except ValueError:
        # The address holds a password: the sentence must not repeat it.
        raise ImproperlyConfigured(
            f"{name} is not a database address. It looks like postgres://user:password@host:5432/name "
            "(special characters in the password are percent-encoded)."
        ) from None
    engine = settings["ENGINE"].rsplit(".", 1)[-1]
    if engine == "sqlite3":
        return sqlite(settings["NAME"])
    if engine != "postgresql":
        raise ImproperlyConfigured(f"{name} names {engine}; only postgres:// and sqlite:// are supported.")
    if not settings["NAME"]:
        raise ImproperlyConfigured(f"{name} names no database: add it after the host, as in …@host:5432/name.")
    # A server that does not answer is reported within seconds, not after the kernel's two minutes.
    settings.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    return settings


def sqlite(path: Path | str) -> dict[str, Any]:
    """Return the ``DATABASES`` entry of an SQLite file that several processes write to.

    WAL lets readers go on while one writes; IMMEDIATE takes the write lock at the start of a transaction, so that
    the 20-second busy timeout applies to it (a deferred transaction that upgrades fails at once instead).
    The folder is made if it is missing: SQLite itself would only say that it cannot open the file. So is the file, for
    this account alone (SQLite gives its WAL the same mode, and would make all three for everybody to read).
    """
    try:
        Path(path).absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"the folder of the database {path} cannot be made: {error.strerror}.") from None
    if str(path) != ":memory:":
        _keep_private(Path(path))
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _keep_private(database: Path) -> None:
    """Make the file of a database with mode 600; take from one that is there what everybody may do, not the group."""
    with suppress(OSError):  # SQLite itself says what it cannot open
        os.close(os.open(database, os.O_WRONLY | os.O_CREAT, 0o600))
        for file in (database, *(database.with_name(f"{database.name}-{end}") for end in ("wal", "shm"))):
            if file.exists() and file.stat().st_mode & stat.S_IRWXO:
                file.chmod(stat.S_IMODE(file.stat().st_mode) & ~stat.S_IRWXO)


def search_backend(name: str) -> dict[str, Any]:
    """Return one entry of Wagtail's ``WAGTAILSEARCH_BACKENDS`` from the address of a search server.

    ``opensearch://user:password@host:9200/prefix`` speaks https to OpenSearch 3; ``elasticsearch8+http://…`` plain http
    to Elasticsearch 8. The path is put before the names of the indexes. Without the variable it is the database.
    """
    url = text(name)
    if not url:
        return {"BACKEND": "wagtail.search.backends.database"}
    match = _SEARCH_URL.fullmatch(url)
    if match is None:
        # The address holds a password: the sentence must not repeat it.
        raise ImproperlyConfigured(
            f"{name} is not the address of a search server. It looks like opensearch://user:password@host:9200 or "
            "elasticsearch9+http://host:9200/prefix (special characters in the password are percent-encoded)."
        )
    engine = match["engine"] + (match["version"] or _NEWEST[match["engine"]])
    if engine not in _SEARCH_CLIENTS:
        raise ImproperlyConfigured(f"{name} names {engine}; there are {', '.join(sorted(_SEARCH_CLIENTS))}.")
    module, package = _SEARCH_CLIENTS[engine]
    if find_spec(module) is None:
        raise ImproperlyConfigured(f"{name} names {match['engine']}, whose client is not installed: {package}.")
    return {
        "BACKEND": f"wagtail.search.backends.{engine}",
        "URLS": [f"{match['transport'] or 'https'}://{match['server']}"],
        "INDEX_PREFIX": f"{match['prefix']}_" if match["prefix"] else "wagtail_",
        "TIMEOUT": 5,  # seconds
    }


def outer_cache(name: str, backend: str) -> dict[str, Any]:
    """Return Wagtail's ``WAGTAILFRONTENDCACHE`` for a cache that takes PURGE at an address such as http://varnish:6081.

    Without the variable there is none. ``backend`` is the path of the class that speaks to it.
    """
    url = text(name)
    if not url:
        return {}
    if not re.fullmatch(r"https?://[^\s/@?#]+/?", url):
        raise ImproperlyConfigured(f"{name} must be the address of the cache alone, such as http://127.0.0.1:6081.")
    return {"default": {"BACKEND": backend, "LOCATION": url}}


def sources(name: str) -> dict[str, list[str]]:
    """Return which other hosts pages may load what from, written as a policy: ``img-src https://a.org; script-src …``.

    Whole hosts that speak https, each by its name: a wildcard or a keyword such as ``'unsafe-inline'`` would open more
    than its writer sees.
    """
    found: dict[str, list[str]] = {}
    for part in filter(None, map(str.strip, text(name).split(";"))):
        directive, *hosts = part.split()
        if directive not in _DIRECTIVES:
            raise ImproperlyConfigured(f"{name} has {directive!r}; there are {', '.join(_DIRECTIVES)}.")
        wrong = next((host for host in hosts if not _SOURCE.fullmatch(host)), None)
        if wrong or not hosts:
            raise ImproperlyConfigured(
                f"{name} must name whole hosts after {directive}, such as https://pictures.example.org, not {wrong!r}."
            )
        found.setdefault(directive, []).extend(hosts)
    return found


def with_sources(more: dict[str, list[str]], policy: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return a policy with the hosts of ``sources`` added to what it has for each directive."""
    return policy | {directive: [*policy.get(directive, []), *hosts] for directive, hosts in more.items()}


def passkey_host(address: str) -> tuple[str, str]:
    """Return for whom passkeys of the site at ``address`` are made, and the origin at which they work.

    The first is a domain (WebAuthn, level 3, "RP ID"), which the number of a machine is not: on one's own machine it is
    ``localhost``, and the desk has to be opened at that name. Both come from what the operator has set, and never from
    what a request says.
    """
    parts = urlsplit(address)
    host = parts.hostname or "localhost"
    with suppress(ValueError):  # a name
        host = "localhost" if ip_address(host).is_loopback else host
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in (None, default) else ""
    return host, f"{parts.scheme}://{host}{port}"


def kept_secret(path: Path) -> str:
    """Return the secret kept in the file ``path`` (mode 600), made at random the first time.

    For development only: production reads ``SECRET_KEY``, because several machines must share it.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process of the same start was first
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
