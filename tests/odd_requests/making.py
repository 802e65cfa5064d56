"""Odd requests made from a number: the same number gives the same request, as long as the site asks for the same."""

import json
import random
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_from_bytes

from tests.odd_requests.addresses import Address

METHODS = ("GET",) * 8 + ("POST",) * 8 + ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "")
ROLES = ("stranger", "reader", "writer", "editor", "administrator")
#: Bytes that nobody types, some of them no text at all.
ODD = [
    b"", b" ", b"\0", b"a\0b", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe2\x80\xae",
    b"0", b"-1", b"-0", b"00", b"1.5", b"1e9", b"0x1", b"1_000", b"NaN", b"Infinity", b"9" * 10, b"9" * 19, b"9" * 25,
    b"9" * 5000, b"2147483648", b"9223372036854775807", b"9223372036854775808", "٣".encode(), "²".encode(),
    "①".encode(),
    b"true", b"null", b"None", b"undefined", b"[]", b"{}", b"[[", b'{"a":', b"[null]", b'{"id": []}', b"[" * 5000,
    b"all", b"live", b"latest", b"..", b"../../etc/passwd", b"%", b"%00", b"%s%d", b"{{x}}", b"${x}", b"__class__",
    b"*",
    b"0001-01-01", b"9999-12-31", b"99999-99-99", b"2026-02-30", b"2026-01-01T25:00", b"9999-12-31 23:59", b"24:61",
    b"-292275055-05-16", b"<script>alert(1)</script>", b"' OR 1=1 --", b'"*():^-', b"\\", b"a" * 300, b"a" * 10_000,
    "ﷺ".encode() * 200, "é".encode() * 200, b" ".join([b"word"] * 1200), b"\r\nX-Odd: 1", b"\n", b"\t",
    b"//evil.example/",
    b"https://evil.example/", b"javascript:alert(1)", b"file:///etc/passwd", b"http://[", b"http://[::1", b"//[",
    b"a@b\nc",
    b"wagtailcore.page", b"qa.questionpage", b"a.b", b"a.b.c", b".", b"en", b"xx", b"-title", b"?", b"+", b"1", b"2",
    b"3",
]  # fmt: skip
#: Values of headers by name, as WSGI has them; every other one is asked with what is in ``ODD``, where it is ASCII.
HEADERS = {
    "HTTP_ACCEPT": [
        "*/*;q=x",
        "text/html;level=" + "1" * 500,
        ",,,",
        "application/json",
        "image/*",
        "a/b/c",
        ";",
        "\xff",
    ],
    "HTTP_ACCEPT_LANGUAGE": ["de", "xx-" + "y" * 600, "*;q=0", "en;q=9999", ",".join(["de"] * 500), "-", "de\0"],
    "HTTP_ACCEPT_ENCODING": ["gzip;q=nan", "*", "identity;q=0", "br" * 500],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "Thu, 99 Foo 0000 99:99:99 GMT", "Sat, 29 Oct 99999 19:43:31 GMT", "0"],
    "HTTP_IF_UNMODIFIED_SINCE": ["Mon, 01 Jan 0001 00:00:00 GMT", "x"],
    "HTTP_IF_NONE_MATCH": ["*", '"', 'W/"' + "a" * 3000, ",,"],
    "HTTP_IF_MATCH": ["*", '"x"', "x"],
    "HTTP_RANGE": ["bytes=-1", "bytes=0-0," * 300, "bytes=9999999999999999999-", "lines=1", "bytes=a-b", "bytes=5-1"],
    "HTTP_X_FORWARDED_FOR": [
        "1.2.3.4, ::1",
        "unknown",
        "a" * 3000,
        "999.1.1.1",
        "",
        ",",
        "[::1]:80",
        "::ffff:1.2.3.4%eth",
    ],
    "HTTP_X_FORWARDED_PROTO": ["https", "ftp", "https,http"],
    "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_HOST": [
        "evil.example",
        "localhost:99999",
        "a b",
        "[::1",
        "localhost:",
        "LOCALHOST",
        "localhost.",
        "\xff",
        "",
    ],
    "HTTP_ORIGIN": ["null", "https://evil.example", "http://["],
    "HTTP_REFERER": ["http://[", "javascript:1", "https://evil.example/", "//", "http://testserver/admin/\0"],
    "HTTP_USER_AGENT": ["", "a" * 8000, "\xff\xfe", "bot", "Mozilla/5.0"],
    "HTTP_X_REQUESTED_WITH": ["XMLHttpRequest"] * 3 + ["x"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE"],
    "HTTP_AUTHORIZATION": ["Basic \xff", "Bearer " + "a" * 5000, "Digest"],
    "HTTP_CONTENT_ENCODING": ["gzip"],
    "HTTP_TRANSFER_ENCODING": ["chunked"],
    "HTTP_EXPECT": ["100-continue"],
    "HTTP_PURPOSE": ["prefetch"],
    "HTTP_SEC_FETCH_SITE": ["cross-site"],
    "CONTENT_LENGTH": ["0", "5", "999999999999", ""],
    "REMOTE_ADDR": ["", "unix:", "::1", "999.9.9.9"],
    "SCRIPT_NAME": ["/x"],
}
COOKIES = [
    "{name}=\x01", "{name}=" + "a" * 4000, "{name}", "=x", ";;;", "{name}=\xff\xfe", '{name}="a;b"',
    "$Version=1; {name}=1",
    "{name}=eyJhIjoxfQ:1:x", "{name}=../../x", "{name}=%00", "{name}=" + "\\075" * 50, "a" * 8000 + "=1",
]  # fmt: skip
COOKIE_NAMES = ("sessionid", "csrftoken", "messages", "django_language", "wagtail_x", "x y")
TYPES = [
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=no-such", "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=X; charset=utf-7", "multipart/form-data; boundary=" + "b" * 300, "application/json",
    "application/json; charset=utf-32", "text/plain", "text/xml", "", "\xff", "application/octet-stream", ";",
    "a" * 1000,
    'multipart/form-data; boundary="é"', "multipart/mixed; boundary=X",
]  # fmt: skip
JSON = [
    "{}", "[]", "null", "1", '"x"', '{"a": {"b": [1, null]}}', "[" * 20_000, '{"a": 1e999}', "NaN", '{"id": "\\u0000"}',
    '{"id": "\\ud800"}', "{", '{"items": [{"id": []}]}', '{"a"' + ":[" * 3000, "true", "\ufeff{}", '{"__proto__": {}}',
]  # fmt: skip
FILES = [
    "x.png", "../x.png", "a" * 300 + ".png", "x.php\0.png", "", ".", "..", "x", "x.svg", "é\u202egnp.exe", "x.csv",
    "x.zip", "x.pdf", "con.png", "x.png/", "\\x.png", "x.gif", "x.jpeg", "x.webp", "x.avif",
]  # fmt: skip
CONTENTS = [
    b"", b"\0" * 50, b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"GIF89a", b"GIF89a\xff\xff\xff\xff\0\0\0;", b"<svg/>",
    b"\xff\xd8\xff\xe1\0\x02", b"a,b\n1", b"\xff\xfe,\0", b"from,to\n/a,\0", b"PK\x03\x04", b"\0\0\0\x1cftypavif",
    b"RIFF\xff\xff\xff\xffWEBPVP8 ",
]  # fmt: skip
#: Put into a path, and parameters that are no pairs.
IN_PATHS = ["/", "%2F", "%00", "%FF", "//", "/../", "/.", ";a=b", "%0A", "%", "a" * 3000]
NO_PAIRS = ["&&&", "=", "a", "%", "a[]=1&a[0][b]=2", "=".join("a" * 50), "&".join(["a=1"] * 1200), "%00=%00", ";"]
BODIES = [b"--X\r\n", b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', b"a=1"]


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire, with who sends it; ``pattern`` is that of the address it was made from."""

    number: int
    pattern: str
    role: str
    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str = ""

    def __str__(self) -> str:
        """Return what is needed to send it again."""
        said = {"headers": self.headers, "cookie": self.cookie, "type": self.content_type, "body": self.body[:2000]}
        return f"{self.number} {self.role} {self.method} {self.path[:2000]} " + " ".join(
            f"{name}={value!r}" for name, value in said.items() if value
        )


@dataclass
class Asked:
    """What the views of the site ask for: by pattern, the names in addresses and in forms, and whole forms."""

    names: dict[str, list[str]] = field(default_factory=dict)
    forms: dict[str, list[list[tuple[str, str]]]] = field(default_factory=dict)

    @cached_property
    def all_names(self) -> list[str]:
        """Every name, so that each is also tried where nobody asks for it."""
        return sorted({name for names in self.names.values() for name in names})


def make(number: int, seed: int, addresses: list[Address], asked: Asked) -> Request:
    """Make the request of this number: an address of the desk and one of readers in turn, and all else at random.

    The first ``2 * len(addresses)`` numbers ask every address.
    """
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - for tests
    some = [address for address in addresses if address.of_the_desk == bool(number % 2)]
    address = some[number // 2 % len(some)]
    role = chance.choices(ROLES, (4, 1, 3, 3, 4) if address.of_the_desk else (8, 1, 1, 1, 1))[0]
    method = chance.choice(METHODS)
    body, content_type = b"", ""
    if method in ("POST", "PUT", "PATCH") or chance.random() < 0.05:
        body, content_type = _body(chance, address, asked)
    return Request(
        number, address.pattern, role, method,
        _path(chance, address) + _query(chance, address, asked), body, content_type, _headers(chance), _cookie(chance),
    )  # fmt: skip


def _odd(chance: random.Random) -> bytes:
    if chance.random() < 0.9:
        return chance.choice(ODD)
    return bytes(chance.choices(range(256), k=chance.randrange(1, 40)))


def _path(chance: random.Random, address: Address) -> str:
    parts = list(address.parts)
    places = range(1, len(parts), 2)
    if places and chance.random() < 0.4:
        place = chance.choice(places)
        parts[place] = quote_from_bytes(_odd(chance), safe="" if chance.random() < 0.8 else "/")
    path = "".join(
        part if n % 2 == 0 else part if "%" in part else quote(part, safe="/:") for n, part in enumerate(parts)
    )
    if chance.random() < 0.06:
        at = chance.randrange(1, len(path) + 1)
        path = path[:at] + chance.choice(IN_PATHS) + path[at:]
    return path


def _query(chance: random.Random, address: Address, asked: Asked) -> str:
    pairs = [address.query] if address.query and chance.random() < 0.8 else []
    names = asked.names.get(address.pattern) or asked.all_names
    if chance.random() < 0.75:
        for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
            name = chance.choice(names if chance.random() < 0.9 else asked.all_names) if names else "x"
            pairs.append(f"{quote(name, safe='')}={quote_from_bytes(_odd(chance)[:3000], safe='')}")
    if chance.random() < 0.05:
        pairs.append(chance.choice(NO_PAIRS))
    return "?" + "&".join(pairs) if pairs else ""


def _body(chance: random.Random, address: Address, asked: Asked) -> tuple[bytes, str]:
    way = chance.random()
    if way < 0.08:
        return chance.choice(JSON).encode("utf-8", "surrogatepass"), "application/json"
    if way < 0.14:
        return chance.choice([_odd(chance), *BODIES]), chance.choice(TYPES)
    pairs: list[tuple[str, bytes]] = []
    forms = asked.forms.get(address.pattern, [])
    if forms and chance.random() < 0.8:
        pairs = [(name, value.encode("utf-8", "surrogatepass")) for name, value in chance.choice(forms)]
    names = [name for name, _value in pairs] or asked.names.get(address.pattern) or asked.all_names or ["x"]
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 8))):
        name, change = chance.choice(names), chance.random()
        if change < 0.15:
            pairs = [pair for pair in pairs if pair[0] != name]
        elif change < 0.3:
            pairs.append((name, _odd(chance)))
        else:
            pairs = [pair for pair in pairs if pair[0] != name] + [(name, _odd(chance))]
    if chance.random() < 0.02:
        pairs += [(f"x{n}", b"1") for n in range(chance.choice((1500, 10_500)))]
    if way < 0.4:
        return _multipart(chance, pairs, names)
    return (
        "&".join(f"{quote(name, safe='')}={quote_from_bytes(value, safe='')}" for name, value in pairs).encode(),
        "application/x-www-form-urlencoded",
    )


def _multipart(chance: random.Random, pairs: list[tuple[str, bytes]], names: list[str]) -> tuple[bytes, str]:
    lines = []
    for name, value in pairs:
        lines += [b"--X", f'Content-Disposition: form-data; name="{name}"'.encode("utf-8", "replace"), b"", value]
    for _ in range(chance.choice((0, 1, 1, 3))):
        name = chance.choice([*names, "file", "files[]", "avatar-avatar"])
        head = f'Content-Disposition: form-data; name="{name}"; filename="{chance.choice(FILES)}"'
        kind = chance.choice(["image/png", "text/html", "x", "image/svg+xml", ""])
        lines += [b"--X", head.encode(), f"Content-Type: {kind}".encode(), b"", chance.choice(CONTENTS)]
    return b"\r\n".join([*lines, b"--X--", b""]), "multipart/form-data; boundary=X"


def _headers(chance: random.Random) -> dict[str, str]:
    found = {}
    for name in chance.sample(sorted(HEADERS), k=chance.choice((0, 0, 1, 1, 2))):
        found[name] = chance.choice(HEADERS[name])
    return found


def _cookie(chance: random.Random) -> str:
    if chance.random() < 0.85:
        return ""
    return chance.choice(COOKIES).replace("{name}", chance.choice(COOKIE_NAMES))


def form_data(pairs: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what ``question_form.form`` makes, as pairs of a form."""
    return [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in pairs.items()]
