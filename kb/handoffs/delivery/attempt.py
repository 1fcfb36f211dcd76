"""One attempt at a delivery, and what it leads to. Runs in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import structlog

from kb.branding.translator import Translator
from kb.database.engine import Database
from kb.deadlines import time_limit
from kb.errors import DatabaseUnavailable
from kb.handoffs import handoffs, outcomes
from kb.handoffs.channels.model import Delivered, DeliveryFailed, Progress
from kb.handoffs.channels.packet import HandoffPacket
from kb.handoffs.delivery import schedule
from kb.handoffs.delivery.ages import DeliveryClock
from kb.handoffs.delivery.lane import Lane, Ways
from kb.handoffs.encryption import CannotUnseal, Sealer
from kb.handoffs.outbox import Due

log = structlog.get_logger(__name__)

AWAY_PAUSE_S = 2.0


@dataclass(frozen=True)
class Task:
    """A delivery to try. `limit_s`: its time, when another way is taken after that."""

    due: Due
    lane: Lane
    age_s: float
    limit_s: float | None


class Attempts:
    """Carries out tasks, each to an end that is written down."""

    def __init__(
        self,
        db: Database,
        ways: Ways,
        sealer: Sealer,
        translator: Translator,
        clock: DeliveryClock,
        *,
        is_broken: Callable[[str], bool],
    ) -> None:
        """`is_broken` tells of another channel whether it works."""
        self._db = db
        self._ways = ways
        self._sealer = sealer
        self._translator = translator
        self._clock = clock
        self._is_broken = is_broken
        self.stopped = threading.Event()

    def run(self, task: Task) -> None:
        """Raises nothing but faults of ours."""
        due = task.due
        try:
            packet = handoffs.packet_of(due.handoff, self._sealer, self._translator)
        except CannotUnseal as error:
            self._hold(due, error)
            return
        started_s = self._clock.steady_s()
        try:
            result = self._deliver(task, packet)
        except DeliveryFailed as error:
            took_s = self._clock.steady_s() - started_s
            self._note_failure(task, error, took_s)
            self._failed(task, error, age_s=task.age_s + took_s)
        except DatabaseUnavailable as error:
            # Progress could not be kept; the lease is released as soon as the database is back.
            log.error("delivery_interrupted", delivery=due.id, reason=str(error))
        except Exception as error:  # a fault of ours must not stop the others' deliveries
            log.exception("delivery_broken", delivery=due.id, channel=due.channel)
            failure = DeliveryFailed(f"fault: {type(error).__name__}")
            self._failed(task, failure, age_s=task.age_s)
        else:
            self._delivered(task, result, self._clock.steady_s() - started_s)

    def _deliver(self, task: Task, packet: HandoffPacket) -> Delivered:
        due = task.due

        def save(progress: Progress) -> None:
            outcomes.save_progress(self._db, due.id, progress)

        with time_limit(task.limit_s) if task.limit_s is not None else nullcontext():
            return task.lane.channel.deliver(due.id, packet, due.progress, save)

    def _delivered(self, task: Task, result: Delivered, took_s: float) -> None:
        due = task.due
        is_back = task.lane.record_success()
        is_fallback = self._ways.is_fallback(due.channel)
        now = self._clock.now
        self._record(
            lambda: outcomes.delivered(self._db, due, result, is_fallback=is_fallback, now=now())
        )
        if is_back:
            log.info("channel_works_again", channel=due.channel)
            self._record(lambda: outcomes.hasten(self._db, due.channel, now=now()))
        log.info(
            "delivered",
            delivery=due.id,
            channel=due.channel,
            attempts=due.attempts,
            duration_ms=round(took_s * 1000),
        )

    def _note_failure(self, task: Task, error: DeliveryFailed, took_s: float) -> None:
        """Final refusals are of this hand-off; one that we cut short may have been on its way."""
        is_cut_short = task.limit_s is not None and took_s >= task.limit_s
        if error.is_final or is_cut_short:
            return
        if task.lane.record_failure():
            log.error("channel_left_alone", channel=task.lane.name, reason=str(error))

    def _failed(self, task: Task, error: DeliveryFailed, *, age_s: float) -> None:
        due, reason = task.due, str(error)
        log.warning(
            "not_delivered",
            delivery=due.id,
            channel=due.channel,
            attempts=due.attempts,
            reason=reason,
        )
        is_quick_over = (
            error.is_final or due.attempts >= schedule.QUICK or age_s >= schedule.PROMISED_S
        )
        now = self._clock.now
        other = self._ways.fallback_of(due.channel)
        if other and (is_quick_over or (task.lane.is_broken and not self._is_broken(other))):
            self._record(lambda: outcomes.fall_back(self._db, due, other, reason, now=now()))
            return
        if is_quick_over:
            self._alarm(due, reason)
        if error.is_final or due.attempts > len(schedule.DELAYS_S):
            self._record(lambda: outcomes.give_up(self._db, due, reason, now=now()))
            return
        pause = schedule.pause(due.attempts, error)
        self._record(
            lambda: outcomes.postpone(self._db, due, reason, until=now() + pause, now=now())
        )

    def _hold(self, due: Due, error: CannotUnseal) -> None:
        """Keep a hand-off that we cannot read, visibly; no other way would help, nor giving up."""
        self._alarm(due, str(error))
        now = self._clock.now
        self._record(
            lambda: outcomes.hold(self._db, due, str(error), until=now() + schedule.HOLD, now=now())
        )

    def _alarm(self, due: Due, reason: str) -> None:
        def mark() -> None:
            if outcomes.mark_failed(self._db, due.handoff.id):
                log.error("handoff_failed", handoff=due.handoff.id, reason=reason)

        self._record(mark)

    def _record(self, write: Callable[[], None]) -> None:
        """Write down what happened, even if the database must be waited for."""
        while True:
            try:
                write()
            except DatabaseUnavailable as error:
                log.error("outcome_not_written_yet", reason=str(error))
            else:
                return
            if self.stopped.wait(AWAY_PAUSE_S):
                return
