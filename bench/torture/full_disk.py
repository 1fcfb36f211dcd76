"""Leave the data folder without a free byte, under load, and see what readers and customers get.

    sudo python -m bench.torture.full_disk DATA_FOLDER --minutes 5 --filesystem tmpfs

A file system of its own (tmpfs, or ext4 in a file) gets the generation of a built data folder; the
really started server serves it. While the disk is full the workers are replaced, and killed once.
Exits with 1 when a page, a search or a suggestion was not answered, when a write was refused
otherwise than by 503, or when something acknowledged is not in the database in the end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests

from bench.server import Server, running
from kb.handoffs.channels.webhook.channel import new_secret

SIZE_MB = 640
READERS, CUSTOMERS = 3, 2
PAUSE_S = 0.1
TIMEOUT_S = 10.0
CALM_S = 10.0
"""Before the disk is full, and after there is room again."""
KILLED = "full, a worker killed"
READS = ("/en/", "/ru/", "/en/search?q=refund", "/ru/search?q=гарантия", "/readyz", "/metrics")


@dataclass
class Outcomes:
    """Answers by what was asked for, and what was acknowledged; filled by many threads."""

    statuses: dict[str, Counter[str]] = field(default_factory=dict)
    read_s: list[float] = field(default_factory=list)
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, status: str, seconds: float) -> None:
        with self.lock:
            self.statuses.setdefault(name, Counter())[status] += 1
            if name in {"page", "suggest"}:
                self.read_s.append(seconds)

    def acknowledge(self, table: str, row: str) -> None:
        with self.lock:
            self.acknowledged.setdefault(table, set()).add(row)


class Load:
    """Readers and customers, each a thread, until `stop`."""

    def __init__(self, server: Server, outcomes: Outcomes) -> None:
        self._server = server
        self._outcomes = outcomes
        self.phase = "before"
        self._is_over = threading.Event()
        kinds = [self._read] * READERS + [self._ask] * CUSTOMERS
        self._threads = [threading.Thread(target=self._loop, args=(one,)) for one in kinds]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _loop(self, work: Callable[[requests.Session], None]) -> None:
        with requests.Session() as session:
            while not self._is_over.wait(PAUSE_S):
                work(session)

    def _read(self, session: requests.Session) -> None:
        for path in READS:
            self._request(session, "page", "GET", path)

    def _ask(self, session: requests.Session) -> None:
        """A suggestion, a verdict on it, and a hand-off, as a widget sends them."""
        visit = f"ses_{uuid.uuid4().hex}"
        question = {"message": "where is my money", "locale": "en", "session_id": visit}
        found = self._post(session, "suggest", question)
        if found and found["results"]:
            verdict = {
                "interaction_token": found["interaction_token"],
                "article_id": found["results"][0]["article"]["id"],
                "verdict": "solved",
            }
            if self._post(session, "feedback", verdict):
                self._outcomes.acknowledge("feedback", found["suggestion_id"])
        handoff = {"message": "help me", "locale": "en", "session_id": visit}
        if made := self._post(session, "handoffs", handoff):
            self._outcomes.acknowledge("handoffs", made["id"])

    def _post(self, session: requests.Session, name: str, body: dict[str, Any]) -> Any:
        headers = self._server.customer | {"Idempotency-Key": uuid.uuid4().hex}
        reply = self._request(session, name, "POST", f"/api/v1/{name}", json=body, headers=headers)
        return reply.json() if reply is not None and reply.ok else None

    def _request(
        self, session: requests.Session, name: str, method: str, path: str, **sent: Any
    ) -> requests.Response | None:
        started, phase = time.monotonic(), self.phase
        url = self._server.url + path
        try:
            try:
                reply = session.request(method, url, timeout=TIMEOUT_S, **sent)
            except requests.ConnectionError:
                # A kept connection that a server just closed: browsers and proxies ask again, too.
                reply = session.request(method, url, timeout=TIMEOUT_S, **sent)
            status = str(reply.status_code)
        except requests.RequestException as error:
            reply, status, phase = None, type(error).__name__, self.phase
        self._outcomes.add(name, f"{phase} {status}", time.monotonic() - started)
        return reply


@contextmanager
def mounted(kind: str) -> Iterator[Path]:
    """An empty file system of SIZE_MB."""
    with tempfile.TemporaryDirectory(prefix="otvet-full-") as name:
        folder, image = Path(name) / "data", Path(name) / "image"
        folder.mkdir()
        if kind == "ext4":
            with image.open("wb") as file:
                file.truncate(SIZE_MB << 20)
            _run("mkfs.ext4", "-q", "-m", "0", str(image))
            _run("mount", "-o", "loop", str(image), str(folder))
        else:
            _run("mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder))
        try:
            yield folder
        finally:
            _run("umount", "--lazy", str(folder))


class Filler:
    """Takes every byte there is, again and again, for logs and journals give some back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Filler:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        for path in self._folder.glob("filler-*"):
            path.unlink()

    def _run(self) -> None:
        number = 0
        while not self._is_over.is_set():
            number += 1
            with suppress(OSError), open(self._folder / f"filler-{number}", "wb", 0) as file:
                for size in (1 << 20, 4096, 1):
                    with suppress(OSError):
                        while not self._is_over.is_set():
                            file.write(bytes(size))
            self._is_over.wait(0.2)


def torture(data: Path, *, minutes: float, filesystem: str) -> Outcomes:
    outcomes = Outcomes()
    with mounted(filesystem) as folder:
        shutil.copytree(data / "index", folder / "index", symlinks=True)
        settings = {
            "KB_DATA_DIR": str(folder),
            "KB_WEBHOOK_URL": "http://127.0.0.1:9/none",
            "KB_WEBHOOK_SECRET": new_secret(),
            "KB_ALLOWED_NETWORKS": "127.0.0.0/8",
        }
        with running(settings) as server:
            load = Load(server, outcomes)
            load.start()
            try:
                _phases(load, server, folder, 60 * minutes)
            finally:
                load.stop()
        _check(outcomes, folder / "otvet.sqlite")
    return outcomes


def _phases(load: Load, server: Server, folder: Path, full_s: float) -> None:
    time.sleep(CALM_S)
    with Filler(folder):
        time.sleep(1.0)
        load.phase = "full"
        time.sleep(full_s / 3)
        load.phase = "full, workers replaced"
        os.kill(server.pid, signal.SIGHUP)
        time.sleep(full_s / 3)
        load.phase = KILLED
        psutil.Process(server.worker_pids()[0]).kill()
        time.sleep(full_s / 3)
    load.phase = "room again"
    time.sleep(CALM_S)
    load.phase = "after"
    time.sleep(CALM_S)


def _check(outcomes: Outcomes, database: Path) -> None:
    """Count what was acknowledged and is not there."""
    queries = {
        "feedback": "SELECT suggestion_id FROM feedback",
        "handoffs": "SELECT id FROM handoffs",
    }
    with sqlite3.connect(database) as connection:
        for table, rows in outcomes.acknowledged.items():
            found = connection.execute(queries[table]).fetchall()
            lost = rows - {row for (row,) in found}
            outcomes.statuses.setdefault("kept", Counter())[f"{table} {len(rows)}"] = len(rows)
            outcomes.statuses.setdefault("lost", Counter())[table] = len(lost)


def faults(outcomes: Outcomes) -> list[str]:
    """Sentences on what should not have been; a write may be refused, as long as it says so."""
    found = [f"lost {table}: {n}" for table, n in outcomes.statuses["lost"].items() if n]
    for name in ("page", "suggest", "feedback", "handoffs"):
        is_write = name in {"feedback", "handoffs"}
        counts = outcomes.statuses[name]
        for outcome, count in counts.items():
            phase, _, status = outcome.rpartition(" ")
            good = {"200", "201", "503"} if is_write else {"200"}
            if phase == KILLED:
                good |= {"ConnectionError", "ChunkedEncodingError"}  # in the killed one's hands
            if status not in good:
                found.append(f"{name}: {outcome} × {count}")
        if is_write and not counts["after 200"] + counts["after 201"]:
            found.append(f"{name}: still refused although there is room")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.torture.full_disk", description=__doc__)
    parser.add_argument("data", type=Path, help="data folder of a built site")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--filesystem", choices=("tmpfs", "ext4"), default="tmpfs")
    options = parser.parse_args()
    outcomes = torture(options.data, minutes=options.minutes, filesystem=options.filesystem)
    for name, statuses in outcomes.statuses.items():
        print(name, dict(sorted(statuses.items())))
    cuts = statistics.quantiles(outcomes.read_s, n=100)
    times = f"p50 {cuts[49]:.3f} s, p99 {cuts[98]:.3f} s"
    print(f"pages and suggestions: n {len(outcomes.read_s)}, {times}")
    found = faults(outcomes)
    print(*found, sep="\n")
    return 1 if found else 0


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
