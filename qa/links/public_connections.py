"""HTTP connections that lead to public addresses only, whatever a name resolves to or a redirect says.

Whoever writes an answer, or owns a site that it links to, could otherwise have this machine ask its own network
(server-side request forgery, OWASP A10:2021). The name is resolved once, and the connection goes to an address that was
looked at: it cannot resolve to another one in between.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Network, ip_address
from threading import Event, Timer
from typing import Any

import certifi
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

#: Global unicast, which IANA assigns to the public internet (IPv6 Address Space registry).
_UNICAST = IPv6Network("2000::/3")
#: IPv4 addresses embedded by NAT64 (RFC 6052, 2.1).
_TRANSLATED = IPv6Network("64:ff9b::/96")

#: Returns the IP addresses to connect to for a host name and a port.
Locate = Callable[[str, int], list[str]]


class PrivateAddress(HTTPError):  # noqa: N818 - what it is about, as urllib3 names its own
    """A host has no public address: it is this machine, or one in its network."""


def is_public(address: str) -> bool:
    """Return whether an IP address, and any IPv4 address embedded in it, belongs to the public internet.

    Neither private, loopback, link-local, shared, reserved, documentation nor multicast (IANA's Special-Purpose Address
    registries, as Python's ``ipaddress`` has them). Raises ``ValueError`` for what is not an IP address.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return ip.is_global and not (ip.is_multicast or ip.is_reserved)
    if ip.ipv4_mapped:
        return is_public(str(ip.ipv4_mapped))
    if ip in _TRANSLATED:
        return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
    embedded = [ip.sixtofour, *(ip.teredo or ())]
    return ip in _UNICAST and ip.is_global and all(is_public(str(part)) for part in embedded if part)


def public_addresses(host: str, port: int) -> list[str]:
    """Return the public IP addresses of a host, in the order in which they should be tried.

    A host written as a number (``2130706433``) is resolved as the system would when connecting. Raises
    ``PrivateAddress`` if no address is public, and ``socket.gaierror`` if there is none at all.
    """
    resolved = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(answer[4][0]) for answer in resolved))
    public = [address for address in addresses if is_public(address)]
    if not public:
        raise PrivateAddress(f"{host} is not on the public internet")
    return public


class _Located:
    """Mixin, listed before urllib3's connection class: connects to the addresses that ``manager.locate`` returns."""

    manager: "LocatedManager"

    def _new_conn(self) -> socket.socket:
        """Connect to the first address that answers; raises what urllib3's method raises, and ``PrivateAddress``."""
        try:
            addresses = self.manager.locate(self.host, self.port)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        problem: HTTPError = NameResolutionError(self.host, self, socket.gaierror("no address"))
        for address in addresses:
            try:
                connected = create_connection((address, self.port), self.timeout, socket_options=self.socket_options)
            except TimeoutError as error:
                problem = ConnectTimeoutError(self, str(error))
            except OSError as error:
                problem = NewConnectionError(self, str(error))
            else:
                self.manager.remember(connected)
                return connected
        raise problem


class LocatedManager(PoolManager):
    """Pool manager whose connections go to the addresses from ``locate``, and never through a proxy."""

    def __init__(self, locate: Locate, **kwargs: Any) -> None:
        super().__init__(ca_certs=certifi.where(), **kwargs)
        self.locate = locate
        self._twins: list[socket.socket] = []
        self.pool_classes_by_scheme = {
            "http": self._pool(HTTPConnectionPool, HTTPConnection),
            "https": self._pool(HTTPSConnectionPool, HTTPSConnection),
        }

    def _pool(self, pool: type, connection: type) -> type:
        located = type(connection.__name__, (_Located, connection), {"manager": self})
        return type(pool.__name__, (pool,), {"ConnectionCls": located})

    def remember(self, connected: socket.socket) -> None:
        """Keep a duplicate of a socket, through which it can be shut down even in the middle of a TLS handshake."""
        self._twins.append(connected.dup())

    @contextmanager
    def within(self, seconds: float) -> Iterator[Callable[[], bool]]:
        """Shut down all connections after so many seconds: timeouts alone let a host drip one byte at a time.

        Yields a function that returns whether that has happened.
        """
        over = Event()
        timer = Timer(seconds, self._end, [over])
        timer.daemon = True
        timer.start()
        try:
            yield over.is_set
        finally:
            timer.cancel()
            twins, self._twins = self._twins, []
            for twin in twins:
                twin.close()

    def _end(self, over: Event) -> None:
        over.set()
        for twin in list(self._twins):
            try:
                twin.shutdown(socket.SHUT_RDWR)
            except OSError:  # closed already
                continue
