"""Times `POST /suggest`: with and without encoding, under load, with questions that repeat.

`python -m bench.speed.suggestions CORPUS QUERIES --lang ru` on a served library; loopback, the
clients on the same cores. Figures are those of the client, so they hold the server's time and
HTTP's.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from bench import machine
from bench.library import write_library
from bench.server import Server, running
from search.evaluation.metrics import percentile
from search.generation.files import ENCODER
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.semantic.encoder import load_query_encoder

CLIENTS = 16
LOAD_S = 60.0
ONE_BY_ONE = 200
CROWD = 96
"""Clients that are more than can be served in time; what is then refused, and how fast."""
CROWD_S = 15.0
COMMON = 100
"""So many questions are half of the traffic that repeats."""
WARM_UP = 20

Next = Callable[[int, int], str]
"""Number of the client and of its request → message."""


def measure(
    corpus: Path, queries: Path, *, lang: str, cache: Path, load_s: float = LOAD_S
) -> dict[str, Any]:
    """All timings on one corpus, served by the real server with two workers."""
    texts = [json.loads(line)["query"] for line in queries.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory(prefix="otvet-bench-") as name:
        root = Path(name)
        write_library(corpus, root / "articles", lang=lang)
        (root / "data").mkdir()
        (root / "data" / "cache").symlink_to(cache.resolve())
        settings = {
            "KB_ARTICLES_DIR": str(root / "articles"),
            "KB_DATA_DIR": str(root / "data"),
            "KB_LANGUAGES": lang,
            "KB_WORKERS": "2",
        }
        environ = {**os.environ, **settings}
        subprocess.run(
            [sys.executable, "-m", "kb", "build"], env=environ, check=True, capture_output=True
        )
        figures: dict[str, Any] = {"encoding_ms": _encoding(root / "data" / "index", texts)}
        with running(settings | {"KB_WORKERS": "1"}) as server:
            figures["one_client"] = _one_by_one(server, texts, lang)
        for kind, next_, clients, seconds in (
            ("all_different", _different(texts), CLIENTS, load_s),
            ("repeated", _repeated(texts), CLIENTS, load_s),
            ("crowd", _different(texts), CROWD, CROWD_S),
        ):
            with running(settings) as server:
                figures[kind] = _load(server, next_, lang, clients, seconds)
    return figures


def _encoding(index: Path, texts: Sequence[str]) -> dict[str, float]:
    """The encoder alone, in this process."""
    store = Store(index)
    generation = OpenGeneration(store.path(str(store.current_name())))
    encoder = load_query_encoder(generation.path(ENCODER), is_checked=True)
    times = []
    for number in range(WARM_UP + ONE_BY_ONE):
        started = time.perf_counter()
        encoder.encode_query(texts[number % len(texts)])
        times.append((time.perf_counter() - started) * 1000)
    return _summary(times[WARM_UP:])


def _one_by_one(server: Server, texts: Sequence[str], lang: str) -> dict[str, Any]:
    """Each message twice in a row: the second time its vector is known."""
    first, again, took = [], [], []
    client = _Client(server, lang)
    for number in range(WARM_UP + ONE_BY_ONE):
        text = f"{texts[number % len(texts)]} {number}"
        _, encoded_ms, _ = client.ask(text)
        _, known_ms, reply = client.ask(text)
        first.append(encoded_ms)
        again.append(known_ms)
        took.append(float(reply["took_ms"]))
    return {
        "with_encoding_ms": _summary(first[WARM_UP:]),
        "without_encoding_ms": _summary(again[WARM_UP:]),
        "without_encoding_in_server_ms": _summary(took[WARM_UP:]),
    }


def _different(texts: Sequence[str]) -> Next:
    """No two messages alike, so that no cache answers for the encoder."""
    return lambda client, number: f"{texts[(client * 7 + number) % len(texts)]} {client}.{number}"


def _repeated(texts: Sequence[str]) -> Next:
    """Every other message is one of the COMMON."""
    common, fresh = texts[:COMMON], _different(texts)
    draw = random.Random(7)

    def next_(client: int, number: int) -> str:
        is_common = draw.random() < 0.5
        return draw.choice(common) if is_common else fresh(client, number)

    return next_


def _load(server: Server, next_: Next, lang: str, clients: int, load_s: float) -> dict[str, Any]:
    """So many clients at once; a refusal (503) is counted apart, and its client waits a second."""
    times: list[float] = []
    refused_ms: list[float] = []
    statuses: Counter[int] = Counter()
    stages: Counter[str] = Counter()
    ends_at = time.monotonic() + load_s

    def client(name: int) -> None:
        connection = _Client(server, lang)
        number = 0
        while time.monotonic() < ends_at:
            status, ms, reply = connection.ask(next_(name, number))
            statuses[status] += 1
            number += 1
            if status == 200:
                times.append(ms)
                stages[reply["decision"]["policy"]["stage"]] += 1
            else:
                refused_ms.append(ms)
                time.sleep(1)

    threads = [threading.Thread(target=client, args=(name,)) for name in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _summary(times) | {
        "clients": clients,
        "requests_per_s": len(times) / load_s,
        "statuses": dict(statuses),
        "stages": dict(stages),
        "refused_ms": _summary(refused_ms) if refused_ms else None,
        "encoder": _encoder_events(server),
    }


class _Client:
    """One connection that stays open; costs the machine less than a library would."""

    def __init__(self, server: Server, lang: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
        self._headers = {"Content-Type": "application/json", **server.customer}
        self._lang = lang

    def ask(self, text: str) -> tuple[int, float, dict[str, Any]]:
        """Status, milliseconds until the whole reply was there, the reply."""
        asked = {"message": text[:2000], "locale": self._lang, "session_id": "ses_benchmark"}
        body = json.dumps(asked).encode()
        started = time.perf_counter()
        self._connection.request("POST", "/api/v1/suggest", body, self._headers)
        reply = self._connection.getresponse()
        content = reply.read()
        took_ms = (time.perf_counter() - started) * 1000
        if reply.will_close:
            self._connection.close()
        return reply.status, took_ms, json.loads(content)


def _encoder_events(server: Server) -> dict[str, int]:
    text = requests.get(f"{server.url}/metrics", timeout=10).text
    found = re.findall(r'otvet_encoder_events_total\{event="(\w+)"\} ([\d.e+]+)', text)
    return {name: int(float(value)) for name, value in found}


def _summary(times: Sequence[float]) -> dict[str, float]:
    return {
        "n": len(times),
        "p50": round(statistics.median(times), 1),
        "p99": round(percentile(times, 0.99), 1),
        "most": round(max(times), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed.suggestions", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--lang", default="ru")
    parser.add_argument("--load-s", type=float, default=LOAD_S)
    options = parser.parse_args()
    figures = measure(
        options.corpus,
        options.queries,
        lang=options.lang,
        cache=Path("var/cache"),
        load_s=options.load_s,
    )
    print(json.dumps({"machine": machine.facts(), **figures}, indent=1))


if __name__ == "__main__":
    main()
