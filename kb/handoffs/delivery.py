"""Delivers hand-offs from the outbox: when to try, when to fall back, when to raise an alarm.

One worker is enough; several share the outbox without doing anything twice. A hand-off is
delivered, or visibly failed and still tried; its id is the same in every attempt.
"""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from kb.branding.translator import Translator
from kb.config import Config
from kb.database import retention
from kb.database.engine import Database
from kb.errors import DatabaseUnavailable
from kb.handoffs import handoffs, outbox
from kb.handoffs.channels.model import Channel, DeliveryFailed, Progress
from kb.handoffs.encryption import CannotUnseal, Sealer
from kb.handoffs.outbox import Due

log = structlog.get_logger(__name__)

POLL_S = 0.5
SWEEP_EVERY_S = 3600.0
AWAY_PAUSE_S = 2.0

QUICK = 3
"""Attempts before another way is taken, or the alarm raised."""
QUICK_FOR = timedelta(seconds=60)
DELAYS_S = (2.0, 8.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Pauses after failures: two quick ones, then the schedule of Standard Webhooks."""
HOLD = timedelta(seconds=30)
"""Pause before a hand-off that cannot be unsealed is tried again: the key may be back."""
JITTER = 0.2
MOST_RETRY_AFTER_S = 3600.0


@dataclass(frozen=True)
class Ways:
    """The channels of this site's hand-offs; `fallback` None when there is no other way."""

    primary: Channel | None
    fallback: Channel | None

    def named(self, name: str) -> Channel | None:
        """The channel a delivery was made for; it may have been switched off since."""
        for channel in (self.primary, self.fallback):
            if channel and channel.name == name:
                return channel
        return None


class Deliverer:
    """Works through the outbox. `now` is the wall clock, in UTC."""

    def __init__(
        self,
        db: Database,
        ways: Ways,
        sealer: Sealer,
        config: Config,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._db = db
        self._ways = ways
        self._sealer = sealer
        self._config = config
        self._translator = Translator(config.site_dir)
        self._now = now
        self._owner = f"{_host()}:{os.getpid()}:{_started(os.getpid())}"
        self._swept_at = -SWEEP_EVERY_S

    def run(self, stopped: threading.Event) -> None:
        """Deliver until told to stop; survives whatever happens to the database."""
        while not stopped.is_set():
            try:
                self._release_abandoned()
                while not stopped.is_set() and self.step():
                    pass
                self._sweep()
            except DatabaseUnavailable as error:
                log.error("hand-offs wait for the database", reason=str(error))
                stopped.wait(AWAY_PAUSE_S)
            stopped.wait(POLL_S)

    def step(self) -> bool:
        """Try the delivery that has been due longest; False when none is due.

        Raises DatabaseUnavailable.
        """
        due = outbox.take(self._db, owner=self._owner, now=self._now())
        if due is None:
            return False
        channel = self._ways.named(due.channel)
        if channel is None:
            self._failed(due, DeliveryFailed(f"the channel {due.channel} is not set up"))
            return True
        try:
            packet = handoffs.packet_of(due.handoff, self._sealer, self._translator)
        except CannotUnseal as error:
            self._hold(due, error)
            return True

        def save(progress: Progress) -> None:
            outbox.save_progress(self._db, due.id, progress)

        started = time.monotonic()
        try:
            result = channel.deliver(due.id, packet, due.progress, save)
        except DeliveryFailed as error:
            self._failed(due, error)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # a fault of ours must not stop the others' deliveries
            log.exception("delivery_broken", delivery=due.id, channel=due.channel)
            self._failed(due, DeliveryFailed(f"fault: {type(error).__name__}"))
        else:
            is_fallback = bool(self._ways.primary) and channel is not self._ways.primary
            outbox.delivered(self._db, due, result, is_fallback=is_fallback, now=self._now())
            took_ms = round((time.monotonic() - started) * 1000)
            log.info("delivered", delivery=due.id, attempts=due.attempts, duration_ms=took_ms)
        return True

    def _failed(self, due: Due, error: DeliveryFailed) -> None:
        now = self._now()
        log.warning(
            "not_delivered",
            delivery=due.id,
            channel=due.channel,
            attempts=due.attempts,
            reason=str(error),
        )
        is_quick_over = error.is_final or due.attempts >= QUICK or now - due.created_at >= QUICK_FOR
        fallback = self._ways.fallback
        if is_quick_over and fallback and fallback.name != due.channel:
            outbox.fall_back(self._db, due, fallback.name, str(error), now=now)
            return
        if is_quick_over and outbox.mark_failed(self._db, due.handoff.id):
            log.error("handoff_failed", handoff=due.handoff.id, reason=str(error))
        if error.is_final or due.attempts > len(DELAYS_S):
            outbox.give_up(self._db, due, str(error), now=now)
            return
        outbox.postpone(self._db, due, str(error), until=now + _pause(due.attempts, error))

    def _hold(self, due: Due, error: CannotUnseal) -> None:
        """Keep a hand-off that we cannot read, visibly; no other way would help, nor giving up."""
        now = self._now()
        if outbox.mark_failed(self._db, due.handoff.id):
            log.error("handoff_failed", handoff=due.handoff.id, reason=str(error))
        outbox.hold(self._db, due, str(error), until=now + HOLD)

    def _release_abandoned(self) -> None:
        """Take up what workers of this machine had taken that are gone."""
        host = _host()
        freed = outbox.release(self._db, _living(host), host=host, now=self._now())
        if freed:
            log.info("taken_over", deliveries=freed)

    def _sweep(self) -> None:
        if time.monotonic() - self._swept_at < SWEEP_EVERY_S:
            return
        self._swept_at = time.monotonic()
        swept = retention.sweep(self._db, self._config, now=self._now())
        if swept.contacts or swept.rows:
            log.info("swept", contacts=swept.contacts, rows=swept.rows)


def _pause(attempts: int, error: DeliveryFailed) -> timedelta:
    jitter = random.uniform(1, 1 + JITTER)  # noqa: S311 – guards no secret
    delay_s = DELAYS_S[min(attempts, len(DELAYS_S)) - 1] * jitter
    if error.retry_after_s is not None:
        delay_s = max(delay_s, min(error.retry_after_s, MOST_RETRY_AFTER_S))
    return timedelta(seconds=delay_s)


def _living(host: str) -> list[str]:
    """Owners that processes of this machine could have: a number is used again, a start is not."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        started = _started(int(path.name))
        if started:
            found.append(f"{host}:{path.name}:{started}")
    return found


def _started(pid: int) -> str:
    """The start of a process, in ticks since that of the machine; "" for one that is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _host() -> str:
    """Name of this machine or container: where process numbers mean the same."""
    namespace = os.stat("/proc/self/ns/pid").st_ino
    return f"{socket.gethostname()[:30]}-{namespace}"
