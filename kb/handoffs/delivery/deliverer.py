"""Works through the outbox: a queue for each channel, several attempts at once, and a clock beside.

One worker is enough; several share the outbox without doing anything twice. A hand-off is
delivered, or visibly failed and still tried; its id is the same in every attempt. The loop itself
never waits for a receiver, so that what was promised for a minute is kept however receivers hang.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import structlog

from kb.branding.translator import Translator
from kb.config import Config
from kb.database import retention
from kb.database.engine import Database
from kb.errors import DatabaseUnavailable
from kb.handoffs import outbox, outcomes, signs_of_life
from kb.handoffs.delivery import owner, schedule
from kb.handoffs.delivery.ages import SYSTEM_CLOCK, Ages, DeliveryClock
from kb.handoffs.delivery.attempt import AWAY_PAUSE_S, Attempts, Task
from kb.handoffs.delivery.lane import Lane, Ways
from kb.handoffs.encryption import Sealer
from kb.handoffs.outbox import Due, WaitingDelivery

log = structlog.get_logger(__name__)

POLL_S = 0.5
MOST_A_ROUND = 100
"""Hand-offs that take another way at once: a transaction must stay short."""
SWEEP_EVERY_S = 3600.0
SWEEP_AGAIN_S = 300.0
"""After a sweep that could not delete all it should."""
GRACE_S = 4.0
"""For attempts under way when the process is told to stop; what is left is done again."""
LATE = f"not received within {schedule.PROMISED_S:.0f} seconds"
BROKEN = "its channel has stopped delivering"


def in_thread(work: Callable[[], None]) -> None:
    """Run an attempt; a daemon, for a receiver that hangs must not keep the process."""
    threading.Thread(target=work, name="delivery", daemon=True).start()


class Deliverer:
    """Delivers what is due, by the channels of this site."""

    def __init__(
        self,
        db: Database,
        ways: Ways,
        sealer: Sealer,
        config: Config,
        *,
        clock: DeliveryClock = SYSTEM_CLOCK,
        start: Callable[[Callable[[], None]], None] = in_thread,
    ) -> None:
        """`start` runs an attempt, at once or beside."""
        self._db = db
        self._ways = ways
        self._config = config
        self._clock = clock
        self._start = start
        self._owner = owner.own_name()
        self._lanes: dict[str, Lane] = {}
        for channel in (ways.primary, ways.fallback):
            if channel:
                self._lane(channel.name)
        self._attempts = Attempts(
            db,
            ways,
            sealer,
            Translator(config.site_dir),
            clock,
            is_broken=lambda name: self._lane(name).is_broken,
        )
        self._ages = Ages(clock)
        self._lease_ages = Ages(clock)
        self._wake = threading.Event()
        self._swept_at = self._shown_at = float("-inf")
        self._shown: tuple[frozenset[str], tuple[str, ...]] = (frozenset(), ())
        self._unswept: tuple[str, ...] = ()
        self._is_sweeping = False

    def run(self, stopped: threading.Event) -> None:
        """Deliver until told to stop; survives whatever happens to the database."""
        is_first = True
        while not stopped.is_set():
            try:
                if is_first:
                    self._forget_the_dead()
                    is_first = False
                self.step()
                self.sweep()
            except DatabaseUnavailable as error:
                log.error("hand-offs wait for the database", reason=str(error))
                stopped.wait(AWAY_PAUSE_S)
            self._wake.wait(POLL_S)
            self._wake.clear()
        self._end()

    def step(self) -> bool:
        """Begin what is due and keep the promises; False when there was nothing to do.

        Raises DatabaseUnavailable.
        """
        now = self._clock.now()
        self._free_abandoned()
        found = outbox.waiting(self._db)
        self._ages.keep_only([(one.id, one.since) for one in found])
        is_busy = self._keep_promises(found, now)
        for name in outbox.due_channels(self._db, now=now):
            is_busy |= self._begin_due(self._lane(name), now)
        # After the trial of a broken channel has taken what it needs.
        in_vain = [one for one in found if self._is_in_vain(one)][:MOST_A_ROUND]
        is_busy |= self._divert(in_vain, BROKEN, now, is_leased_too=False)
        self._show_life(now)
        return is_busy

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes:
            self._lanes[name] = Lane(self._ways.named(name), clock=self._clock.steady_s)
        return self._lanes[name]

    def _begin_due(self, lane: Lane, now: datetime) -> bool:
        room = lane.room()
        if not room:
            return False
        taken = outbox.take(self._db, lane.name, owner=self._owner, now=now, limit=room)
        for due in taken:
            self._begin(due, lane, now)
        return bool(taken)

    def _begin(self, due: Due, lane: Lane, now: datetime) -> None:
        age_s = self._ages.age_s((due.id, due.since), due.since)
        limit_s = None
        other = self._ways.fallback_of(lane.name)
        if other and due.handoff.status == "queued":
            limit_s = schedule.PROMISED_S - age_s
            if limit_s < schedule.LEAST_ATTEMPT_S:
                waiting = WaitingDelivery(due.id, due.handoff.id, due.channel, due.since)
                self._divert([waiting], LATE, now, is_leased_too=True)
                return
        task = Task(due, lane, age_s, limit_s)
        lane.begin(due.id)
        self._start(lambda: self._try(task))

    def _try(self, task: Task) -> None:
        try:
            self._attempts.run(task)
        except Exception:  # of one delivery; its lease is released and it is tried again
            log.exception("attempt_broken", delivery=task.due.id, channel=task.lane.name)
        finally:
            task.lane.end(task.due.id)
            self._wake.set()

    def _keep_promises(self, found: Iterable[WaitingDelivery], now: datetime) -> bool:
        """Take another way for what waits too long; without one, raise the alarm."""
        late = [one for one in found if self._is_late(one)][:MOST_A_ROUND]
        for one in late:
            other = self._ways.fallback_of(one.channel)
            is_stuck = other is None or self._lane(other).is_broken
            if is_stuck and outcomes.mark_failed(self._db, one.handoff_id):
                log.error("handoff_failed", handoff=one.handoff_id, reason=LATE)
        return self._divert(late, LATE, now, is_leased_too=True)

    def _is_late(self, one: WaitingDelivery) -> bool:
        return self._ages.age_s((one.id, one.since), one.since) >= schedule.PROMISED_S

    def _is_in_vain(self, one: WaitingDelivery) -> bool:
        other = self._ways.fallback_of(one.channel)
        return bool(other and self._lane(one.channel).is_broken and not self._lane(other).is_broken)

    def _divert(
        self, found: Iterable[WaitingDelivery], reason: str, now: datetime, *, is_leased_too: bool
    ) -> bool:
        moved = 0
        for channel, some in _by_channel(found):
            if other := self._ways.fallback_of(channel):
                count = outcomes.divert(
                    self._db, some, other, reason, now=now, is_leased_too=is_leased_too
                )
                moved += count
                if count:
                    log.warning("diverted", channel=channel, to=other, count=count, reason=reason)
        return moved > 0

    def _free_abandoned(self) -> None:
        """Take up what was taken by processes that are gone, or hang for longer than a lease."""
        running = {name for lane in self._lanes.values() for name in lane.running}
        found = outbox.leases(self._db)
        keys = {lease: (lease.delivery_id, lease.owner, lease.until) for lease in found}
        self._lease_ages.keep_only(list(keys.values()))
        for lease, key in keys.items():
            if lease.owner == self._owner:
                is_over = lease.delivery_id not in running
            else:
                age_s = self._lease_ages.age_s(key, lease.until - outbox.LEASE)
                is_over = owner.is_gone(lease.owner) or age_s > outbox.LEASE.total_seconds()
            if is_over and outbox.release(self._db, lease):
                log.info("taken_over", delivery=lease.delivery_id)

    def _show_life(self, now: datetime) -> None:
        broken = frozenset(name for name, lane in self._lanes.items() if lane.is_broken)
        steady_s, sign = self._clock.steady_s(), (broken, self._unswept)
        if steady_s - self._shown_at < signs_of_life.EVERY_S and sign == self._shown:
            return
        signs_of_life.show(self._db, self._owner, broken, unswept=sign[1], now=now)
        self._shown_at, self._shown = steady_s, sign

    def _forget_the_dead(self) -> None:
        for one in signs_of_life.owners(self._db):
            if owner.is_gone(one):
                signs_of_life.forget(self._db, one)

    def sweep(self) -> None:
        """Begin to delete what is too old, when it is time for that."""
        steady_s = self._clock.steady_s()
        pause_s = SWEEP_AGAIN_S if self._unswept else SWEEP_EVERY_S
        if self._is_sweeping or steady_s - self._swept_at < pause_s:
            return
        self._swept_at = steady_s
        self._is_sweeping = True
        self._start(self._sweep_now)

    def _sweep_now(self) -> None:
        try:
            swept = retention.sweep(self._db, self._config, now=self._clock.now())
            self._unswept = swept.failed
            if swept.contacts or swept.rows:
                log.info("swept", contacts=swept.contacts, rows=swept.rows)
        finally:
            self._is_sweeping = False
            self._wake.set()

    def _end(self) -> None:
        """Let attempts end that end soon, and say good-bye."""
        self._attempts.stopped.set()
        deadline_s = self._clock.steady_s() + GRACE_S
        while self._is_sweeping or any(lane.running for lane in self._lanes.values()):
            left_s = deadline_s - self._clock.steady_s()
            if left_s <= 0:
                break
            self._wake.wait(left_s)
            self._wake.clear()
        try:
            signs_of_life.forget(self._db, self._owner)
        except DatabaseUnavailable as error:
            log.warning("ended without taking leave", reason=str(error))


def _by_channel(found: Iterable[WaitingDelivery]) -> Iterator[tuple[str, list[WaitingDelivery]]]:
    groups: dict[str, list[WaitingDelivery]] = {}
    for one in found:
        groups.setdefault(one.channel, []).append(one)
    return iter(groups.items())
