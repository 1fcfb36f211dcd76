"""Receivers of hand-offs for trials: a help desk with moods, and a mailbox."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from bench.server import reserved_port

Mood = Literal["failing", "hanging", "slow", "right"]
MOODS: tuple[Mood, ...] = ("failing", "hanging", "slow", "right")
SLOW_S = 3.0
LATE_SHARE = 0.1
"""Of deliveries a receiver in its right mood answers only after its sender may be dead."""
LATE_S = 1.0
HANGING_S = 40.0
"""Longer than any sender waits."""
HANGS_FOR_S = 90.0
"""Time for which it hangs at least: above the minute, and the time until mail has it."""
PATIENCE_S = 60.0


@dataclass
class Receiver:
    """Hand-off id → the ids it came under, with how often, and when it was received first."""

    got: dict[str, Counter[str]] = field(default_factory=dict)
    """All that was seen, answered or not."""
    received_at: dict[str, float] = field(default_factory=dict)
    """All whose sender was told so, if it lived; by `time.monotonic`."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def see(self, handoff: str, delivery: str) -> None:
        with self.lock:
            self.got.setdefault(handoff, Counter())[delivery] += 1

    def receive(self, handoff: str) -> None:
        with self.lock:
            self.received_at.setdefault(handoff, time.monotonic())

    @property
    def twice(self) -> set[str]:
        """Hand-offs that came under two ids."""
        return {handoff for handoff, under in self.got.items() if len(under) > 1}

    @property
    def repeated(self) -> int:
        """Number of times that one came again under its id."""
        return sum(sum(under.values()) - 1 for under in self.got.values())


@dataclass
class HelpDesk(Receiver):
    """Takes webhooks, in whatever mood it is."""

    mood: Mood = "right"
    url: str = ""
    is_closing: threading.Event = field(default_factory=threading.Event)

    def answer(self, handoff: str, delivery: str, chance: random.Random) -> int | None:
        """The status of an answer; None for none at all."""
        mood = self.mood
        if mood == "failing":
            return 500
        self.see(handoff, delivery)
        if mood == "hanging":
            self.is_closing.wait(HANGING_S)
            return None
        if mood == "slow":
            time.sleep(SLOW_S)
        self.receive(handoff)
        if chance.random() < LATE_SHARE:
            time.sleep(LATE_S)
        return 200


class MoodCycle:
    """Moods of a help desk, one after the other; it hangs for longer than anybody may wait."""

    def __init__(self, desk: HelpDesk, moods: Sequence[Mood]) -> None:
        self._desk = desk
        self._moods = moods
        self._number = 0
        self._began_at = time.monotonic()
        desk.mood = moods[0]

    @property
    def is_last(self) -> bool:
        return self._number + 1 == len(self._moods)

    def turn(self, *, share: float) -> None:
        """Go on to the next mood when this `share` of all hand-offs is beyond the present one."""
        is_over = share * len(self._moods) >= self._number + 1
        lasted_s = time.monotonic() - self._began_at
        is_hanging_on = self._desk.mood == "hanging" and lasted_s < HANGS_FOR_S
        if is_over and not is_hanging_on and not self.is_last:
            self._number += 1
            self._began_at = time.monotonic()
            self._desk.mood = self._moods[self._number]


@contextmanager
def help_desk(chance: random.Random) -> Iterator[HelpDesk]:
    """A help desk that listens on this machine."""
    desk = HelpDesk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            with suppress(OSError):  # its sender may have been killed
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = desk.answer(event["data"]["id"], self.headers["webhook-id"], chance)
                if status is None:
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    desk.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield desk
    finally:
        desk.is_closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailbox(Receiver):
    """Takes letters, by SMTP."""

    url: str = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content)
        handoff = str(letter["X-Otvet-Handoff"])
        self.see(handoff, str(letter["Message-ID"]))
        self.receive(handoff)
        return "250 taken"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server on this machine."""
    from aiosmtpd.controller import Controller

    box = Mailbox()
    with reserved_port() as port:
        controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE_S)
        controller.start()
        box.url = f"smtp://127.0.0.1:{port}"
        try:
            yield box
        finally:
            controller.stop()
