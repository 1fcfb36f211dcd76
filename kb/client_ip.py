"""Whom an address stands for, when clients are told apart. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

CLIENTS_WORTH: Mapping[int, int] = {56: 2, 48: 4, 24: 16}
"""Prefix length of a wider network → times what one client may do that all its clients may. An
IPv4 /24 may hide hundreds of households."""
IPV4_BITS = (32, 24)
IPV6_BITS = (64, 56, 48)
"""Of the networks that an address is counted in: the client, then those around it."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 as an IPv6-only network reaches it (RFC 6052)."""


def network(address: str | None) -> str:
    """The IPv4 address or the IPv6 /64; "unknown" for what is no address, such as a socket's.

    One household or one machine commonly has a whole /64.
    """
    ip = _parsed(address)
    return _network(ip, 64 if ip.version == 6 else 32) if ip else "unknown"


def wider_networks(address: str | None) -> dict[int, str]:
    """Prefix length → network around the client's own: the IPv4 /24, or the IPv6 /56 and /48.

    A household or a server gets a /64 to a /56, a company commonly a /48; all of an IPv4 /24 lie
    with one provider.
    """
    ip = _parsed(address)
    if ip is None:
        return {}
    bits = IPV6_BITS if ip.version == 6 else IPV4_BITS
    return {length: _network(ip, length) for length in bits[1:]}


def _parsed(address: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, without the port that some proxies write behind it.

    An IPv4 one in IPv6's clothes is taken out of them, a translated one (NAT64) too.
    """
    try:
        ip = ipaddress.ip_address(_bare((address or "").strip()))
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _bare(address: str) -> str:
    """`1.2.3.4:567`, `[2001:db8::1]:567` and `fe80::1%eth0` without what follows the address."""
    if address.startswith("["):
        return address[1:].partition("]")[0].partition("%")[0]
    if address.count(":") == 1:
        return address.partition(":")[0]
    return address.partition("%")[0]


def _network(ip: ipaddress.IPv4Address | ipaddress.IPv6Address, length: int) -> str:
    if length == 32:
        return str(ip)
    return str(ipaddress.ip_network((ip.packed, length), strict=False))
