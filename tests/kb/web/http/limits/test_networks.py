"""Limits of networks: nobody gets more by having many addresses."""

from __future__ import annotations

import json

import pytest

from kb.client_ip import CLIENTS_WORTH, network, wider_networks
from kb.config import Config
from kb.web.http import rate_limits
from kb.web.http.limits import networks
from kb.web.http.rate_limits import POLICIES
from tests.support.web.limited_site import Hands, Site, ask_from, small_site, storage_of

SUGGEST = "/api/v1/suggest"
QUOTA = POLICIES["suggest"][0].quota


@pytest.fixture
def site(config: Config, hands: Hands) -> Site:
    """With the figures that we ship."""
    return small_site(config, hands.clock)


@pytest.mark.parametrize(
    ("address", "around"),
    [
        ("192.0.2.77", {24: "192.0.2.0/24"}),
        ("::ffff:192.0.2.77", {24: "192.0.2.0/24"}),
        ("2001:db8:a:b1ff::1", {56: "2001:db8:a:b100::/56", 48: "2001:db8:a::/48"}),
        ("fe80::1%eth0", {56: "fe80::/56", 48: "fe80::/48"}),
        ("unix:", {}),
        (None, {}),
    ],
)
def test_networks_around_an_address(address: str | None, around: dict[int, str]) -> None:
    assert wider_networks(address) == around


def test_a_client_is_an_address_or_a_slash_64() -> None:
    assert network("::ffff:192.0.2.77") == "192.0.2.77"
    assert network("2001:db8:a:b1ff:1::1") == "2001:db8:a:b1ff::/64"
    assert network("unix:") == "unknown"


@pytest.mark.parametrize(
    ("length", "spelling"),
    [
        (56, "2001:db8:a:b1{:02x}::1"),
        (48, "2001:db8:a:{:02x}00::1"),
        (24, "192.0.2.{}"),
    ],
)
def test_a_network_has_a_few_clients_worth(site: Site, length: int, spelling: str) -> None:
    addresses = [spelling.format(number) for number in range(CLIENTS_WORTH[length] + 3)]
    statuses = [ask_from(site, address, SUGGEST, QUOTA) for address in addresses]
    assert (
        sum(status == 200 for some in statuses for status in some) == CLIENTS_WORTH[length] * QUOTA
    )
    assert set(statuses[-1]) == {429}


def test_a_refusal_names_the_network_s_policy(site: Site) -> None:
    for number in range(4):
        ask_from(site, f"2001:db8:a:{number}00::1", SUGGEST, QUOTA)
    refused = site.app.test_client().post(
        SUGGEST, environ_overrides={"REMOTE_ADDR": "2001:db8:a:ff00::1"}
    )
    assert refused.status_code == 429
    assert json.loads(refused.data)["policy"] == "suggest-48"
    assert refused.headers["RateLimit-Policy"] == '"suggest-48";q=80;w=60'
    assert refused.headers["Retry-After"] == "60"


def test_a_network_s_window_ends(site: Site, hands: Hands) -> None:
    addresses = [f"2001:db8:a:b1{number:02x}::1" for number in range(3)]
    for address in addresses:
        ask_from(site, address, SUGGEST, QUOTA)
    hands.move(60)
    assert ask_from(site, addresses[-1], SUGGEST) == [200]


def test_one_client_uses_up_nothing_of_its_neighbours(site: Site) -> None:
    assert ask_from(site, "2001:db8:a:b100::1", SUGGEST, 10 * QUOTA).count(200) == QUOTA
    assert set(ask_from(site, "2001:db8:a:b101::1", SUGGEST, QUOTA)) == {200}


def test_what_a_network_is_refused_leaves_nothing_behind(site: Site) -> None:
    """Else whoever has a network could fill the disk with counts of its addresses."""
    for number in range(8):
        ask_from(site, f"2001:db8:a:{number:02x}00::1", SUGGEST, QUOTA)
    rows = _rows(site)
    for number in range(100, 150):
        assert ask_from(site, f"2001:db8:a:{number:02x}00::1", SUGGEST) == [429]
    assert _rows(site) == rows


def test_twelve_networks_of_one_owner_make_twenty_handoffs(site: Site) -> None:
    for number in range(12):
        ask_from(site, f"2001:db8:a:{number:02x}00::1", "/api/v1/handoffs", 5)
    assert site.ran["handoffs"] == 20
    assert ask_from(site, "2001:db8:b::1", "/api/v1/handoffs") == [200]


@pytest.mark.parametrize("group", [name for name in POLICIES if name != "suggest-key"])
def test_every_limit_of_clients_holds_for_networks(site: Site, group: str) -> None:
    quota = POLICIES[group][0].quota
    with site.app.test_request_context(environ_base={"REMOTE_ADDR": "2001:db8:a:b1ff::1"}):
        limits = site.app.extensions["otvet_limits"]
        counts = networks.network_counts(
            POLICIES[group], "2001:db8:a:b1ff::1", salt=limits.salt.today()
        )
        for _ in range(2 * quota):
            networks.add(storage_of(site), counts, limits.clock.monotonic())
        with pytest.raises(rate_limits.LimitExceeded) as refused:
            rate_limits.count(group)
    assert refused.value.policy == f"{group}-56"


def _rows(site: Site) -> int:
    connection = storage_of(site)._connected()
    count: int = connection.execute("SELECT count(*) FROM counts").fetchone()[0]
    return count
