"""Kill -9 the server and the delivering worker again and again, and count what gets lost.

    python -m bench.torture.handoffs --handoffs 200

Customers send hand-offs to the really running server and try again until they are acknowledged;
a receiver of our own takes the webhooks, now and then after the sender has given up. Exits with 1
when an acknowledged hand-off was not delivered, or delivered under two ids.
`tests/campaigns/test_handoff_kills.py` runs a few cycles of the same.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import requests

from bench.server import SECRET_KEY, reserved_port
from kb.accounts.api_keys import demo_key
from kb.handoffs.channels.webhook import new_secret

PAUSE_S = (0.1, 1.5)
"""Between two kills."""
MOST_IN_A_ROW = 3
"""Kills without a hand-off acknowledged between them: a machine that starts a server more slowly
than it is killed would never get anywhere."""
POLL_S = 0.05
SLOW_SHARE = 0.1
"""Of deliveries the receiver answers only after its sender may be dead."""
SLOW_S = 1.0
CUSTOMERS = 4
CUSTOMER_PAUSE_S = 1.0
"""At most, between two hand-offs of one customer: they must go on while processes are killed."""
DELIVERY_TIMEOUT_S = 240.0


@dataclass(frozen=True)
class Report:
    """Events of a trial. `repeated` counts deliveries that came again under the same id."""

    acknowledged: int
    kills_of_all: int
    kills_of_worker: int
    kills_of_servers: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    """Hand-offs that came under two ids."""
    repeated: int
    failed: int
    """Acknowledged, and shown as failed to the customer at the end."""
    seconds: float


@dataclass
class Receiver:
    """A help desk: hand-off id → the ids it was delivered under, with how often."""

    got: dict[str, Counter[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, handoff: str, delivery: str) -> None:
        with self.lock:
            self.got.setdefault(handoff, Counter())[delivery] += 1


def torture(root: Path, *, handoffs: int, kills: int, seed: int) -> Report:
    """Make `handoffs` while at least `kills` processes are killed; then wait for deliveries."""
    chance = random.Random(seed)
    receiver = Receiver()
    started = time.monotonic()
    done: Counter[str] = Counter()
    with listening(receiver, chance) as desk, reserved_port() as port:
        settings = _settings(root, desk)
        process = _start(settings, port)
        made = _Customers(port, handoffs)
        made.start()
        try:
            known, in_a_row = 0, 0
            while made.is_busy or sum(done.values()) < kills:
                time.sleep(chance.uniform(*PAUSE_S))
                while made.is_busy and in_a_row >= MOST_IN_A_ROW and known == len(made.tokens):
                    time.sleep(POLL_S)
                in_a_row = in_a_row + 1 if known == len(made.tokens) else 1
                known = len(made.tokens)
                kind = chance.choice(("all", "worker", "servers"))
                done[kind] += 1
                if kind == "all":
                    _kill_tree(process)
                    process = _start(settings, port)
                else:
                    _kill_children(process, kind)
            made.join()
            _wait_for(receiver, made.acknowledged)
            failed = made.failed()
        finally:
            _kill_tree(process)
    ids = made.acknowledged
    return Report(
        acknowledged=len(ids),
        kills_of_all=done["all"],
        kills_of_worker=done["worker"],
        kills_of_servers=done["servers"],
        lost=tuple(sorted(set(ids) - set(receiver.got))),
        twice=tuple(sorted(one for one, under in receiver.got.items() if len(under) > 1)),
        repeated=sum(sum(under.values()) - 1 for under in receiver.got.values()),
        failed=failed,
        seconds=round(time.monotonic() - started, 1),
    )


class _Customers:
    """Threads that hand off until every one of their messages was acknowledged."""

    def __init__(self, port: int, handoffs: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._headers = {
            "Authorization": f"Bearer {demo_key(SECRET_KEY)}",
            "Origin": self._url,
        }
        share, rest = divmod(handoffs, CUSTOMERS)
        self._threads = [
            threading.Thread(target=self._run, args=(share + (number < rest),))
            for number in range(CUSTOMERS)
        ]
        self.tokens: dict[str, str] = {}

    @property
    def acknowledged(self) -> list[str]:
        return list(self.tokens)

    @property
    def is_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def failed(self) -> int:
        """Number of those that the server calls failed."""
        statuses = []
        for handoff, token in self.tokens.items():
            body = {"id": handoff, "status_token": token}
            statuses.append(self._until_answered("/api/v1/handoffs/status", body)["status"])
        return statuses.count("failed")

    def _run(self, count: int) -> None:
        for number in range(count):
            body = {
                "message": f"where is my money {number}",
                "session_id": f"ses_{uuid.uuid4().hex}",
            }
            reply = self._until_answered("/api/v1/handoffs", body)
            self.tokens[reply["id"]] = reply["status_token"]
            time.sleep(random.uniform(0, CUSTOMER_PAUSE_S))

    def _until_answered(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = self._headers | {"Idempotency-Key": uuid.uuid4().hex}
        while True:
            with suppress(requests.RequestException):
                reply = requests.post(self._url + path, json=body, headers=headers, timeout=5)
                if reply.status_code in (200, 201):
                    found: dict[str, Any] = reply.json()
                    return found
            time.sleep(0.05)


@contextmanager
def listening(receiver: Receiver, chance: random.Random) -> Iterator[str]:
    """The address of a help desk that takes webhooks."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.take(event["data"]["id"], self.headers["webhook-id"])
            if chance.random() < SLOW_SHARE:
                time.sleep(SLOW_S)
            with suppress(OSError):  # its sender may have been killed
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _settings(root: Path, desk: str) -> dict[str, str]:
    return {
        "KB_DATA_DIR": str(root),
        "KB_ARTICLES_DIR": str(root / "none"),
        "KB_SECRET_KEY": SECRET_KEY,
        "KB_DEMO": "1",
        "KB_RATE_LIMITS": "0",
        "KB_WEBHOOK_URL": desk,
        "KB_WEBHOOK_SECRET": new_secret(),
        "KB_ALLOWED_NETWORKS": "127.0.0.0/8",
        "KB_CONTACT_EMAIL": "help@example.com",
    }


def _start(settings: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    """The server with its workers and the process that delivers."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return subprocess.Popen(
        [sys.executable, "-m", "kb", "serve", "--port", str(port)],
        env=environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Everything at once, as when the machine loses power but for its disk."""
    with suppress(psutil.Error):
        family = [
            *psutil.Process(process.pid).children(recursive=True),
            psutil.Process(process.pid),
        ]
        for one in reversed(family):
            with suppress(psutil.Error):
                one.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)
    process.wait()


def _kill_children(process: subprocess.Popen[bytes], kind: str) -> None:
    """The delivering worker, or all serving processes; the supervisor starts them anew."""
    with suppress(psutil.Error):
        for child in psutil.Process(process.pid).children():
            with suppress(psutil.Error):
                if ("worker" in child.cmdline()) == (kind == "worker"):
                    child.send_signal(signal.SIGKILL)


def _wait_for(receiver: Receiver, ids: list[str]) -> None:
    deadline = time.monotonic() + DELIVERY_TIMEOUT_S
    while not set(ids) <= set(receiver.got) and time.monotonic() < deadline:
        time.sleep(0.2)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.torture.handoffs", description=__doc__)
    parser.add_argument("--handoffs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="otvet-kills-") as name:
        report = torture(
            Path(name), handoffs=options.handoffs, kills=options.kills, seed=options.seed
        )
    print(report)
    return 1 if report.lost or report.twice else 0


if __name__ == "__main__":
    sys.exit(main())
