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
    """The address; an IPv4 one in IPv6's clothes is taken out of them."""
    try:
        ip = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    return ip


def _network(ip: ipaddress.IPv4Address | ipaddress.IPv6Address, length: int) -> str:
    if length == 32:
        return str(ip)
    return str(ipaddress.ip_network((ip.packed, length), strict=False))
