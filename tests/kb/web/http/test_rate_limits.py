"""Rate limits of the whole application, tripped through the HTTP server that readers meet.

`test_limits.py` tests the machinery on a small site; here nothing but the database file is ours.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from kb.accounts.api_keys import demo_key
from kb.server.connections import Server
from kb.server.worker import adjustments
from kb.web.http import rate_limits
from kb.web.http.limits.policies import Policy
from kb.web.http.rate_limits import POLICIES
from tests.support.libraries import api_library
from tests.support.libraries.api_library import REFUND
from tests.support.patience import PATIENCE_S

OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"} | OUR_PAGE
JSON = {"Content-Type": "application/json"}
SMALL = {
    "search": (Policy("search", 3, 60),),
    "suggest": (Policy("suggest", 3, 60), Policy("suggest-hour", 200, 3600)),
    "suggest-key": (Policy("suggest-key", 600, 60, is_per_key=True),),
    "autocomplete": (Policy("autocomplete", 3, 60),),
    "vote": (Policy("vote", 3, 3600),),
    "view": (Policy("view", 3, 60), Policy("view-day", 300, 24 * 3600)),
}


@dataclass(frozen=True)
class Ask:
    """One request; `path` goes out as it is."""

    path: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


SEARCH_PAGE = Ask("/en/search?q=refund")
SEARCH = Ask("/api/v1/search?q=refund")
AUTOCOMPLETE = Ask("/api/v1/autocomplete?q=ref")
SECRET_KEY = "k" * 40
SHOP = {"Authorization": f"Bearer {demo_key(SECRET_KEY)}", "Origin": api_library.SHOP}
SUGGEST = Ask("/api/v1/suggest", "POST", b'{"message": "refund"}', tuple((JSON | SHOP).items()))
VOTE = Ask(f"/en/vote/{REFUND}", "POST", b"value=yes", tuple(FORM.items()))
VIEW = Ask(f"/en/viewed/{REFUND}", "POST", headers=tuple(OUR_PAGE.items()))
DONE = (200, 204, 303)
LIMITED = (
    ("search", SEARCH),
    ("search", SEARCH_PAGE),
    ("autocomplete", AUTOCOMPLETE),
    ("suggest", SUGGEST),
    ("vote", VOTE),
    ("view", VIEW),
)


@dataclass(frozen=True)
class Site:
    app: Flask
    port: int

    def ask(self, what: Ask, **headers: str) -> Answer:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        with closing(asking) as connection:
            connection.putrequest(what.method, what.path)
            connection.putheader("Content-Length", str(len(what.body)))
            for name, value in (*what.headers, *headers.items()):
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders(what.body)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def use_up(self, group: str, what: Ask) -> None:
        for _ in range(rate_limits.POLICIES[group][0].quota):
            assert self.ask(what).status in DONE


@contextmanager
def serving(root: Path, **settings: Any) -> Iterator[Site]:
    app = api_library.application(root, rate_limits=True, secret_key=SECRET_KEY, **settings)
    stopped = threading.Event()
    with listening(app, stopped) as (port, loop):
        thread = threading.Thread(target=loop)
        thread.start()
        try:
            yield Site(app, port)
        finally:
            stopped.set()
            thread.join()
            app.extensions["otvet_limits"].storage.close()
            api_library.close(app)


@contextmanager
def listening(app: Flask, stopped: threading.Event) -> Iterator[tuple[int, Callable[[], None]]]:
    """The server of a worker process on a free port, and its loop."""
    channels: dict[int, Any] = {}
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Server(
            app,
            channels,
            True,
            listener,
            dispatcher=dispatcher,
            adj=adjustments(listener, threads=2),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )

        def loop() -> None:
            while not stopped.is_set():
                wasyncore.loop(0.02, use_poll=True, map=channels, count=1)

        try:
            yield listener.getsockname()[1], loop
        finally:
            dispatcher.shutdown(timeout=1)
            wasyncore.close_all(channels)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("limits") / "built"
    api_library.build(folder, with_encoder=False)
    return folder


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    """A data folder with an index, and without counts."""
    return Path(shutil.copytree(built, tmp_path / "data", symlinks=True))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "POLICIES", SMALL)


@pytest.fixture
def site(root: Path, small: None) -> Iterator[Site]:
    with serving(root) as served:
        yield served


# Every limit, with the figures that we ship


@pytest.mark.parametrize(("group", "what"), LIMITED)
def test_every_limit_trips_at_its_figure(root: Path, group: str, what: Ask) -> None:
    with serving(root) as site:
        site.use_up(group, what)
        refused = site.ask(what)
        others = [site.ask(other) for name, other in LIMITED if name != group]
    assert refused.status == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= POLICIES[group][0].window_s
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.headers["RateLimit"].startswith(f'"{group}";r=0;')
    assert {answer.status for answer in others} <= set(DONE)


@pytest.mark.usefixtures("small")
def test_the_hourly_limit_of_suggest_trips_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = (Policy("suggest", 20, 60), Policy("suggest-hour", 4, 3600))
    monkeypatch.setitem(SMALL, "suggest", policies)
    with serving(root) as site:
        statuses = [site.ask(SUGGEST).status for _ in range(5)]
        refused = site.ask(SUGGEST)
    assert statuses == [200] * 4 + [429]
    assert json.loads(refused.body)["violated-policies"] == ["suggest-hour"]


@pytest.mark.parametrize(("group", "what"), LIMITED)
def test_a_refusal_has_the_shape_of_its_place(site: Site, group: str, what: Ask) -> None:
    site.use_up(group, what)
    refused = site.ask(what)
    if what.path.startswith("/api/"):
        assert refused.headers["Content-Type"] == "application/problem+json"
        problem = json.loads(refused.body)
        assert (problem["code"], problem["violated-policies"]) == ("rate_limited", [group])
    else:
        assert refused.headers["Content-Type"] == "text/html; charset=utf-8"
        assert b"<h1" in refused.body


def test_page_and_api_share_the_limit_of_search(site: Site) -> None:
    site.use_up("search", SEARCH_PAGE)
    assert site.ask(SEARCH).status == 429


def test_invalid_requests_count_as_well(site: Site) -> None:
    wrong = Ask("/api/v1/search?limit=x")
    assert [site.ask(wrong).status for _ in range(4)] == [422] * 3 + [429]


# No way around

SPELLINGS = {
    "search": (
        *("/en/search?q=refund", "/en/search?q=card", "/ru/search?q=x", "/EN/search?q=x"),
        *("/en/search/?q=x", "/en/SEARCH?q=x", "/en/%73earch?q=x", "/%65n/search?q=x"),
        *("//en/search?q=x", "/en//search?q=x", "/./en/search?q=x", "/x/../en/search?q=x"),
        *("/en/search;x=1?q=x", "/en/search%2F?q=x", "/en/search%00?q=x", "/en/search%3Fq=x"),
        *("/en\\search?q=x", "/en/search%20?q=x", "/en/search.?q=x", "/en/search#?q=x"),
        *("/api/v1/search?q=x", "/API/v1/search?q=x", "/api/v1/search/?q=x", "/api//v1/search?q=x"),
        *("/api/v1/%73%65arch?q=x", "http://localhost/en/search?q=x", "/en/search?q=x&q=y"),
    ),
    "suggest": (
        *("/api/v1/suggest", "/api/v1/suggest/", "/api/v1/SUGGEST", "/api/v1/sug%67est"),
        *("//api/v1/suggest", "/api//v1/suggest", "/api/v1/suggest?x=1", "/api/v1/./suggest"),
        *("/api/v1/suggest%00", "/api/v1/suggest;x", "http://localhost/api/v1/suggest"),
    ),
    "vote": (
        *(f"/en/vote/{REFUND}", f"/ru/vote/{REFUND}", "/en/vote/c4r8t", f"/EN/vote/{REFUND}"),
        *(f"/en/vote/{REFUND}/", f"/en/vote/{REFUND.upper()}", "/en/vote/%6b2m7p"),
        *(f"//en/vote/{REFUND}", f"/en//vote/{REFUND}", f"/en/vote/{REFUND}?x=1"),
        *(f"/en/vote/art_{REFUND}", f"/en/vote/{REFUND}%00", f"/en/vote/{REFUND};x"),
    ),
    "autocomplete": (
        *("/api/v1/autocomplete?q=r", "/api/v1/autocomplete/?q=r", "/api/v1/Autocomplete?q=r"),
        *("/api/v1/%61utocomplete?q=r", "//api/v1/autocomplete?q=r", "/api/v1//autocomplete?q=r"),
    ),
}
EXAMPLES = {"search": SEARCH, "suggest": SUGGEST, "vote": VOTE, "autocomplete": AUTOCOMPLETE}


def spelt(group: str) -> list[Ask]:
    example = EXAMPLES[group]
    return [Ask(p, example.method, example.body, example.headers) for p in SPELLINGS[group]]


@pytest.mark.parametrize("group", sorted(SPELLINGS))
def test_no_spelling_goes_around_a_limit(site: Site, group: str) -> None:
    done = [
        answer
        for _ in range(2)
        for what in spelt(group)
        if (answer := site.ask(what)).status in (200, 303)
    ]
    assert len(done) == SMALL[group][0].quota


@pytest.mark.parametrize("group", sorted(SPELLINGS))
def test_once_tripped_every_spelling_is_refused_or_unknown(site: Site, group: str) -> None:
    site.use_up(group, EXAMPLES[group])
    for what in spelt(group):
        status = site.ask(what).status
        assert status in (429, 404, 308, 400, 405), (what.path, status)


def test_another_method_shares_the_limit(site: Site) -> None:
    site.use_up("search", SEARCH)
    statuses = [site.ask(Ask(SEARCH.path, name)).status for name in ("HEAD", "get", "POST")]
    assert statuses == [429, 400, 405]


FORGED = (
    *("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"),
    *("CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Originating-IP"),
)


@pytest.mark.parametrize("group", sorted(EXAMPLES))
def test_a_forged_address_is_not_believed(site: Site, group: str) -> None:
    for name in FORGED:
        site.app.extensions["otvet_limits"].storage.reset()
        forged = [f"198.51.100.{number}" for number in range(4)]
        statuses = [site.ask(EXAMPLES[group], **{name: value}).status for value in forged]
        assert statuses[-1] == 429, name
        assert 429 not in statuses[:-1], name


def test_new_cookies_and_agents_are_no_new_clients(site: Site) -> None:
    for number in range(4):
        answer = site.ask(VOTE, Cookie=f"visitor={number}", User_Agent=str(number))
    assert answer.status == 429


def test_behind_a_proxy_its_word_counts_and_not_the_client_s(root: Path, small: None) -> None:
    with serving(root, trusted_proxies=1) as site:
        for number in range(4):
            forged = f"203.0.113.{number}, 198.51.100.7"  # the proxy adds the last one
            answer = site.ask(SEARCH, X_Forwarded_For=forged)
        assert answer.status == 429
        assert site.ask(SEARCH, X_Forwarded_For="198.51.100.8").status == 200
        for address in ("2001:db8:1:2::1", "2001:DB8:1:2:ffff::9", "2001:db8:1:2:1:2:3:4"):
            assert site.ask(SEARCH, X_Forwarded_For=address).status == 200
        assert site.ask(SEARCH, X_Forwarded_For="2001:db8:1:2:aaaa::1").status == 429


# Counts that cannot be kept


def test_without_counts_votes_are_closed_and_reading_is_still_limited(
    root: Path, small: None
) -> None:
    (root / "run").mkdir(exist_ok=True)
    with serving(root) as site:
        storage = site.app.extensions["otvet_limits"].storage
        assert site.ask(VOTE).status == 303
        storage.close()
        for path in (root / "run").glob("*.sqlite*"):
            path.write_bytes(b"this is no database" * 100)
        assert list((root / "run").glob("*.sqlite*"))
        closed = site.ask(VOTE)
        uncounted = site.ask(VIEW)
        reading = [site.ask(SEARCH).status for _ in range(4)]
        article = site.ask(Ask(f"/a/{REFUND}"))
    assert closed.status == uncounted.status == 503
    assert int(closed.headers["Retry-After"]) >= 1
    assert reading == [200] * 3 + [429]
    assert article.status == 302


def test_what_costs_nothing_is_not_limited(site: Site) -> None:
    for path in ("/en/", f"/api/v1/articles/{REFUND}", "/api/v1/site", "/healthz"):
        assert {site.ask(Ask(path)).status for _ in range(8)} == {200}
