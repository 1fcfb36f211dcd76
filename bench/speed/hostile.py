"""Do others notice when clients send hostile bodies? `python -m bench.speed.hostile`.

The real server with its worker processes and its limits; loopback, all clients on the same cores.
Four clients with addresses of their own send bodies made to cost time
(`bench.speed.hostile_bodies`) while eight visitors, with addresses of other networks, read, search,
type and ask. First the same visitors alone, for comparison; each time after some seconds that do
not count. Exit code 1 when a visitor met an error or a p99 above a second.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests as http_requests

from bench import machine
from bench.server import Server, running
from bench.speed import hostile_bodies
from bench.speed.hostile_bodies import HostileRequest
from search.evaluation.metrics import percentile

ATTACKERS = 4
PER_MINUTE = 200
"""Bodies of each attacker."""
VISITORS = 8
PAUSE_S = 0.5
"""Between two requests of a visitor, who stays below every limit."""
WARM_UP_S = 8.0
CALM_S = 30.0
ATTACK_S = 120.0
PATIENCE_S = 20.0
MOST_P99_MS = 1000.0
NOWHERE = {
    "KB_WEBHOOK_URL": "http://127.0.0.1:9/",
    "KB_WEBHOOK_SECRET": "whsec_" + "A" * 40,
    "KB_ALLOWED_NETWORKS": "127.0.0.0/8",
}
"""A channel, so that there is a contact form; nobody listens there."""
FORM_TOKEN = re.compile(r'name="form" value="([^"]+)"')
GOOD = (200, 202, 204, 302, 303)


@dataclass(frozen=True)
class Step:
    """One request of a visitor."""

    kind: str
    path: str
    body: bytes | None = None


@dataclass
class Tally:
    """Latencies by kind of step, statuses and failures of some clients."""

    times_ms: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, status: int | str, ms: float, *, is_good: bool) -> None:
        with self.lock:
            self.times_ms.setdefault(kind, []).append(ms)
            self.statuses[str(status)] += 1
            if not is_good:
                self.failures.append(f"{kind}: {status}")

    def figures(self) -> dict[str, Any]:
        every = [ms for times in self.times_ms.values() for ms in times]
        return {
            "all": _summary(every),
            "errors": len(self.failures),
            "failures": dict(Counter(self.failures)),
            "statuses": dict(self.statuses),
            "by_kind": {kind: _summary(times) for kind, times in sorted(self.times_ms.items())},
        }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.speed.hostile", description=__doc__)
    parser.add_argument("--data", type=Path, help="a data folder with an index of the samples")
    parser.add_argument("--cache", type=Path, default=Path("var/cache"), help="with the encoder")
    parser.add_argument("--seconds", type=float, default=ATTACK_S)
    parser.add_argument("--per-minute", type=float, default=PER_MINUTE, help="of each attacker")
    parser.add_argument("--output", type=Path, help="write the figures to this JSON file")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="otvet-bench-") as folder:
        data = options.data or _built(Path(folder), options.cache)
        figures = measure(data, seconds=options.seconds, per_minute=options.per_minute)
    result = {"machine": machine.facts(), **figures}
    _show(figures)
    if options.output:
        options.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    attacked = figures["attacked"]
    return int(attacked["errors"] > 0 or attacked["all"]["p99_ms"] > MOST_P99_MS)


def measure(data: Path, *, seconds: float, per_minute: float) -> dict[str, Any]:
    """Visitors alone, then with attackers, each on a server of its own."""
    settings = {"KB_DATA_DIR": str(data), "KB_RATE_LIMITS": "1", "KB_WORKERS": "2", **NOWHERE}
    with tempfile.TemporaryDirectory(prefix="otvet-bench-") as folder:
        own = {"KB_DATABASE_URL": f"sqlite:///{folder}/calm.sqlite"}
        with running(settings | own) as server:
            calm, _ = _run(server, CALM_S, attackers=0, per_minute=per_minute)
        own = {"KB_DATABASE_URL": f"sqlite:///{folder}/attacked.sqlite"}
        with running(settings | own) as server:
            attacked, hostile = _run(server, seconds, attackers=ATTACKERS, per_minute=per_minute)
    return {
        "attackers": ATTACKERS,
        "bodies_a_minute_each": per_minute,
        "seconds": seconds,
        "visitors": VISITORS,
        "calm": calm.figures(),
        "attacked": attacked.figures(),
        "hostile": hostile.figures() | {"by_kind": {}},
    }


def _built(root: Path, cache: Path) -> Path:
    """A data folder with an index of the sample library."""
    (root / "cache").symlink_to(cache.resolve())
    environ = {**os.environ, "KB_DATA_DIR": str(root)}
    command = [sys.executable, "-m", "kb", "build"]
    subprocess.run(command, env=environ, check=True, capture_output=True)
    return root


def _run(
    server: Server, seconds: float, *, attackers: int, per_minute: float
) -> tuple[Tally, Tally]:
    """Let visitors, and attackers where there are any, go on; the tallies of both."""
    visited, attacked = Tally(), Tally()
    steps = _steps(server)
    for met, lasts_s in ((Tally(), WARM_UP_S), (visited, seconds)):
        until = time.monotonic() + lasts_s
        threads = [
            threading.Thread(target=_visit, args=(server, number, steps, until, met))
            for number in range(VISITORS)
        ]
        if met is visited:
            pause_s = 60 / per_minute
            threads += [
                threading.Thread(target=_attack, args=(server, number, until, pause_s, attacked))
                for number in range(attackers)
            ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return visited, attacked


def _visit(server: Server, number: int, steps: Sequence[Step], until: float, met: Tally) -> None:
    """Go through the steps, each visitor from another place on."""
    address = f"127.0.{number + 1}.1"
    for step in itertools.islice(itertools.cycle(steps), number * 13, None):
        if time.monotonic() >= until:
            return
        headers = {"Sec-Fetch-Site": "same-origin"}
        if step.body is not None:
            headers |= {"Content-Type": "application/json", **server.customer}
        status, ms = _send(server, address, step.path, step.body, headers)
        met.note(step.kind, status, ms, is_good=status in GOOD)
        time.sleep(PAUSE_S)


def _attack(server: Server, number: int, until: float, pause_s: float, met: Tally) -> None:
    """Send one body after the other, as often as was said, however slow the answers are."""
    key = server.customer["Authorization"].removeprefix("Bearer ")
    page = http_requests.get(f"{server.url}/en/contact", timeout=PATIENCE_S).text
    [form] = FORM_TOKEN.findall(page)
    bodies = list(hostile_bodies.requests(key, form))
    next_at = time.monotonic()
    for body in itertools.islice(itertools.cycle(bodies), number * len(bodies) // ATTACKERS, None):
        if time.monotonic() >= until:
            return
        status, ms = _send(
            server, f"127.0.0.{number + 2}", body.path, body.body, _told(server, body)
        )
        met.note(body.kind, status, ms, is_good=isinstance(status, int) and status < 500)
        next_at += pause_s
        time.sleep(max(0.0, next_at - time.monotonic()))


def _told(server: Server, body: HostileRequest) -> dict[str, str]:
    headers = {"Content-Type": body.content_type, "Idempotency-Key": f"key-{time.monotonic_ns()}"}
    if body.path.startswith("/api/"):
        return headers | server.customer
    return headers | {"Sec-Fetch-Site": "same-origin"}


def _send(
    server: Server, address: str, path: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int | str, float]:
    """Status or the name of what failed, and milliseconds until all of the answer was there."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(
        str(parts.hostname), parts.port, timeout=PATIENCE_S, source_address=(address, 0)
    )
    started = time.perf_counter()
    status: int | str
    with closing(connection):
        try:
            connection.request("GET" if body is None else "POST", path, body=body, headers=headers)
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, http.client.HTTPException) as error:
            status = type(error).__name__
    return status, (time.perf_counter() - started) * 1000


def _steps(server: Server) -> list[Step]:
    """Each visitor's way: an article read, its words searched, typed and asked."""
    found = http_requests.get(f"{server.url}/api/v1/articles?locale=en&limit=40", timeout=5).json()
    return [
        step
        for article in found["data"]
        for step in _about(urlsplit(article["url"]).path, article["title"])
    ]


def _about(path: str, title: str) -> Iterator[Step]:
    words = quote(title)
    yield Step("page", "/en/")
    yield Step("article", path)
    yield Step("search", f"/en/search?q={words}")
    for length in (4, 8, 12):
        yield Step("typed", f"/en/instant?q={quote(title[:length])}")
    yield Step("suggest", "/api/v1/suggest", json.dumps({"message": f"How: {title}?"}).encode())
    yield Step("healthz", "/healthz")


def _show(figures: dict[str, Any]) -> None:
    """One line for each kind of client."""
    for name in ("calm", "attacked", "hostile"):
        found, every = figures[name], figures[name]["all"]
        print(
            f"{name:<9} n {every['n']:>5}  errors {found['errors']:>3}  p50 {every['p50_ms']:>7} ms"
            f"  p99 {every['p99_ms']:>7} ms  most {every['max_ms']:>7} ms  {found['statuses']}"
        )
        for kind, times in found["by_kind"].items():
            print(f"  {kind:<9} n {times['n']:>4}  p50 {times['p50_ms']}  p99 {times['p99_ms']} ms")
        for failure, number in found["failures"].items():
            print(f"  {number} × {failure}")


def _summary(times_ms: Sequence[float]) -> dict[str, float]:
    return {
        "n": len(times_ms),
        "p50_ms": round(percentile(times_ms, 0.5), 1),
        "p99_ms": round(percentile(times_ms, 0.99), 1),
        "max_ms": round(max(times_ms, default=0.0), 1),
    }


if __name__ == "__main__":
    sys.exit(main())
