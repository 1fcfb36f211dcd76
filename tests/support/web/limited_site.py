"""A small site that listens and has limits, and the hands of its clock."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import WSGIRequestHandler, make_server

from kb.config import Config
from kb.web.http import rate_limits
from kb.web.http.limits.policies import Policy
from kb.web.http.limits.store import Clock, SharedStorage
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


def ask_from(site: Site, address: str, path: str, times: int = 1) -> list[int]:
    """Statuses of so many POSTs from an address, without a connection."""
    client = site.app.test_client()
    peer = {"REMOTE_ADDR": address}
    return [client.post(path, environ_overrides=peer).status_code for _ in range(times)]


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

    @app.post("/api/v1/public/<key>")
    def public(key: str) -> str:
        rate_limits.count("suggest")
        rate_limits.count_shared("suggest-key", key)
        site.ran["public"] += 1
        return "answer"

    @app.post("/api/v1/handoffs")
    def handoffs() -> str:
        rate_limits.count("handoff")
        site.ran["handoffs"] += 1
        return "made"

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
