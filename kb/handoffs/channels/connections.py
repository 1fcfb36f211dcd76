"""Addresses a channel may connect to, and limits on the time of a connection. No protocols.

A setting names a server, but the server's name server says where that is. Were it believed, it
could point us at what only this machine reaches: databases, routers, a cloud's metadata.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from kb.deadlines import time_left
from kb.handoffs.channels.model import DeliveryFailed

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""(host, port) → addresses, best first; OSError when there are none."""

_GLOBAL_IPV6 = IPv6Network("2000::/3")
"""All that is handed out to the internet (RFC 4291 and IANA's registry); the rest is special."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 as an IPv6-only network reaches it: the last 32 bits are the IPv4 address (RFC 6052)."""
_RELAYED = (
    IPv6Network("2001::/23"),  # Teredo and other protocols' own
    IPv6Network("2002::/16"),  # 6to4: an IPv4 address, possibly a private one, in disguise
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
)


def lookup(host: str, port: int) -> tuple[str, ...]:
    """Ask the system's resolver; it may take as long as it likes."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


def resolve_within(
    host: str, port: int, *, resolve: Resolve, timeout_s: float
) -> tuple[Address, ...]:
    """Addresses of `host`; raises DeliveryFailed when it has none or they take too long.

    getaddrinfo knows no timeout, so a thread is left behind to finish when it must.
    """
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, ValueError) as error:  # UnicodeError: a label too long to ask for
            answers.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        raise DeliveryFailed(f"the name {host} was not resolved in time") from None
    if isinstance(answer, Exception) or not answer:
        raise DeliveryFailed(f"the name {host} has no address")
    return tuple(ip_address(text) for text in answer)


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """True when `address` lies in one of the operator's own networks."""
    return any(one in network for one in (address, _meant(address)) for network in allowed)


def is_public(address: Address) -> bool:
    """True when `address` belongs to one machine on the internet, whatever way it is written."""
    meant = _meant(address)
    if isinstance(meant, IPv6Address) and meant not in _GLOBAL_IPV6:
        return False
    if meant.is_multicast or any(meant in network for network in _RELAYED):
        return False
    return meant.is_global and not meant.is_reserved


def _meant(address: Address) -> Address:
    """The IPv4 address that a connection to an IPv6 address ends at, if there is one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@contextmanager
def cut_off_in_time(current_socket: Callable[[], object]) -> Iterator[None]:
    """End reads and writes of a connection when the time of `kb.deadlines` is up.

    A socket's own timeout begins anew with every byte, so a server that sends a byte a second
    would never meet it. Whoever reads sees the connection end: ask `time_left` why.
    """

    def cut_off() -> None:
        if isinstance(connected := current_socket(), socket.socket):
            try:
                # Not SSLSocket's own: it drops the TLS layer, and the reader would go on without.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)
            except OSError:
                return  # closed already

    timer = threading.Timer(time_left() or 0, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
