"""Deliveries that people ask for again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from kb.config import Config
from kb.database.engine import Database
from kb.database.tables import deliveries
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import backlog, outbox, outcomes, resend
from kb.handoffs.delivery.deliverer import Deliverer
from kb.handoffs.delivery.lane import Ways
from tests.support.channels.delivery_library import Clock, run, status
from tests.support.libraries.handoff_library import SEALER, RecordingChannel, make

FIRST = f"ho_{0:016x}"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def deliverer(
    db: Database, clock: Clock, desk: RecordingChannel, mail: RecordingChannel | None = None
) -> Deliverer:
    return Deliverer(
        db, Ways(desk, mail), SEALER, Config(), clock=clock.clock, start=lambda work: work()
    )


def test_a_delivered_one_is_sent_again_under_its_id(db: Database, clock: Clock) -> None:
    make(db)
    desk = RecordingChannel()
    worker = deliverer(db, clock, desk)
    run(worker, clock)
    clock.advance(5000)
    assert resend.resend(db, FIRST, now=clock.now)
    assert status(db) == "queued"
    run(worker, clock)
    assert [delivery for delivery, _ in desk.got] == [f"msg_{0:016x}_webhook"] * 2
    assert status(db) == "delivered"


def test_steps_that_were_taken_are_taken_again(db: Database, clock: Clock) -> None:
    make(db)
    run(deliverer(db, clock, RecordingChannel()), clock)
    outcomes.save_progress(db, f"msg_{0:016x}_webhook", {"conversation": 7})
    assert resend.resend(db, FIRST, now=clock.now)
    (due,) = outbox.take(db, "webhook", owner="w:1:1", now=clock.now, limit=1)
    assert due.progress == {}


def test_one_sent_again_has_a_new_minute_and_another_way(db: Database, clock: Clock) -> None:
    make(db)
    is_mended = True
    desk = RecordingChannel(fail=lambda _: "" if is_mended else "away")
    mail = RecordingChannel("email")
    worker = deliverer(db, clock, desk, mail)
    run(worker, clock)
    clock.advance(5000)
    is_mended = False
    assert resend.resend(db, FIRST, now=clock.now)
    run(worker, clock)
    assert (desk.calls, mail.calls) == (2, 0)
    run(worker, clock, seconds=61)
    assert status(db) == "fallback_email"


def test_what_mail_had_once_it_gets_again(db: Database, clock: Clock) -> None:
    """Sent again to the help desk, which fails: the other way is not taken for done."""
    make(db)
    is_mended = False
    desk = RecordingChannel(fail=lambda _: "" if is_mended else "away")
    mail = RecordingChannel("email")
    worker = deliverer(db, clock, desk, mail)
    run(worker, clock, seconds=61)
    assert status(db) == "fallback_email"
    assert resend.resend(db, FIRST, now=clock.now)
    run(worker, clock)
    assert [delivery for delivery, _ in mail.got] == [f"msg_{0:016x}_email"] * 2
    is_first = deliveries.c.channel == "webhook"
    again = update(deliveries).where(is_first).values(state="pending", attempts=2)
    db.transact(lambda connection: connection.execute(again))
    run(worker, clock)
    assert len(mail.got) == 3


def test_what_was_not_delivered_is_not_sent_again(db: Database, clock: Clock) -> None:
    make(db)
    make(db, 1, channel="client", contact=None, consent=None)
    assert not resend.resend(db, FIRST, now=clock.now)
    assert not resend.resend(db, f"ho_{1:016x}", now=clock.now)
    assert not resend.resend(db, "ho_unknown", now=clock.now)
    assert status(db) == "queued"


def test_what_the_customer_was_forgotten_of_is_not_sent_without_them(
    db: Database, clock: Clock
) -> None:
    make(db)
    run(deliverer(db, clock, RecordingChannel()), clock)
    forgotten = update(handoffs_table).values(sealed=None)
    db.transact(lambda connection: connection.execute(forgotten))
    assert not resend.resend(db, FIRST, now=clock.now)
    assert status(db) == "delivered"


def test_everything_undelivered_is_tried_again(db: Database, clock: Clock) -> None:
    for number in range(5):
        make(db, number)
    for due in outbox.take(db, "webhook", owner="w:1:1", now=clock.now, limit=3):
        outcomes.mark_failed(db, due.handoff.id)
        outcomes.give_up(db, due, "away", now=clock.now)
    assert resend.retry_all(db, now=clock.now) == 5
    run(deliverer(db, clock, RecordingChannel()), clock)
    assert backlog.unfinished(db) == []
    assert resend.retry_all(db, now=clock.now) == 0


def test_one_that_is_being_tried_is_not_begun_twice(db: Database, clock: Clock) -> None:
    make(db)
    (due,) = outbox.take(db, "webhook", owner="w:1:1", now=clock.now, limit=1)
    assert resend.retry(db, FIRST, now=clock.now)
    assert outbox.take(db, "webhook", owner="w:2:2", now=clock.now, limit=1) == []
    outcomes.postpone(db, due, "away", until=clock.now, now=clock.now)
    attempts = select(deliveries.c.attempts)
    assert db.query(lambda connection: connection.execute(attempts).scalar_one()) == 0
