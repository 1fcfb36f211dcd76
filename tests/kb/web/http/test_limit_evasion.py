"""Rate limits hold: nothing in the spelling of a request goes around them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.config import Config
from kb.web.http import rate_limits
from tests.support.web.limited_site import Site, serving

SPELLINGS = [
    "/ru/search",
    "/ru/search?q=1",
    "/en/search",
    "/RU/search",
    "/ru/search/",
    "/ru/SEARCH",
    "/ru/%73earch",
    "/%72u/search",
    "//ru/search",
    "/ru//search",
    "/./ru/search",
    "/x/../ru/search",
    "/ru/search;x=1",
    "/ru/search%2F",
    "/ru/search%00",
    "/ru/search#a",
    "/api/v1/search",
    "/API/v1/search",
    "http://other.example/ru/search",
]


def test_no_spelling_of_the_path_goes_around_a_limit(site: Site) -> None:
    for _ in range(3):
        for path in SPELLINGS:
            site.ask(path)
    assert site.ran["search"] == 3


@pytest.mark.parametrize("path", SPELLINGS)
def test_once_tripped_every_spelling_is_refused_or_unknown(site: Site, path: str) -> None:
    assert site.statuses(4, "/ru/search")[-1] == 429
    site.ran.clear()
    assert site.ask(path).status in (429, 404, 308)
    assert not site.ran


@pytest.mark.parametrize("method", ["HEAD", "get", "GET"])
def test_another_method_shares_the_limit(site: Site, method: str) -> None:
    site.statuses(3, "/ru/search")
    assert site.ask("/ru/search", method).status in (429, 405)
    assert site.ran["search"] == 3


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-For",
        "X-Real-IP",
        "Forwarded",
        "Client-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
    ],
)
def test_a_forged_address_is_not_believed(site: Site, name: str) -> None:
    for number in range(6):
        answer = site.ask("/ru/search", **{name: f"198.51.100.{number}"})
    assert answer.status == 429
    assert site.ran["search"] == 3


@pytest.fixture
def proxied(tmp_path: Path, small: None) -> Iterator[Site]:
    with serving(Config(data_dir=tmp_path, trusted_proxies=1)) as served:
        yield served


def test_behind_a_proxy_its_word_counts_and_not_the_client_s(proxied: Site) -> None:
    for number in range(4):
        forged = f"203.0.113.{number}, 198.51.100.7"  # the proxy adds the last one
        answer = proxied.ask("/ru/search", X_Forwarded_For=forged)
    assert answer.status == 429
    assert proxied.ask("/ru/search", X_Forwarded_For="198.51.100.8").status == 200


def test_an_ipv6_network_is_one_client(proxied: Site) -> None:
    for address in ("2001:db8:1:2::1", "2001:db8:1:2::2", "2001:DB8:1:2:ffff::9"):
        assert proxied.ask("/ru/search", X_Forwarded_For=address).status == 200
    assert proxied.ask("/ru/search", X_Forwarded_For="2001:db8:1:2:aaaa::1").status == 429
    assert proxied.ask("/ru/search", X_Forwarded_For="2001:db8:1:3::1").status == 200


SALT = b"s" * 32


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("", None, True),
        ("unix:", "nonsense", True),
    ],
)
def test_which_addresses_are_one_client(one: str, other: str | None, is_same: bool) -> None:
    keys = [rate_limits.client_key(address, salt=SALT) for address in (one, other)]
    assert (keys[0] == keys[1]) is is_same


def test_keys_of_two_days_cannot_be_joined() -> None:
    keys = {rate_limits.client_key("192.0.2.1", salt=salt) for salt in (SALT, b"t" * 32)}
    assert len(keys) == 2


def test_no_address_is_written_down(site: Site, config: Config) -> None:
    site.statuses(4, "/ru/search")
    files = [path for path in config.data_dir.rglob("*") if path.is_file()]
    assert files
    assert not any(b"127.0.0.1" in path.read_bytes() for path in files)
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
