"""Rate limits, tripped over HTTP: nothing in the spelling of a request goes around them."""

from __future__ import annotations

import http.client
import json
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pysqlite3
import pytest
from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import WSGIRequestHandler, make_server

from kb.config import Config
from kb.web.http import rate_limit_store, rate_limits
from kb.web.http.rate_limit_store import SYSTEM_CLOCK, Clock, DailySalt, MemoryCounts, SharedStorage
from kb.web.http.rate_limits import POLICIES, Policy
from tests.support.patience import PATIENCE_S

SMALL = {
    "search": (Policy("search", 3, 60),),
    "suggest": (Policy("suggest", 2, 2), Policy("suggest-hour", 3, 3600)),
    "suggest-key": (Policy("suggest-key", 1, 60, is_per_key=True),),
    "autocomplete": (Policy("autocomplete", 5, 60),),
    "vote": (Policy("vote", 2, 3600),),
}


@dataclass
class Hands:
    """The hands of a clock, which stand still until they are moved."""

    monotonic_s: float = 1000.0
    wall_s: float = datetime(2026, 11, 22, 9, 0, tzinfo=UTC).timestamp()

    @property
    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.monotonic_s, wall=lambda: self.wall_s)

    def move(self, seconds: float) -> None:
        self.monotonic_s += seconds
        self.wall_s += seconds


class SilentHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """A test prints no access log."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Site:
    """A small site that listens; `ran` counts how often each view really did its work."""

    app: Flask
    port: int = 0
    ran: Counter[str] = field(default_factory=Counter)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Send the path as it is, without any tidying up by a client library."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with closing(asking) as connection:
            connection.putrequest(method, path)
            for name, value in {"Content-Length": "0", **named}.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())

    def statuses(self, times: int, path: str, method: str = "GET", **headers: str) -> list[int]:
        return [self.ask(path, method, **headers).status for _ in range(times)]


def small_site(config: Config, clock: Clock) -> Site:
    app = Flask(__name__)
    site = Site(app)
    rate_limits.install(app, config, clock=clock)
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies)  # type: ignore[method-assign]

    @app.get("/<lang>/search")
    @rate_limits.limit_search
    def search(lang: str) -> str:
        site.ran["search"] += 1
        return "found"

    @app.get("/api/v1/search")
    @rate_limits.limit_search
    def api_search() -> str:
        site.ran["search"] += 1
        return "found"

    @app.post("/api/v1/suggest")
    def suggest() -> str:
        rate_limits.count("suggest")
        return "answer"

    @app.post("/api/v1/keyed/<key>")
    def keyed(key: str) -> str:
        rate_limits.count("suggest")
        rate_limits.count("suggest-key", key)
        return "answer"

    @app.get("/api/v1/autocomplete")
    @rate_limits.limit_autocomplete
    def autocomplete() -> str:
        return "completions"

    @app.post("/<lang>/vote/<article_id>")
    @rate_limits.limit_vote
    def vote(lang: str, article_id: str) -> str:
        site.ran["vote"] += 1
        return "counted"

    @app.get("/free")
    def free() -> str:
        return "free"

    @app.errorhandler(HTTPException)
    def problem(error: HTTPException) -> tuple[Response, int]:
        body = {"policy": getattr(error, "policy", None), "status": error.code}
        body["retry_after_s"] = getattr(error, "retry_after_s", None)
        return jsonify(body), error.code or 500

    return site


@contextmanager
def serving(config: Config, clock: Clock | None = None) -> Iterator[Site]:
    """A small site; without a clock its time stands still, and no window ends by itself."""
    site = small_site(config, clock or Hands().clock)
    server = make_server("127.0.0.1", 0, site.app, threaded=True, request_handler=SilentHandler)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        if config.rate_limits:
            storage_of(site).close()


def storage_of(site: Site) -> SharedStorage:
    storage = site.app.extensions["otvet_limits"].storage
    assert isinstance(storage, SharedStorage)
    return storage


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "POLICIES", SMALL)


@pytest.fixture
def hands() -> Hands:
    """Of the clock of `site` and `storage`."""
    return Hands()


@pytest.fixture
def site(config: Config, small: None, hands: Hands) -> Iterator[Site]:
    with serving(config, hands.clock) as served:
        yield served


# Each limit, over HTTP, with the figures that we ship


@pytest.mark.parametrize(
    ("group", "method", "path"),
    [
        ("search", "GET", "/ru/search"),
        ("suggest", "POST", "/api/v1/suggest"),
        ("vote", "POST", "/ru/vote/k2m7p"),
        ("autocomplete", "GET", "/api/v1/autocomplete"),
    ],
)
def test_every_limit_trips_at_its_figure(
    config: Config, group: str, method: str, path: str
) -> None:
    quota = POLICIES[group][0].quota
    with serving(config) as site:
        assert set(site.statuses(quota, path, method)) == {200}
        refused = site.ask(path, method)
        assert refused.status == 429
        assert json.loads(refused.body)["policy"] == group
        assert site.ask("/free").status == 200


def test_the_figures_are_those_of_the_api() -> None:
    assert {
        policy.name: (policy.quota, policy.window_s)
        for group in POLICIES.values()
        for policy in group
    } == {
        "search": (60, 60),
        "suggest": (20, 60),
        "suggest-hour": (200, 3600),
        "suggest-key": (600, 60),
        "autocomplete": (300, 60),
        "instant": (240, 60),
        "vote": (30, 3600),
        "feedback": (30, 3600),
        "events": (60, 60),
        "handoff": (5, 3600),
        "handoff-day": (10, 86400),
        "handoff-status": (60, 60),
        "preview": (60, 60),
        "view": (30, 60),
        "view-day": (300, 86400),
        "agent": (600, 60),
        "sign-in": (10, 900),
    }


def test_all_policies_of_a_group_hold(site: Site, hands: Hands) -> None:
    """2 in two seconds and 3 in an hour: waiting for the next window does not bring the fourth."""
    assert site.statuses(3, "/api/v1/suggest", "POST") == [200, 200, 429]
    hands.move(2)
    assert site.ask("/api/v1/suggest", "POST").status == 200
    refused = site.ask("/api/v1/suggest", "POST")
    assert refused.status == 429
    assert json.loads(refused.body)["policy"] == "suggest-hour"
    assert refused.headers["Retry-After"] == "3598"


def test_a_key_has_a_limit_of_its_own(site: Site, hands: Hands) -> None:
    """2 a client, 1 a key: another key is another count, and what is left of both is told."""
    first = site.ask("/api/v1/keyed/a", "POST")
    assert first.status == 200
    assert '"suggest-key";q=1;w=60' in first.headers["RateLimit-Policy"]
    refused = site.ask("/api/v1/keyed/a", "POST")
    assert (refused.status, json.loads(refused.body)["policy"]) == (429, "suggest-key")
    hands.move(2)
    assert site.ask("/api/v1/keyed/b", "POST").status == 200


def test_a_window_ends(site: Site, hands: Hands) -> None:
    assert site.statuses(3, "/api/v1/suggest", "POST")[-1] == 429
    hands.move(1.5)
    assert site.ask("/api/v1/suggest", "POST").status == 429
    hands.move(0.5)
    assert site.ask("/api/v1/suggest", "POST").status == 200


def test_responses_say_what_is_left(site: Site) -> None:
    answer = site.ask("/api/v1/suggest", "POST")
    assert answer.headers["RateLimit-Policy"] == '"suggest";q=2;w=2, "suggest-hour";q=3;w=3600'
    assert answer.headers["RateLimit"] == '"suggest";r=1;t=2'
    assert "Retry-After" not in answer.headers
    assert "RateLimit" not in site.ask("/free").headers


def test_a_refusal_says_when_to_come_back(site: Site, hands: Hands) -> None:
    site.statuses(3, "/ru/search")
    hands.move(20.5)
    refused = site.ask("/ru/search")
    assert refused.headers["RateLimit-Policy"] == '"search";q=3;w=60'
    assert refused.headers["RateLimit"] == '"search";r=0;t=40'
    assert refused.headers["Retry-After"] == "40"
    assert json.loads(refused.body) == {"policy": "search", "status": 429, "retry_after_s": 40}


def test_limits_can_be_turned_off(tmp_path: Path, small: None) -> None:
    with serving(Config(data_dir=tmp_path, rate_limits=False)) as site:
        assert set(site.statuses(10, "/ru/search")) == {200}
        assert "RateLimit" not in site.ask("/ru/search").headers


# Ways around that must not exist

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


# Several processes and threads

processes = get_context("spawn")
LONG: dict[str, tuple[Policy, ...]] = {"search": (Policy("search", 3, 3600),)}
"""By the clock of the machine, which other processes share; none ends during a test."""


def ask_in_another_process(data_dir: Path, times: int) -> None:
    """Fresh process, same data folder: exit code is the number of answers other than 200."""
    rate_limits.POLICIES = LONG
    client = small_site(Config(data_dir=data_dir), SYSTEM_CLOCK).app.test_client()
    raise SystemExit(sum(client.get("/ru/search").status_code != 200 for _ in range(times)))


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


# Storage down


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Nobody can write the counts, as on a full or hung disk."""
    path = storage_of(site)._path
    with closing(pysqlite3.connect(str(path), isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield
        holder.rollback()


def test_storage_down_closes_votes_and_keeps_reading(
    site: Site, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    assert site.ask("/ru/search").status == 200
    with locked(site), caplog.at_level(logging.WARNING, logger="kb.web.http.rate_limit_store"):
        refused = site.ask("/ru/vote/k2m7p", "POST")
        assert refused.status == 503
        assert site.statuses(4, "/ru/search") == [200, 200, 200, 429]  # counted in memory
        assert not site.ran["vote"]
        assert caplog.text.count("restart the server") == 1
    hands.move(rate_limit_store.TRY_AGAIN_S)
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


# The parts


@pytest.fixture
def storage(tmp_path: Path, hands: Hands) -> Iterator[SharedStorage]:
    made = SharedStorage(run_dir=str(tmp_path), clock=hands.clock)
    yield made
    made.close()


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
