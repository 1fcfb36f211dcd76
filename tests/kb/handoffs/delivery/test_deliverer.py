"""The outbox: nothing lost, nothing twice by id, another way when one fails, an alarm when none is
left."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from kb.config import Config
from kb.database import migrations
from kb.database.engine import Database
from kb.database.tables import deliveries
from kb.database.tables import handoffs as handoffs_table
from kb.errors import DatabaseUnavailable
from kb.handoffs import backlog, handoffs, outbox, outcomes, resend
from kb.handoffs.delivery import owner
from kb.handoffs.delivery.ages import DeliveryClock
from kb.handoffs.delivery.deliverer import Deliverer
from kb.handoffs.delivery.lane import Ways
from kb.handoffs.delivery.schedule import DELAYS_S, HOLD, QUICK
from kb.handoffs.encryption import Sealer
from kb.secret_key import SecretKeys
from tests.support.channels.delivery_library import Clock, StartDeliverer, run, status
from tests.support.libraries.handoff_library import (
    ANNA,
    NOW,
    PLACE,
    SEALER,
    RecordingChannel,
    make,
)
from tests.support.patience import PATIENCE_S, wait_until


def test_a_hand_off_is_delivered_with_all_it_holds(db: Database, start: StartDeliverer) -> None:
    made = make(db)
    desk = RecordingChannel()
    deliverer = start(desk)
    assert deliverer.step()
    assert not deliverer.step()
    ((delivery_id, packet),) = desk.got
    assert packet == made.packet
    assert delivery_id == f"msg_{made.id.removeprefix('ho_')}_webhook"
    assert status(db) == "delivered"
    found = handoffs.find(db, made.id, PLACE)
    assert found
    assert found.external == {"id": "42", "url": "https://desk.example/42"}


def test_after_failures_it_is_tried_again_under_the_same_id(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    desk = RecordingChannel(fail=lambda call: "away" if call < 3 else "")
    run(start(desk), clock, seconds=15)
    assert desk.calls == 3
    assert len(desk.got) == 1
    assert status(db) == "delivered"


def test_when_the_first_way_fails_mail_goes_out_and_the_first_is_left(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    desk, mail = RecordingChannel(fail=lambda _: "away"), RecordingChannel("email")
    deliverer = start(desk, mail)
    run(deliverer, clock, seconds=15)
    clock.advance(100_000)
    run(deliverer, clock)
    assert desk.calls == QUICK
    assert len(mail.got) == 1
    assert status(db) == "fallback_email"


def test_a_way_that_is_gone_for_good_is_left_at_once(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    desk, mail = RecordingChannel(fail=lambda _: "gone"), RecordingChannel("email")
    run(start(desk, mail), clock)
    assert (desk.calls, len(mail.got)) == (1, 1)


def test_after_a_minute_another_way_is_taken_whether_or_not_one_was_tried(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    desk, mail = RecordingChannel(fail=lambda _: "away"), RecordingChannel("email")
    clock.advance(61)
    run(start(desk, mail), clock)
    assert (desk.calls, len(mail.got)) == (0, 1)


def test_without_another_way_it_is_visibly_failed_and_still_tried(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    is_mended = False
    desk = RecordingChannel(fail=lambda _: "" if is_mended else "away")
    deliverer = start(desk)
    run(deliverer, clock, seconds=20)
    assert status(db) == "failed"
    assert handoffs.failed_since(db, NOW - timedelta(days=1)) == 1
    assert [one.error for one in backlog.unfinished(db)] == ["away"]
    is_mended = True
    clock.advance(2 * DELAYS_S[2])
    run(deliverer, clock)
    assert status(db) == "delivered"
    assert backlog.unfinished(db) == []


def test_it_is_given_up_in_the_end_and_can_be_sent_by_hand(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    is_mended = False
    desk = RecordingChannel(fail=lambda _: "" if is_mended else "away")
    deliverer = start(desk)
    for _ in range(2 * len(DELAYS_S)):
        run(deliverer, clock)
        clock.advance(2 * DELAYS_S[-1])
    calls = desk.calls
    assert calls == len(DELAYS_S) + 1
    assert status(db) == "failed"
    is_mended = True
    assert resend.retry(db, f"ho_{0:016x}", now=clock.now)
    run(deliverer, clock)
    assert status(db) == "delivered"
    assert not resend.retry(db, f"ho_{0:016x}", now=clock.now)


def test_without_any_channel_it_waits_and_is_failed(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    run(start(), clock, seconds=20)
    assert status(db) == "failed"
    desk = RecordingChannel()
    clock.advance(2 * DELAYS_S[2])
    run(start(desk), clock)
    assert status(db) == "delivered"


def test_without_its_key_a_hand_off_stays_visibly_and_is_whole_once_the_key_is_back(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    made = make(db)
    desk, mail = RecordingChannel(), RecordingChannel("email")
    wrong = start(desk, mail, sealer=Sealer(SecretKeys("o" * 40)))
    days = 0
    while days < 2 * len(DELAYS_S):  # longer than any delivery is tried
        run(wrong, clock, seconds=3)
        clock.advance(24 * 3600)
        days += 1
    assert desk.calls == mail.calls == 0
    assert status(db) == "failed"
    assert handoffs.failed_since(db, NOW - timedelta(days=1)) == 1
    assert "another secret key" in backlog.unfinished(db)[0].error
    run(start(desk, mail), clock, seconds=HOLD.total_seconds())
    ((_, packet),) = desk.got
    assert packet == made.packet
    assert packet.contact == ANNA
    assert (status(db), mail.calls) == ("delivered", 0)


def test_what_cannot_be_unsealed_holds_up_nothing_else(db: Database, start: StartDeliverer) -> None:
    make(db)
    damaged = update(handoffs_table).values(sealed="gAAAAA")
    db.transact(lambda connection: connection.execute(damaged))
    make(db, 1)
    desk = RecordingChannel()
    deliverer = start(desk)
    assert deliverer.step()
    assert not deliverer.step()
    assert (status(db), status(db, 1)) == ("failed", "delivered")


def test_a_fault_of_ours_stops_no_other_delivery(db: Database, start: StartDeliverer) -> None:
    make(db)
    make(db, 1)

    def broken(call: int) -> str:
        if call == 1:
            raise ZeroDivisionError
        return ""

    desk = RecordingChannel(fail=broken)
    assert start(desk).step()
    assert desk.calls == 2
    assert len(desk.got) == 1


def take(db: Database, name: str) -> None:
    assert outbox.take(db, "webhook", owner=name, now=NOW, limit=1)


def test_what_waited_before_the_tables_changed_is_delivered(
    db: Database, start: StartDeliverer
) -> None:
    make(db)
    with db.write() as connection:
        migrations.downgrade(connection, "0005")
    db.migrate()
    assert start(RecordingChannel()).step()
    assert status(db) == "delivered"


def test_what_a_dead_worker_had_taken_is_taken_over(db: Database, start: StartDeliverer) -> None:
    make(db)
    take(db, f"{owner.own_name().rpartition(':')[0]}:1")
    assert start(RecordingChannel()).step()
    assert status(db) == "delivered"


def test_what_a_living_worker_has_taken_is_left_to_it(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    take(db, _of_the_parent())
    deliverer = start(RecordingChannel())
    assert not deliverer.step()
    clock.advance(outbox.LEASE.total_seconds() + 1)  # it hangs: the lease ends
    assert deliverer.step()


def test_a_worker_of_another_machine_is_left_until_its_lease_ends(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    take(db, "elsewhere:1:1")
    deliverer = start(RecordingChannel())
    assert not deliverer.step()
    clock.advance(outbox.LEASE.total_seconds() + 1)
    assert deliverer.step()


def _of_the_parent() -> str:
    """The name of a process of this machine that lives and is another."""
    number = os.getppid()
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return f"{owner.machine()}:{number}:{fields[19]}"


def test_several_workers_share_the_outbox(db: Database) -> None:
    for number in range(30):
        make(db, number)
    desk = RecordingChannel()

    def work(name: str) -> None:
        clock = DeliveryClock(now=lambda: NOW)
        ways = Ways(desk, None)
        deliverer = Deliverer(db, ways, SEALER, Config(), clock=clock, start=lambda do: do())
        deliverer._owner = name
        is_busy = True
        while is_busy:
            # On a loaded machine the others' writes may take too long; a worker tries again then.
            with suppress(DatabaseUnavailable):
                is_busy = deliverer.step()

    threads = [threading.Thread(target=work, args=(f"m{n}:1:1",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({delivery_id for delivery_id, _ in desk.got}) == 30
    assert desk.calls == 30


def test_progress_of_a_channel_is_kept_between_attempts(
    db: Database, start: StartDeliverer
) -> None:
    make(db)
    (due,) = outbox.take(db, "webhook", owner="w:1:1", now=NOW, limit=1)
    outcomes.save_progress(db, due.id, {"contact": 7})
    outcomes.postpone(db, due, "away", until=NOW, now=NOW)
    (again,) = outbox.take(db, "webhook", owner="w:1:1", now=NOW, limit=1)
    assert (again.progress, again.attempts) == ({"contact": 7}, 2)


def test_errors_are_cut(db: Database) -> None:
    make(db)
    (due,) = outbox.take(db, "webhook", owner="w:1:1", now=NOW, limit=1)
    outcomes.postpone(db, due, "x" * 5000, until=NOW, now=NOW)
    error = db.query(lambda connection: connection.execute(select(deliveries.c.error)).scalar_one())
    assert len(error) == outcomes.MAX_ERROR_CHARS


def test_the_owner_names_this_process() -> None:
    assert f":{os.getpid()}:" in owner.own_name()
    assert not owner.is_gone(owner.own_name())


def test_the_worker_goes_on_when_told_nothing_and_stops_when_told(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    desk = RecordingChannel()
    deliverer = start(desk)
    stopped = threading.Event()
    thread = threading.Thread(target=deliverer.run, args=(stopped,))
    thread.start()
    try:
        make(db)
        db.transact(lambda connection: connection.execute(update(deliveries).values(next_at=NOW)))
        wait_until(lambda: desk.got)
    finally:
        stopped.set()
        thread.join(PATIENCE_S)
    assert len(desk.got) == 1
    assert not thread.is_alive()
