"""Clocks that are set: no delivery waits for a time that was written by another clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kb.database.engine import Database
from kb.handoffs import outbox, signs_of_life
from kb.handoffs.delivery.ages import Ages
from kb.handoffs.delivery.schedule import PROMISED_S
from tests.support.channels.delivery_library import (
    Backstage,
    Clock,
    StartDeliverer,
    run,
    status,
)
from tests.support.libraries.handoff_library import NOW, RecordingChannel, make

HOUR_S = 3600.0


@pytest.mark.parametrize("set_by_s", [-HOUR_S, -20.0, HOUR_S])
@pytest.mark.parametrize("is_restarted", [False, True])
def test_what_waits_for_its_next_attempt_goes_out(
    db: Database, start: StartDeliverer, clock: Clock, set_by_s: float, *, is_restarted: bool
) -> None:
    make(db)
    desk = RecordingChannel(fail=lambda call: "away" if call < 3 else "")
    deliverer = start(desk)
    run(deliverer, clock, seconds=3)
    clock.set_by(set_by_s)
    run(start(desk) if is_restarted else deliverer, clock, seconds=25)
    assert status(db) == "delivered"


@pytest.mark.parametrize("set_by_s", [-HOUR_S, -20.0])
def test_what_was_made_before_goes_out(
    db: Database, start: StartDeliverer, clock: Clock, set_by_s: float
) -> None:
    make(db)
    clock.set_by(set_by_s)
    desk = RecordingChannel()
    start(desk).step()
    assert status(db) == "delivered"


@pytest.mark.parametrize("set_by_s", [-HOUR_S, -30.0, HOUR_S])
def test_the_minute_is_a_minute(
    db: Database, start: StartDeliverer, clock: Clock, set_by_s: float
) -> None:
    """The receiver hangs; after 40 of its 60 seconds the clock is set."""
    make(db)
    stage = Backstage()
    deliverer = start(RecordingChannel(), RecordingChannel("email"), begin=stage)
    deliverer.step()
    clock.advance(40)
    deliverer.step()
    clock.set_by(set_by_s)
    clock.advance(19)
    deliverer.step()
    assert len(stage.hanging) == 1
    clock.advance(1)
    deliverer.step()
    assert len(stage.hanging) == 2
    stage.hanging[1]()
    assert status(db) == "fallback_email"


def test_after_a_restart_it_is_at_most_another_minute(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    clock.set_by(-HOUR_S)
    stage = Backstage()
    deliverer = start(RecordingChannel(), RecordingChannel("email"), begin=stage)
    deliverer.step()
    clock.advance(PROMISED_S)
    deliverer.step()
    assert len(stage.hanging) == 2


@pytest.mark.parametrize("set_by_s", [-HOUR_S, HOUR_S])
def test_a_lease_of_another_machine_lasts_as_long_as_leases_do(
    db: Database, start: StartDeliverer, clock: Clock, set_by_s: float
) -> None:
    make(db)
    assert outbox.take(db, "webhook", owner="elsewhere:1:1", now=NOW, limit=1)
    desk = RecordingChannel()
    deliverer = start(desk)
    deliverer.step()
    clock.set_by(set_by_s)
    clock.advance(outbox.LEASE.total_seconds() - 1)
    deliverer.step()
    assert desk.calls == 0
    clock.advance(2)
    deliverer.step()
    assert desk.calls == 1


def test_a_machine_whose_clock_is_ahead_is_waited_for_no_longer_than_others(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db, made_at=clock.now + timedelta(minutes=3))
    desk = RecordingChannel()
    start(desk).step()
    assert status(db) == "delivered"


@pytest.mark.parametrize("set_by_s", [-HOUR_S, HOUR_S])
def test_a_worker_that_is_gone_does_not_seem_alive(
    db: Database, start: StartDeliverer, clock: Clock, set_by_s: float
) -> None:
    deliverer = start(RecordingChannel())
    deliverer.step()
    clock.set_by(set_by_s)
    assert not signs_of_life.read(db, now=clock.now).is_alive
    clock.advance(signs_of_life.EVERY_S)
    deliverer.step()
    assert signs_of_life.read(db, now=clock.now).is_alive


def test_ages_are_those_of_the_steady_clock() -> None:
    clock = Clock()
    ages = Ages(clock.clock)
    assert ages.age_s("a", NOW - timedelta(seconds=5)) == 5
    assert ages.age_s("b", NOW + timedelta(hours=1)) == 0
    clock.set_by(-HOUR_S)
    clock.advance(7)
    assert (ages.age_s("a", NOW - timedelta(seconds=5)), ages.age_s("b", NOW)) == (12, 7)
    ages.keep_only(["a"])
    assert ages.age_s("b", clock.now) == 0
