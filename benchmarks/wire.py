"""Requests that are none, over the wire: ``python -m benchmarks.wire 127.0.0.1:8000 [--requests N]``.

Lengths that are wrong, chunks that break off, lines that are too long, headers twice, methods and versions that there
are not: what no client library sends, and what the web server has to stop before the site hears of it. Asks a running
site, prints how often which status came ("closed" is no answer at all), and exits 1 after a 5xx or an answer that took
longer than five seconds. 501 is right for a coding of transfer that nobody knows (RFC 9112, 6.1).
"""

import argparse
import random
import socket
import sys
import time
from collections import Counter

_WAITS = 5.0  # seconds
PATHS = ["/", "/questions/", "/search/?q=a", "/admin/login/", "/healthz/", "/media/images/x.png",
         "/static/css/site.css",
         "http://evil.example/", "//evil.example/", "*", "/%", "/\x00", "/a b", "/" + "a" * 5000,
    "/../../etc/passwd", ""]  # fmt: skip
METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "TRACE", "CONNECT", "get", "G\x00T", "A" * 300, "", "PRI"]
VERSIONS = ["HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9", "", "http/1.1", "HTTP/1.1 x"]
HEADERS = [
    "Content-Length: abc", "Content-Length: -1", "Content-Length: 1.5", "Content-Length: 5", "Content-Length: +5",
    "Content-Length: 99999999999999999999", "Content-Length: 5\r\nContent-Length: 6", "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 5", "Transfer-Encoding: xchunked", "Transfer-Encoding : chunked",
    "Transfer-Encoding: chunked, identity", "Transfer-Encoding:\tchunked", "Expect: 100-continue", "Expect: x",
    "Connection: keep-alive, close", "Connection: Upgrade\r\nUpgrade: websocket", "X: a\r\n b", ": x", "X", "X\x00: a",
    "Host: a\r\nHost: b", "Cookie: " + "a" * 9000, "Range: bytes=0-0," * 200, "X-Forwarded-For: \xff",
    "Content-Type: \xff",
    *["\r\n".join(f"X-{n}: 1" for n in range(200))], "Accept-Encoding: gzip;q=x", "If-Modified-Since: x",
    "Content-Encoding: gzip",
]  # fmt: skip
BODIES = ["", "a=1", "5\r\nhello\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\na", "-1\r\na\r\n", "zz\r\n", "0\r\nX: 1\r\n\r\n",
          "GET /admin/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "\x00" * 50, "a" * 70_000]  # fmt: skip


def made(number: int) -> bytes:
    """Return the bytes of the request of this number."""
    chance = random.Random(number)  # noqa: S311 - no secret
    line = f"{chance.choice(METHODS)} {chance.choice(PATHS)} {chance.choice(VERSIONS)}"
    if chance.random() < 0.6:
        line = f"{chance.choice(METHODS[:4])} {chance.choice(PATHS[:7])} HTTP/1.1"
    host = [] if chance.random() < 0.1 else ["Host: 127.0.0.1"]
    head = "\r\n".join([line, *host, *chance.sample(HEADERS, k=chance.choice((0, 1, 1, 2, 3)))])
    end = "\n\n" if chance.random() < 0.05 else "\r\n\r\n"
    request = (head + end + chance.choice(BODIES)).encode("latin-1")
    return request[: chance.randrange(1, len(request))] if chance.random() < 0.05 else request


def ask(host: str, port: int, request: bytes) -> tuple[str, float]:
    """Send bytes, say that there are no more, and return the first status, or "closed", and the seconds it took."""
    start = time.monotonic()
    try:
        with socket.create_connection((host, port), timeout=60) as wire:
            wire.sendall(request)
            wire.shutdown(socket.SHUT_WR)
            answer = wire.recv(64)
    except OSError:
        answer = b""
    words = answer.split()
    return (words[1].decode("latin-1") if len(words) > 1 else "closed"), time.monotonic() - start


def main() -> int:
    """Ask; return the exit code."""
    parser = argparse.ArgumentParser(description="Send what is no request.")
    parser.add_argument("site", help="host:port of a running site")
    parser.add_argument("--requests", type=int, default=5000)
    options = parser.parse_args()
    host, _colon, port = options.site.rpartition(":")
    statuses, faults = Counter(), []
    for number in range(options.requests):
        status, seconds = ask(host, int(port), made(number))
        statuses[status] += 1
        if (status.startswith("5") and status != "501") or seconds > _WAITS:
            faults.append(f"{number}: {status} after {seconds:.1f} s: {made(number)[:200]!r}")
    print(
        f"{options.requests} requests: " + ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    )
    print("\n".join([f"5xx or slow: {len(faults)}", *faults[:20]]))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
