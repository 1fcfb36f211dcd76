"""Kill -9 the server and the delivering worker again and again, and count what gets lost.

    python -m bench.torture.handoffs --handoffs 500

Customers send hand-offs to the really running server and try again until they are acknowledged.
A help desk fails, hangs, is slow and is right, one mood after the other; a mailbox takes what goes
out by the other way. Exits with 1 when an acknowledged hand-off was neither received nor visibly
failed, came under two ids, or reached the mailbox too late.
`tests/campaigns/test_handoff_kills.py` runs a few cycles of the same.
"""

from __future__ import annotations

import argparse
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
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from bench.server import SECRET_KEY, reserved_port
from bench.torture.receivers import MOODS, HelpDesk, Mailbox, Mood, MoodCycle, help_desk, mailbox
from kb.accounts.api_keys import demo_key
from kb.database.engine import Database
from kb.errors import DatabaseUnavailable
from kb.handoffs import signs_of_life
from kb.handoffs.channels.webhook.channel import new_secret
from kb.handoffs.delivery.owner import is_gone

PAUSE_S = (0.1, 3.0)
"""Between two kills."""
MOST_IN_A_ROW = 3
"""Kills without a hand-off acknowledged between them: a machine that starts a server more slowly
than it is killed would never get anywhere. For the same reason no worker is killed that has not
begun to deliver."""
POLL_S = 0.05
CUSTOMERS = 4
CUSTOMER_PAUSE_S = 1.0
"""At most, between two hand-offs of one customer: they must go on while processes are killed."""
DELIVERY_TIMEOUT_S = 240.0
WORKER_TIMEOUT_S = 60.0
FALLBACK_S = 75.0
"""The minute that is promised, and the time of an attempt by mail."""
RECEIVED = ("delivered", "fallback_email")


@dataclass(frozen=True)
class Report:
    """Events of a trial. `repeated` counts deliveries that came again under the same id."""

    acknowledged: int
    kills_of_all: int
    kills_of_worker: int
    kills_of_servers: int
    by_desk: int
    by_mail: int
    by_both: int
    lost: tuple[str, ...]
    """Acknowledged, received by nobody, and not shown as failed."""
    wrong: tuple[str, ...]
    """Shown as received, and received by nobody."""
    twice: tuple[str, ...]
    """Hand-offs that came under two ids."""
    repeated: int
    failed: int
    """Acknowledged, and shown as failed to the customer at the end."""
    longest_s: float
    """From the acknowledgement to the first receiver."""
    fallback_s: float
    """The same, of those that only the mailbox received."""
    seconds: float

    @property
    def is_sound(self) -> bool:
        return not (self.lost or self.wrong or self.twice) and self.fallback_s <= FALLBACK_S


def torture(
    root: Path, *, handoffs: int, kills: int, seed: int, moods: Sequence[Mood] = MOODS
) -> Report:
    """Make `handoffs` while at least `kills` processes are killed; then wait for deliveries.

    The help desk is in each of `moods` for its share of the hand-offs, in the last one at the end;
    a mailbox is set up where it is not always right.
    """
    chance = random.Random(seed)
    started = time.monotonic()
    with ExitStack() as stack:
        desk = stack.enter_context(help_desk(chance))
        box = stack.enter_context(mailbox())
        port = stack.enter_context(reserved_port())
        settings = _settings(root, desk.url, box.url if set(moods) != {"right"} else "")
        made = _Customers(port, handoffs)
        done = _while_killing(made, desk, settings, port, kills, chance, moods)
        statuses = made.statuses
    return _report(made, desk, box, done, statuses, time.monotonic() - started)


def _while_killing(
    made: _Customers,
    desk: HelpDesk,
    settings: dict[str, str],
    port: int,
    kills: int,
    chance: random.Random,
    moods: Sequence[Mood],
) -> Counter[str]:
    """Let customers hand off while processes are killed; how often which were."""
    done: Counter[str] = Counter()
    database = Database.from_url(f"sqlite:///{settings['KB_DATA_DIR']}/otvet.sqlite")
    process = _start(settings, port)
    cycle = MoodCycle(desk, moods)
    made.start()
    try:
        known, in_a_row = 0, 0
        while made.is_busy or sum(done.values()) < kills or not cycle.is_last:
            _wait_for_worker(database)
            time.sleep(chance.uniform(*PAUSE_S))
            while made.is_busy and in_a_row >= MOST_IN_A_ROW and known == len(made.tokens):
                time.sleep(POLL_S)
            in_a_row = in_a_row + 1 if known == len(made.tokens) else 1
            known = len(made.tokens)
            cycle.turn(share=known / made.count)
            kind = chance.choice(("all", "worker", "servers"))
            done[kind] += 1
            if kind == "all":
                _kill_tree(process)
                process = _start(settings, port)
            else:
                _kill_children(process, kind)
        made.join()
        made.wait_until_told()
    finally:
        _kill_tree(process)
    return done


def _report(
    made: _Customers,
    desk: HelpDesk,
    box: Mailbox,
    done: Counter[str],
    statuses: dict[str, str],
    seconds: float,
) -> Report:
    ids = set(made.tokens)
    by_desk, by_mail = ids & set(desk.received_at), ids & set(box.received_at)
    received = by_desk | by_mail
    waits = {
        one: min(at[one] for at in (desk.received_at, box.received_at) if one in at)
        - made.acknowledged_at[one]
        for one in received
    }
    return Report(
        acknowledged=len(ids),
        kills_of_all=done["all"],
        kills_of_worker=done["worker"],
        kills_of_servers=done["servers"],
        by_desk=len(by_desk),
        by_mail=len(by_mail),
        by_both=len(by_desk & by_mail),
        lost=tuple(sorted(one for one in ids - received if statuses[one] != "failed")),
        wrong=tuple(sorted(one for one in ids - received if statuses[one] in RECEIVED)),
        twice=tuple(sorted(desk.twice | box.twice)),
        repeated=desk.repeated + box.repeated,
        failed=list(statuses.values()).count("failed"),
        longest_s=round(max(waits.values(), default=0.0), 1),
        fallback_s=round(max((waits[one] for one in by_mail - by_desk), default=0.0), 1),
        seconds=round(seconds, 1),
    )


class _Customers:
    """Threads that hand off until every one of their messages was acknowledged."""

    def __init__(self, port: int, handoffs: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._headers = {
            "Authorization": f"Bearer {demo_key(SECRET_KEY)}",
            "Origin": self._url,
        }
        self.count = handoffs
        share, rest = divmod(handoffs, CUSTOMERS)
        self._threads = [
            threading.Thread(target=self._run, args=(share + (number < rest),))
            for number in range(CUSTOMERS)
        ]
        self.tokens: dict[str, str] = {}
        self.acknowledged_at: dict[str, float] = {}
        self.statuses: dict[str, str] = {}

    @property
    def is_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def wait_until_told(self) -> None:
        """Ask after every hand-off until all are received or failed, or it takes too long."""
        deadline = time.monotonic() + DELIVERY_TIMEOUT_S
        waiting = list(self.tokens)
        while waiting:
            for handoff in waiting:
                body = {"id": handoff, "status_token": self.tokens[handoff]}
                reply = self._until_answered("/api/v1/handoffs/status", body)
                self.statuses[handoff] = reply["status"]
            waiting = [one for one in waiting if self.statuses[one] not in RECEIVED]
            if time.monotonic() > deadline:
                return
            time.sleep(0.2)

    def _run(self, count: int) -> None:
        for number in range(count):
            body = {
                "message": f"where is my money {number}",
                "session_id": f"ses_{uuid.uuid4().hex}",
            }
            reply = self._until_answered("/api/v1/handoffs", body)
            self.acknowledged_at[reply["id"]] = time.monotonic()
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


def _settings(root: Path, desk: str, mail: str) -> dict[str, str]:
    return {
        "KB_DATA_DIR": str(root),
        "KB_ARTICLES_DIR": str(root / "none"),
        "KB_SECRET_KEY": SECRET_KEY,
        "KB_DEMO": "1",
        "KB_RATE_LIMITS": "0",
        "KB_WEBHOOK_URL": desk,
        "KB_SMTP_URL": mail,
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


def _wait_for_worker(database: Database) -> None:
    """Return when a process delivers, or none has come up for long."""
    deadline = time.monotonic() + WORKER_TIMEOUT_S
    while time.monotonic() < deadline:
        with suppress(DatabaseUnavailable):
            if any(not is_gone(owner) for owner in signs_of_life.owners(database)):
                return
        time.sleep(POLL_S)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.torture.handoffs", description=__doc__)
    parser.add_argument("--handoffs", type=int, default=500)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="otvet-kills-") as name:
        report = torture(
            Path(name), handoffs=options.handoffs, kills=options.kills, seed=options.seed
        )
    print(report)
    return 0 if report.is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
