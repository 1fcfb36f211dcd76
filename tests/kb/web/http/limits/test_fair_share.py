"""A public key is shared: whoever asks much goes first when it is used up, no newcomer does."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pysqlite3
import pytest

from kb.config import Config
from kb.web.http import rate_limits
from kb.web.http.limits import fair_share
from kb.web.http.limits.policies import Policy
from kb.web.http.limits.store import SharedStorage
from kb.web.http.rate_limits import POLICIES
from tests.support.web.limited_site import Hands, Site, ask_from, small_site

PUBLIC = "/api/v1/public/shop"
POLICY = Policy("suggest-key", 100, 60, is_per_key=True)
SALT = b"s" * 32


@pytest.fixture
def storage(tmp_path: Path, hands: Hands) -> Iterator[SharedStorage]:
    made = SharedStorage(run_dir=str(tmp_path), clock=hands.clock)
    yield made
    made.close()


def is_served(storage: SharedStorage, hands: Hands, address: str, key_id: str = "shop") -> bool:
    usage = fair_share.refused(
        storage, hands.clock, POLICY, key_id=key_id, address=address, salt=SALT
    )
    return usage is None


def served(storage: SharedStorage, hands: Hands, addresses: Iterable[str]) -> Counter[str]:
    return Counter(address for address in addresses if is_served(storage, hands, address))


# Over HTTP


@pytest.fixture
def site(config: Config, hands: Hands) -> Site:
    """With the figures that we ship."""
    return small_site(config, hands.clock)


@pytest.fixture
def small_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with a fifth of what we ship."""
    policies = {"suggest-key": (Policy("suggest-key", 120, 60, is_per_key=True),)}
    monkeypatch.setattr(rate_limits, "POLICIES", POLICIES | policies)


def test_one_owner_s_networks_do_not_silence_a_shop(site: Site) -> None:
    for number in range(31):
        ask_from(site, f"2001:db8:a:{number:02x}00::1", PUBLIC, 20)
    assert site.ran["public"] == 80
    for customer in range(100):
        assert ask_from(site, f"2001:db8:ff{customer:02x}::1", PUBLIC, 3) == [200] * 3


@pytest.mark.usefixtures("small_key")
def test_many_owners_do_not_either(site: Site) -> None:
    """Ten networks ask for 200 of 120; a newcomer is served, and asks on."""
    for number in range(10):
        ask_from(site, f"2001:db8:{number:x}::1", PUBLIC, 20)
    assert 120 < site.ran["public"] < 200
    assert ask_from(site, "2001:db8:aaaa::1", PUBLIC, 5) == [200] * 5
    assert ask_from(site, "203.0.113.9", PUBLIC, 5) == [200] * 5
    assert ask_from(site, "2001:db8:bbbb::1", PUBLIC, 20).count(200) < 15


@pytest.mark.usefixtures("small_key")
def test_a_neighbour_of_those_who_ask_much_is_heard_once(site: Site) -> None:
    for network in range(6):
        for number in range(2):
            ask_from(site, f"198.51.{network}.{number}", PUBLIC, 20)
    assert ask_from(site, "198.51.3.99", PUBLIC, 3) == [200, 429, 429]
    assert ask_from(site, "198.51.100.9", PUBLIC, 5) == [200] * 5


@pytest.mark.usefixtures("small_key")
def test_workers_share_what_they_count(config: Config, hands: Hands) -> None:
    one, other = (small_site(config, hands.clock) for _ in range(2))
    for number in range(10):
        ask_from(one if number % 2 else other, f"2001:db8:{number:x}::1", PUBLIC, 20)
    assert ask_from(one, "2001:db8:0::2", PUBLIC) == [429]
    assert ask_from(other, "2001:db8:aaaa::1", PUBLIC, 5) == [200] * 5


# The rule


def test_within_the_quota_everybody_is_served(storage: SharedStorage, hands: Hands) -> None:
    assert served(storage, hands, ["192.0.2.1"] * 120)["192.0.2.1"] == 100


def test_who_asks_less_than_the_share_is_never_refused(
    storage: SharedStorage, hands: Hands
) -> None:
    """Ten ask 3 times each, five 60 times, in any order: the share is 14."""
    few, many = ([f"{a}.0.0.1" for a in range(b, b + n)] for b, n in ((10, 10), (60, 5)))
    asked = [*few * 3, *many * 60]
    random.Random(1).shuffle(asked)
    counts = served(storage, hands, asked)
    assert [counts[address] for address in few] == [3] * 10
    assert all(14 <= counts[address] < 60 for address in many)


def test_what_is_refused_takes_nothing_from_others(storage: SharedStorage, hands: Hands) -> None:
    served(storage, hands, ["192.0.2.1"] * 5000)
    assert served(storage, hands, ["198.51.100.1"] * 60)["198.51.100.1"] >= 50


def test_all_that_is_served_is_bounded(storage: SharedStorage, hands: Hands) -> None:
    """The harmonic bound, against whoever lets ever more networks ask."""
    total = 0
    for size in (1, 2, 4, 8, 16, 32):
        addresses = [f"10.{size}.{number}.1" for number in range(size)]
        total += served(storage, hands, addresses * 120).total() - size
    assert total <= 100 * sum(1 / k for k in range(1, 101))


def test_a_slot_ends_for_everybody_at_once(storage: SharedStorage, hands: Hands) -> None:
    served(storage, hands, ["192.0.2.1"] * 200)
    slot = fair_share.current_slot(POLICY, "shop", hands.monotonic_s)
    usage = fair_share.refused(
        storage, hands.clock, POLICY, key_id="shop", address="192.0.2.1", salt=SALT
    )
    assert usage is not None
    assert (usage.remaining, usage.reset_s) == (0, slot.left_s)
    hands.move(slot.left_s)
    assert is_served(storage, hands, "192.0.2.1")


def test_keys_do_not_share(storage: SharedStorage, hands: Hands) -> None:
    served(storage, hands, ["192.0.2.1"] * 200)
    assert all(is_served(storage, hands, "192.0.2.1", "other") for _ in range(50))


def test_memory_does_not_grow_with_clients(
    storage: SharedStorage, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fair_share, "COLUMNS", 32)
    for number in range(2000):
        is_served(storage, hands, f"10.{number // 250}.{number % 250}.1")
    with closing(pysqlite3.connect(str(storage._path))) as connection:
        rows = connection.execute("SELECT count(*) FROM counts").fetchone()[0]
    assert rows <= 2 * fair_share.ROWS * 32 + POLICY.quota + 2


def test_no_address_is_written_down(storage: SharedStorage, hands: Hands) -> None:
    is_served(storage, hands, "192.0.2.1")
    with closing(pysqlite3.connect(str(storage._path))) as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM counts")]
    assert keys
    assert not any("192.0" in key for key in keys)


def test_counts_in_memory_follow_the_same_rule(tmp_path: Path, hands: Hands) -> None:
    (tmp_path / "run").write_text("a file where the folder should be")
    storage = SharedStorage(run_dir=str(tmp_path / "run"), clock=hands.clock)
    assert served(storage, hands, ["192.0.2.1"] * 120)["192.0.2.1"] == 100
    assert storage.is_down
    assert is_served(storage, hands, "198.51.100.1")
