"""Counts of rate limits: shared by processes, damaged, swept away."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pysqlite3
import pytest

from kb.config import Config
from kb.web.http import rate_limits
from kb.web.http.limits import store
from kb.web.http.limits.memory import MemoryCounts
from kb.web.http.limits.policies import Policy
from kb.web.http.limits.salt import DailySalt
from kb.web.http.limits.store import SYSTEM_CLOCK, SharedStorage
from kb.web.http.rate_limits import POLICIES
from tests.support.web.limited_site import Hands, Site, serving, small_site, storage_of

processes = get_context("spawn")
LONG: dict[str, tuple[Policy, ...]] = {"search": (Policy("search", 3, 3600),)}
"""By the clock of the machine, which other processes share; none ends during a test."""


def ask_in_another_process(data_dir: Path, times: int) -> None:
    """Fresh process, same data folder: exit code is the number of answers other than 200."""
    rate_limits.POLICIES = LONG
    client = small_site(Config(data_dir=data_dir), SYSTEM_CLOCK).app.test_client()
    raise SystemExit(sum(client.get("/ru/search").status_code != 200 for _ in range(times)))


# Several processes and threads


def test_two_processes_share_a_count(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "POLICIES", POLICIES | LONG)
    with serving(config, SYSTEM_CLOCK) as site:
        assert site.ask("/ru/search").status == 200
        child = processes.Process(target=ask_in_another_process, args=(config.data_dir, 1))
        child.start()
        child.join()
        assert child.exitcode == 0
        assert site.statuses(2, "/ru/search") == [200, 429]
        child = processes.Process(target=ask_in_another_process, args=(config.data_dir, 2))
        child.start()
        child.join()
        assert child.exitcode == 2


def test_requests_at_the_same_time_are_counted_exactly(site: Site) -> None:
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(site.ask("/ru/search").status))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(statuses) == {200: 3, 429: 9}


def test_a_start_forgets_all_counts(config: Config, small: None) -> None:
    with serving(config) as site:
        assert site.statuses(4, "/ru/search")[-1] == 429
    rate_limits.reset(config)
    assert not list((config.data_dir / "run").iterdir())
    with serving(config) as site:
        assert site.ask("/ru/search").status == 200


def test_a_worker_that_comes_later_keeps_the_counts(config: Config, small: None) -> None:
    with serving(config) as site:
        site.statuses(3, "/ru/search")
    with serving(config) as site:
        assert site.ask("/ru/search").status == 429


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Nobody can write the counts, as on a full or hung disk."""
    path = storage_of(site)._path
    with closing(pysqlite3.connect(str(path), isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield
        holder.rollback()


# Storage down


def test_storage_down_closes_votes_and_keeps_reading(
    site: Site, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    assert site.ask("/ru/search").status == 200
    with locked(site), caplog.at_level(logging.WARNING, logger="kb.web.http.limits.store"):
        refused = site.ask("/ru/vote/k2m7p", "POST")
        assert refused.status == 503
        assert site.statuses(4, "/ru/search") == [200, 200, 200, 429]  # counted in memory
        assert not site.ran["vote"]
        assert caplog.text.count("restart the server") == 1
    hands.move(store.TRY_AGAIN_S)
    assert site.ask("/ru/vote/k2m7p", "POST").status == 200
    assert site.ask("/ru/search").status == 200  # the shared count goes on at 2 of 3


def test_a_damaged_file_closes_votes_until_the_next_start(config: Config, small: None) -> None:
    with serving(config) as site:
        site.ask("/ru/search")
        storage_of(site).close()
        for path in (config.data_dir / "run").glob("limits.sqlite*"):
            path.write_bytes(b"not a database" * 1000)
        assert site.ask("/ru/vote/k2m7p", "POST").status == 503
        assert site.ask("/ru/search").status == 200
    rate_limits.reset(config)
    with serving(config) as site:
        assert site.ask("/ru/vote/k2m7p", "POST").status == 200


def test_a_data_folder_that_cannot_be_written_closes_votes(tmp_path: Path, small: None) -> None:
    (tmp_path / "run").write_text("a file where the folder should be")
    with serving(Config(data_dir=tmp_path)) as site:
        assert site.ask("/ru/vote/k2m7p", "POST").status == 503
        assert site.statuses(4, "/ru/search") == [200, 200, 200, 429]


@pytest.fixture
def storage(tmp_path: Path, hands: Hands) -> Iterator[SharedStorage]:
    made = SharedStorage(run_dir=str(tmp_path), clock=hands.clock)
    yield made
    made.close()


# The parts


def test_storage_counts_within_a_window(storage: SharedStorage, hands: Hands) -> None:
    assert [storage.incr("a", 60), storage.incr("a", 60, amount=3), storage.incr("b", 60)] == [
        1,
        4,
        1,
    ]
    assert storage.get("a") == 4
    assert storage.get_expiry("a") == hands.wall_s + 60
    storage.clear("a")
    assert (storage.get("a"), storage.get("b")) == (0, 1)
    storage.reset()
    assert storage.get("b") == 0
    assert storage.check()


def test_setting_the_clock_neither_frees_nor_locks_anybody(
    storage: SharedStorage, hands: Hands
) -> None:
    storage.incr("a", 60)
    for error_s in (-3600, 7200):
        hands.wall_s += error_s
        assert storage.incr("a", 60) > 1
        assert storage.get_expiry("a") == hands.wall_s + 60


def test_ended_windows_are_swept_away(storage: SharedStorage, hands: Hands) -> None:
    for number in range(50):
        storage.incr(f"key{number}", 1)
    hands.move(120)
    storage.incr("new", 60)
    with closing(pysqlite3.connect(str(storage._path))) as connection:
        assert connection.execute("SELECT key FROM counts").fetchall() == [("new",)]


def test_memory_counts_are_bounded_and_keep_the_newest() -> None:
    counts = MemoryCounts(max_keys=10)
    for number in range(25):
        counts.hit(f"key{number}", 60, 1, now=float(number))
    assert len(counts._windows) <= 10
    assert counts.hit("key24", 60, 1, now=25.0) == 2
    assert counts.hit("key24", 60, 1, now=500.0) == 1


def test_the_salt_is_one_for_all_and_lasts_a_day(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 23, 59, tzinfo=UTC).timestamp()
    first = DailySalt(tmp_path, clock=lambda: now)
    second = DailySalt(tmp_path, clock=lambda: now)
    today = first.today()
    assert second.today() == today
    now += 120
    tomorrow = second.today()
    assert tomorrow != today
    assert first.today() == tomorrow
    assert today not in (tmp_path / "limits.salt").read_bytes()
