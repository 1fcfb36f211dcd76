"""Times the product: build, edit to served, completions, suggest under load, start, memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from bench.library import write_library
from bench.server import Server, memory_mb, running
from search.evaluation.metrics import percentile
from search.generation.files import COMPLETIONS
from search.generation.store import Store
from search.lexical.autocomplete import Completer

EDITS = 7
CLIENTS = 8
LOAD_S = 20.0
COMPLETION_QUERIES = 400
STARTS = 5
POLL_S = 0.1
"""Resolution of the time from an edit to its page: asking without pause would slow the build."""
WATCHER_WARM_UP_S = 20.0
"""After a start the watcher loads the passage encoder; edits made meanwhile wait for it."""


def measure(corpus: Path, queries: Path, *, lang: str, cache: Path) -> dict[str, Any]:
    """All timings on one corpus, served by the real server with two workers."""
    texts = [json.loads(line)["query"] for line in queries.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory(prefix="otvet-bench-") as name:
        root = Path(name)
        articles = write_library(corpus, root / "articles", lang=lang)
        (root / "data").mkdir()
        (root / "data" / "cache").symlink_to(cache.resolve())
        settings = _settings(root, lang)
        build_s = _build(settings)
        figures: dict[str, Any] = {"articles": articles, "warm_build_s": build_s}
        figures["start_to_ready_s"] = _starts(settings)
        figures["completions_in_process_ms"] = _completer(root / "data" / "index", texts, lang)
        with running(settings) as server:
            figures["search_ms"] = _search(server, texts, lang)
            figures["autocomplete_ms"] = _completions(server, texts, lang)
            figures["suggest_load"] = _load(server, texts, lang)
            figures["memory_mb"] = [memory_mb(pid) for pid in server.worker_pids()]
        with running(settings, watch=True) as server:
            figures["edit_to_served_s"] = _edits(server, root / "articles", lang)
    return figures


def cold_build(articles: Path, languages: str, cache: Path) -> dict[str, float]:
    """Build a library with an empty embedding cache; the converted encoder is taken as given."""
    with tempfile.TemporaryDirectory(prefix="otvet-bench-") as name:
        root = Path(name)
        (root / "data" / "cache").mkdir(parents=True)
        for path in cache.iterdir():
            if path.is_dir() and path.name != "evaluation":
                (root / "data" / "cache" / path.name).symlink_to(path.resolve())
        settings = {
            "KB_ARTICLES_DIR": str(articles.resolve()),
            "KB_DATA_DIR": str(root / "data"),
            "KB_LANGUAGES": languages,
        }
        seconds = _build(settings)
        manifest = next((root / "data" / "index" / "generations").glob("*/manifest.json"))
        passages = json.loads(manifest.read_text())["body"]["counts"]["passages"]
        return {"passages": passages, "s": seconds, "passages_per_s": passages / seconds}


def _settings(root: Path, lang: str) -> dict[str, str]:
    return {
        "KB_ARTICLES_DIR": str(root / "articles"),
        "KB_DATA_DIR": str(root / "data"),
        "KB_LANGUAGES": lang,
    }


def _build(settings: Mapping[str, str]) -> float:
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "kb", "build"],
        env={**os.environ, **settings},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.monotonic() - started


def _search(server: Server, texts: Sequence[str], lang: str) -> dict[str, float]:
    def ask(session: requests.Session, text: str) -> None:
        _get(session, server, "/api/v1/search", {"q": text, "locale": lang})

    return _one_client(ask, texts)


def _completions(server: Server, texts: Sequence[str], lang: str) -> dict[str, float]:
    def ask(session: requests.Session, text: str) -> None:
        _get(session, server, "/api/v1/autocomplete", {"q": text, "locale": lang})

    return _one_client(ask, _typed(texts))


def _completer(index: Path, texts: Sequence[str], lang: str) -> dict[str, float]:
    """Without HTTP and its client, which take longer than what is measured."""
    store = Store(index)
    completer = Completer.load(store.path(str(store.current_name())) / COMPLETIONS)
    times = []
    for text in _typed(texts):
        started = time.perf_counter()
        completer.complete(text, lang=lang)
        times.append((time.perf_counter() - started) * 1000)
    return _summary(times)


def _typed(texts: Sequence[str]) -> Sequence[str]:
    """Every prefix of some queries, the way they are typed; COMPLETION_QUERIES of them."""
    typed = [text[:end] for text in texts for end in range(1, len(text) + 1)]
    return typed[:: max(1, len(typed) // COMPLETION_QUERIES)]


def _starts(settings: Mapping[str, str]) -> dict[str, float]:
    times = []
    for _ in range(STARTS):
        with running(settings) as server:
            times.append(server.ready_s)
    return {"n": STARTS, "median": statistics.median(times), "max": max(times)}


def _one_client(
    ask: Callable[[requests.Session, str], None], texts: Sequence[str]
) -> dict[str, float]:
    """Latency seen by one client over loopback, HTTP included."""
    times = []
    with requests.Session() as session:
        ask(session, texts[0])
        for text in texts:
            started = time.perf_counter()
            ask(session, text)
            times.append((time.perf_counter() - started) * 1000)
    return _summary(times)


def _load(server: Server, texts: Sequence[str], lang: str) -> dict[str, float]:
    """`POST /suggest` from CLIENTS threads for LOAD_S seconds."""
    times: list[float] = []
    failures: list[str] = []
    degraded: list[bool] = []
    ends_at = time.monotonic() + LOAD_S

    def client(offset: int) -> None:
        with requests.Session() as session:
            for number in range(10**9):
                if time.monotonic() > ends_at:
                    return
                # Every message differs a little, so that no cache answers for the encoder.
                text = f"{texts[(offset * 7 + number) % len(texts)]} {offset}.{number}"
                started = time.perf_counter()
                reply = session.post(
                    f"{server.url}/api/v1/suggest",
                    json={"message": text[:2000], "locale": lang},
                    headers=server.customer,
                    timeout=10,
                )
                times.append((time.perf_counter() - started) * 1000)
                if reply.status_code == 200:
                    degraded.append(reply.json()["decision"]["policy"].get("degraded", False))
                else:
                    failures.append(str(reply.status_code))

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _summary(times) | {
        "clients": CLIENTS,
        "requests_per_s": len(times) / LOAD_S,
        "errors": len(failures),
        "degraded_share": statistics.fmean(degraded) if degraded else 0.0,
    }


def _edits(server: Server, articles: Path, lang: str) -> dict[str, float]:
    """Seconds from writing a file to every worker serving it, found by polling the page."""
    time.sleep(WATCHER_WARM_UP_S)
    paths = sorted((articles / lang).rglob("*.md"))
    times = []
    for number in range(EDITS):
        path = paths[number * len(paths) // EDITS]
        mark = f"bench-mark-{number}"
        url = f"{server.url}/{path.relative_to(articles).with_suffix('').as_posix()}"
        started = time.monotonic()
        path.write_text(path.read_text("utf-8") + f"\n\n{mark}\n", "utf-8")
        in_a_row, since = 0, started
        while in_a_row < 4 and time.monotonic() < started + 60:
            is_new = mark in requests.get(url, timeout=10).text
            in_a_row = in_a_row + 1 if is_new else 0
            since = time.monotonic() if in_a_row <= 1 else since
            time.sleep(POLL_S)
        times.append(since - started)
        time.sleep(0.5)
    return {"n": len(times), "median": statistics.median(times), "max": max(times)}


def _get(
    session: requests.Session, server: Server, path: str, parameters: Mapping[str, str]
) -> None:
    reply = session.get(f"{server.url}{path}", params=parameters, timeout=10)
    reply.raise_for_status()


def _summary(times: Sequence[float]) -> dict[str, float]:
    return {"n": len(times), "p50": percentile(times, 0.5), "p99": percentile(times, 0.99)}
