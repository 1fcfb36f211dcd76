"""Clients by their addresses, however a proxy spells them."""

from __future__ import annotations

import pytest

from kb import client_ip


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("7.7.7.7", "7.7.7.7"),
        ("7.7.7.7:1029", "7.7.7.7"),
        (" 7.7.7.7 ", "7.7.7.7"),
        ("::ffff:7.7.7.7", "7.7.7.7"),
        ("[::ffff:7.7.7.7]:443", "7.7.7.7"),
        ("64:ff9b::707:707", "7.7.7.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3::4]", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3::4]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[fe80::1%eth0]:80", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("unix:", "unknown"),
        ("[", "unknown"),
        ("7.7.7.7:8:9", "unknown"),
        ("shop.example:80", "unknown"),
    ],
)
def test_a_client_is_its_network_however_it_is_spelled(address: str | None, network: str) -> None:
    assert client_ip.network(address) == network


def test_wider_networks_are_those_of_the_same_address() -> None:
    assert client_ip.wider_networks("7.7.7.7:1029") == client_ip.wider_networks("7.7.7.7")
    assert client_ip.wider_networks("64:ff9b::707:707") == client_ip.wider_networks("7.7.7.7")
