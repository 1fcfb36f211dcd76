"""Receivers that hang or fail: neither the others' mail waits for them, nor what is meant for them.

Attempts hang backstage here: the worker's own loop goes on, as it does beside real ones.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from kb.database.engine import Database
from kb.handoffs import backlog, counts, handoffs, signs_of_life
from kb.handoffs.delivery.lane import FAILURES, PAUSE_S, SIDE_BY_SIDE
from kb.handoffs.delivery.schedule import DELAYS_S, PROMISED_S
from tests.support.channels.delivery_library import (
    Backstage,
    Clock,
    StartDeliverer,
    run,
    status,
)
from tests.support.libraries.handoff_library import PLACE, RecordingChannel, make


def statuses(db: Database, number: int) -> Counter[str]:
    return Counter(status(db, one) for one in range(number))


def test_several_are_tried_at_once(db: Database, start: StartDeliverer) -> None:
    for number in range(3 * SIDE_BY_SIDE):
        make(db, number)
    stage = Backstage()
    desk = RecordingChannel()
    deliverer = start(desk, begin=stage)
    for _ in range(5):
        deliverer.step()
    assert len(stage.hanging) == SIDE_BY_SIDE
    stage.let_go()
    deliverer.step()
    assert len(stage.hanging) == SIDE_BY_SIDE
    assert desk.calls == SIDE_BY_SIDE


def test_the_other_channel_does_not_wait_for_one_that_hangs(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    """As many of the first as it takes hang; one that is meant for mail goes out all the same."""
    for number in range(SIDE_BY_SIDE):
        make(db, number)
    stage = Backstage()
    desk, mail = RecordingChannel(), RecordingChannel("email")
    deliverer = start(desk, mail, begin=stage)
    deliverer.step()
    make(db, 9, channel="email")
    deliverer.step()
    assert len(stage.hanging) == SIDE_BY_SIDE + 1
    stage.hanging.pop()()
    assert len(mail.got) == 1
    assert desk.calls == 0


def test_a_help_desk_that_hangs_gives_everything_to_mail_after_one_attempt(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    """Twelve hand-offs, and attempts of 15 seconds that end in nothing."""
    for number in range(12):
        make(db, number)
    stage = Backstage()
    desk, mail = RecordingChannel(fail=lambda _: "no answer in time"), RecordingChannel("email")
    deliverer = start(desk, mail, begin=stage)
    deliverer.step()
    clock.advance(15)
    stage.let_go()
    for _ in range(12):
        deliverer.step()
        stage.let_go()
    assert desk.calls == SIDE_BY_SIDE
    assert len(mail.got) == 12
    assert statuses(db, 12) == {"fallback_email": 12}


def test_after_a_minute_mail_goes_out_although_attempts_never_end(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    for number in range(2 * SIDE_BY_SIDE):
        make(db, number)
    stage = Backstage()
    desk, mail = RecordingChannel(), RecordingChannel("email")
    deliverer = start(desk, mail, begin=stage)
    for _ in range(int(PROMISED_S)):
        deliverer.step()
        clock.advance(1)
    assert len(stage.hanging) == SIDE_BY_SIDE
    held, stage.hanging = stage.hanging, []
    for _ in range(4):
        deliverer.step()
        stage.let_go()
    assert len(mail.got) == 2 * SIDE_BY_SIDE
    assert len(held) == SIDE_BY_SIDE
    assert desk.calls == 0


def test_without_another_way_the_alarm_is_raised_although_attempts_never_end(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    for number in range(2 * SIDE_BY_SIDE):
        make(db, number)
    deliverer = start(RecordingChannel(), begin=Backstage())
    deliverer.step()
    clock.advance(PROMISED_S - 1)
    deliverer.step()
    assert statuses(db, 8) == {"queued": 8}
    clock.advance(1)
    deliverer.step()
    assert statuses(db, 8) == {"failed": 8}


def test_an_attempt_that_succeeds_late_takes_the_mail_back_that_has_not_gone(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    stage = Backstage()
    desk, mail = RecordingChannel(), RecordingChannel("email")
    deliverer = start(desk, mail, begin=stage)
    deliverer.step()
    clock.advance(PROMISED_S)
    for number in range(1, 1 + SIDE_BY_SIDE):  # so that mail has no room for it
        make(db, number, channel="email", made_at=clock.now)
    deliverer.step()
    assert {one.channel for one in backlog.by_channel(db, now=clock.now)} == {"email"}
    stage.let_go(number=1)
    run(deliverer, clock, seconds=5)
    stage.let_go()
    deliverer.step()
    assert (len(desk.got), len(mail.got)) == (1, SIDE_BY_SIDE)
    assert status(db) == "delivered"


def test_an_attempt_that_succeeds_after_the_mail_leaves_it_delivered(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    stage = Backstage()
    desk, mail = RecordingChannel(), RecordingChannel("email")
    deliverer = start(desk, mail, begin=stage)
    deliverer.step()
    clock.advance(PROMISED_S)
    deliverer.step()
    late, in_time = stage.hanging
    in_time()
    assert status(db) == "fallback_email"
    late()
    assert status(db) == "delivered"
    found = handoffs.find(db, f"ho_{0:016x}", PLACE)
    assert found
    assert found.external == {"id": "42", "url": "https://desk.example/42"}


def test_an_attempt_that_fails_late_changes_nothing(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    stage = Backstage()
    desk, mail = RecordingChannel(fail=lambda _: "away"), RecordingChannel("email")
    deliverer = start(desk, mail, begin=stage)
    deliverer.step()
    clock.advance(PROMISED_S)
    deliverer.step()
    late, in_time = stage.hanging
    in_time()
    late()
    run(deliverer, clock, seconds=60)
    assert status(db) == "fallback_email"
    assert (desk.calls, mail.calls) == (1, 1)


def test_an_attempt_has_no_more_time_than_is_left_of_the_minute(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    make(db)
    deliverer = start(RecordingChannel(), RecordingChannel("email"))
    limits: list[float | None] = []
    deliverer._attempts.run = lambda task: limits.append(task.limit_s)  # type: ignore[method-assign]  # seen from inside
    clock.advance(50)
    deliverer.step()
    assert limits == [10.0]


def test_a_channel_left_alone_is_tried_again_now_and_then(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    is_mended = False
    desk = RecordingChannel(fail=lambda _: "" if is_mended else "away")
    mail = RecordingChannel("email")
    deliverer = start(desk, mail)
    for number in range(SIDE_BY_SIDE):
        make(db, number)
    run(deliverer, clock)
    calls = desk.calls
    for number in range(10, 20):
        make(db, number)
        run(deliverer, clock)
    assert desk.calls == calls
    clock.advance(PAUSE_S)
    for number in range(20, 30):
        # Young ones: the clock of this test has gone on since NOW.
        make(db, number, made_at=clock.now)
    run(deliverer, clock)
    assert desk.calls == calls + 1
    is_mended = True
    clock.advance(PAUSE_S)
    for number in range(30, 40):
        make(db, number, made_at=clock.now)
    run(deliverer, clock)
    assert len(desk.got) >= 1
    make(db, 50, made_at=clock.now)
    run(deliverer, clock)
    assert status(db, 50) == "delivered"


def test_without_another_way_they_wait_untried_and_all_go_out_once_it_works(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    is_mended = False
    desk = RecordingChannel(fail=lambda _: "" if is_mended else "away")
    deliverer = start(desk)
    for number in range(20):
        make(db, number)
    run(deliverer, clock, seconds=PROMISED_S)
    assert statuses(db, 20) == {"failed": 20}
    assert desk.calls <= SIDE_BY_SIDE + PROMISED_S / PAUSE_S
    is_mended = True
    run(deliverer, clock, seconds=PAUSE_S + 1)
    assert statuses(db, 20) == {"delivered": 20}


def test_mail_that_fails_too_sends_nothing_to_it_before_its_time(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    desk = RecordingChannel(fail=lambda _: "away")
    mail = RecordingChannel("email", fail=lambda _: "away")
    deliverer = start(desk, mail)
    for number in range(FAILURES):
        make(db, number, channel="email")
        make(db, number + 10)
    run(deliverer, clock)
    assert {one.channel for one in backlog.by_channel(db, now=clock.now)} == {"email", "webhook"}


def test_when_mail_fails_too_the_alarm_comes_after_the_minute(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    mail = RecordingChannel("email", fail=lambda _: "away")
    deliverer = start(RecordingChannel(), mail, begin=(stage := Backstage()))
    for number in range(FAILURES):
        make(db, number, channel="email")
    deliverer.step()
    stage.let_go()
    make(db, 9)
    deliverer.step()
    clock.advance(PROMISED_S)
    deliverer.step()
    assert status(db, 9) == "failed"
    assert {one.channel for one in backlog.by_channel(db, now=clock.now)} == {"email"}


def test_many_take_another_way_in_several_rounds(
    db: Database, start: StartDeliverer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.handoffs.delivery.deliverer.MOST_A_ROUND", 5)
    count = 5 + SIDE_BY_SIDE + 1
    for number in range(count):
        make(db, number)
    clock.advance(PROMISED_S)
    mail = RecordingChannel("email")
    deliverer = start(RecordingChannel(), mail, begin=Backstage())
    deliverer.step()
    # Those that it was about to try were late too.
    waiting = {one.channel: one.count for one in backlog.by_channel(db, now=clock.now)}
    assert waiting == {"email": count - 1, "webhook": 1}
    deliverer.step()
    assert [one.count for one in backlog.by_channel(db, now=clock.now)] == [count]


def test_refusals_that_are_final_leave_no_channel_alone(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    desk = RecordingChannel(fail=lambda call: "gone" if call <= 2 * FAILURES else "")
    deliverer = start(desk, RecordingChannel("email"))
    for number in range(2 * FAILURES + 1):
        make(db, number)
        run(deliverer, clock)
    assert len(desk.got) == 1


def test_faults_of_ours_leave_no_channel_alone(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    def broken(call: int) -> str:
        if call <= FAILURES:
            raise ZeroDivisionError
        return ""

    desk = RecordingChannel(fail=broken)
    deliverer = start(desk)
    for number in range(FAILURES + 1):
        make(db, number)
        run(deliverer, clock)
    assert status(db, FAILURES) == "delivered"


def test_a_channel_that_does_not_deliver_is_told_at_once(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    desk = RecordingChannel(fail=lambda _: "away")
    deliverer = start(desk)
    deliverer.step()
    signs = signs_of_life.read(db, now=clock.now)
    assert signs.is_alive
    assert signs.open_channels == frozenset()
    for number in range(FAILURES):
        make(db, number)
    deliverer.step()
    assert signs_of_life.read(db, now=clock.now).open_channels == {"webhook"}


def test_what_became_of_attempts_is_counted(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    desk = RecordingChannel(fail=lambda call: "away" if call == 1 else "")
    deliverer = start(desk, RecordingChannel("email"))
    make(db)
    run(deliverer, clock, seconds=10)
    make(db, 1, made_at=clock.now - timedelta(seconds=100))
    run(deliverer, clock)
    found = counts.by_channel(db)
    assert (found["webhook"].delivered, found["webhook"].failed) == (1, 1)
    assert found["webhook"].diverted == found["email"].delivered == 1
    assert found["webhook"].within[5.0] == 1
    assert found["email"].within[75.0] == 0
    assert found["email"].within[300.0] == 1
    assert found["email"].seconds == pytest.approx(100)


def test_the_longest_pause_is_not_waited_for_when_the_channel_works_again(
    db: Database, start: StartDeliverer, clock: Clock
) -> None:
    """A hand-off that was tried often, and one that comes when the desk has been mended."""
    is_mended = False
    desk = RecordingChannel(fail=lambda _: "" if is_mended else "away")
    deliverer = start(desk)
    make(db)
    run(deliverer, clock, seconds=30)
    is_mended = True
    make(db, 1, made_at=clock.now)
    clock.advance(PAUSE_S)
    run(deliverer, clock)
    assert DELAYS_S[2] > 2 * PAUSE_S
    assert statuses(db, 2) == {"delivered": 2}
