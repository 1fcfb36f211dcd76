"""Addresses of operators: which ones requests may go to, however they are spelt."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from kb.handoffs.channels.connections import is_allowed, is_public, lookup, networks
from kb.handoffs.channels.http import HttpClient, UnusableUrl, parse_url
from tests.support.channels.hook_requests import fails
from tests.support.libraries.channel_library import local_client

PRIVATE = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255
192.168.0.1 169.254.169.254 169.254.0.1 100.64.0.1 100.127.255.254 192.0.0.1 192.0.2.1
192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250
240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0.0.0.0
64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2002:a00:1::1
2002:808:808::1 2001::1 2001:0:7f00:1:: 2001:db8::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 fc00::1
fd00::1 fd00:ec2::254 ff02::1 ff0e::1 100::1 4000::1
""".split()
PUBLIC = """
1.1.1.1 8.8.8.8 172.15.255.255 172.32.0.1 100.63.255.255 100.128.0.1 169.253.255.255 223.255.255.1
::ffff:8.8.8.8 64:ff9b::8.8.8.8 2606:4700:4700::1111 2a02:6b8::feed:ff
""".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("address", "is_so"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("64:ff9b::10.1.2.3", True),
        ("10.2.0.1", False),
        ("fd00::1", True),
        ("fd01::1", False),
    ],
)
def test_networks_of_the_operator_are_allowed(address: str, is_so: bool) -> None:
    assert is_allowed(ip_address(address), networks(["10.1.0.0/16", "fd00::/16"])) is is_so


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_of_a_private_address_is_refused_before_connecting(address: str) -> None:
    client = HttpClient(resolve=lambda host, port: [address])
    assert "which is not public" in fails(client, "https://desk.test/hook?key=s3cret")


def test_one_private_address_among_public_ones_refuses_all() -> None:
    client = HttpClient(resolve=lambda host, port: ["8.8.8.8", "127.0.0.1"])
    assert "127.0.0.1" in fails(client, "https://desk.test/")


SPELLINGS = """
127.0.0.1 127.1 0177.0.0.1 0x7f.0.0.1 0x7f000001 2130706433 017700000001 127.0.0.1. 0 0.0.0.0
localhost LOCALHOST localhost. [::1] [::] [::ffff:127.0.0.1] [0:0:0:0:0:ffff:7f00:1] [::1]:443
１２７.０.０.１ 127。0。0。1 127.0.0.1:65535
""".split()


@pytest.mark.parametrize("host", SPELLINGS)
def test_odd_spellings_of_this_machine_are_refused(host: str) -> None:
    """By the system's own resolver: what it makes of a spelling is what is judged."""
    reason = fails(HttpClient(resolve=lookup), f"https://{host}/?key=s3cret")
    assert "which is not public" in reason or "has no address" in reason


@pytest.mark.parametrize(
    "url",
    [
        "https://user:s3cret@desk.test/",
        "https://desk.test@127.0.0.1/",
        "https://@desk.test/",
        "https://:@desk.test/",
        "https:///hook",
        "https://desk.test:0/",
        "https://desk.test:99999/",
        "https://desk.test:port/",
        "https://desk.test\\@127.0.0.1/",
        "https://127.0.0.1\\.desk.test/",
        "https://127.0.0.1%2f.desk.test/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://a..b/",
        "https://./",
        f"https://{'a' * 64}.test/",
        "https://\ud800.test/",
        "https://desk.test/\ud800",
        "ftp://desk.test/",
        "file:///etc/passwd",
        "gopher://desk.test/",
        "//desk.test/",
        "desk.test/hook",
        "",
    ],
)
def test_addresses_that_no_two_readers_agree_on_are_refused(url: str) -> None:
    with pytest.raises(UnusableUrl):
        parse_url(url)
    assert fails(local_client(), url)


@pytest.mark.parametrize(
    ("url", "host_header", "path"),
    [
        ("https://Desk.TEST", "desk.test", "/"),
        ("https://desk.test.:443/a b?q=ы&x=%41", "desk.test", "/a%20b?q=%D1%8B&x=%41"),
        ("https://desk.test:8443/hook#part", "desk.test:8443", "/hook"),
        ("https://пример.test/", "xn--e1afmkfd.test", "/"),
        ("http://[2606:4700::1]:8080/", "[2606:4700::1]:8080", "/"),
        ("http://desk.test:80/a\r\nX: y", "desk.test", "/aX:%20y"),
    ],
)
def test_an_address_is_read_once(url: str, host_header: str, path: str) -> None:
    target = parse_url(url)
    assert (target.host_header, target.path) == (host_header, path)
