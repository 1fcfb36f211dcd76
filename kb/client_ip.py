"""Whom an address stands for, when clients are told apart. Pure."""

from __future__ import annotations

import ipaddress


def network(address: str | None) -> str:
    """The IPv4 address or the IPv6 /64; "unknown" for what is no address, such as a socket's.

    One household or one machine commonly has a whole /64.
    """
    try:
        ip = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((ip, 64), strict=False))
        ip = ip.ipv4_mapped
    return str(ip)
