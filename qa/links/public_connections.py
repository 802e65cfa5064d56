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

#: What IANA gives out to the public internet (IPv6 Address Space registry).
_UNICAST = IPv6Network("2000::/3")
#: IPv4 addresses as a translator shows them to IPv6 (RFC 6052, 2.1).
_TRANSLATED = IPv6Network("64:ff9b::/96")

#: Gives the addresses to connect to for a host name and a port.
Locate = Callable[[str, int], list[str]]


class PrivateAddress(HTTPError):  # noqa: N818 - what it is about, as urllib3 names its own
    """A host has no public address: it is this machine, or one of its network."""


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet, and so does the IPv4 address in it, if there is one.

    Neither private, loopback, link-local, shared, reserved, documentation nor multicast (IANA's Special-Purpose Address
    registries, as Python's ``ipaddress`` has them). Raises ``ValueError`` for what is no address.
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return found.is_global and not (found.is_multicast or found.is_reserved)
    if found.ipv4_mapped:
        return is_public(str(found.ipv4_mapped))
    if found in _TRANSLATED:
        return is_public(str(IPv4Address(int(found) & 0xFFFFFFFF)))
    inside = [found.sixtofour, *(found.teredo or ())]
    return found in _UNICAST and found.is_global and all(is_public(str(part)) for part in inside if part)


def public_addresses(host: str, port: int) -> list[str]:
    """Return the public addresses of a host, in the order in which they should be tried.

    Also of one that is written as a number (``2130706433``): the system resolves what it would connect to. Raises
    ``PrivateAddress`` if it has none, and ``socket.gaierror`` if it has no address at all.
    """
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(answer[4][0]) for answer in found))
    public = [address for address in addresses if is_public(address)]
    if not public:
        raise PrivateAddress(f"{host} is not on the public internet")
    return public


class _Located:
    """To stand before a connection class of urllib3: connects to the addresses that ``manager.locate`` gives."""

    manager: "LocatedManager"

    def _new_conn(self) -> socket.socket:
        """Connect to the first address that answers; raises what urllib3's own method does, and ``PrivateAddress``."""
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
    """urllib3's manager with connections that go where ``locate`` says. No proxy is asked, whatever the environment."""

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
        """Keep a second handle of a connection, which ends it even in the middle of a TLS handshake."""
        self._twins.append(connected.dup())

    @contextmanager
    def within(self, seconds: float) -> Iterator[Callable[[], bool]]:
        """End whatever is connected after so many seconds: timeouts alone let a host drip one byte at a time.

        What the ``with`` block gets tells whether that has happened.
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
            except OSError:  # it has ended by itself
                continue
