"""Deliveries under a clock that only goes when told to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from kb.database.engine import Database
from kb.handoffs import handoffs
from kb.handoffs.delivery.ages import DeliveryClock
from kb.handoffs.delivery.deliverer import Deliverer
from tests.support.libraries.handoff_library import NOW, PLACE

StartDeliverer = Callable[..., Deliverer]


class Clock:
    """The wall's clock, which can be set, and a steady one beside it."""

    def __init__(self) -> None:
        self.now = NOW
        self.steady_s = 1000.0

    @property
    def clock(self) -> DeliveryClock:
        return DeliveryClock(now=lambda: self.now, steady_s=lambda: self.steady_s)

    def advance(self, seconds: float) -> None:
        self.steady_s += seconds
        self.now += timedelta(seconds=seconds)

    def set_by(self, seconds: float) -> None:
        """Set the wall's clock, back if negative."""
        self.now += timedelta(seconds=seconds)


class Backstage:
    """Attempts that begin and hang, until they are let go."""

    def __init__(self) -> None:
        self.hanging: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.hanging.append(work)

    def let_go(self, *, number: int | None = None) -> None:
        """Let attempts end, the first of them or all."""
        ending, self.hanging = self.hanging[:number], self.hanging[len(self.hanging[:number]) :]
        for work in ending:
            work()


def status(db: Database, number: int = 0) -> str:
    found = handoffs.find(db, f"ho_{number:016x}", PLACE)
    assert found
    return found.status


def run(deliverer: Deliverer, clock: Clock, *, seconds: float = 0) -> None:
    """Do all that is due until `seconds` from now."""
    ends_at: datetime = clock.now + timedelta(seconds=seconds)
    while True:
        while deliverer.step():
            pass
        if clock.now >= ends_at:
            return
        clock.advance(min(1.0, (ends_at - clock.now).total_seconds()))
