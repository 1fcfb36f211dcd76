"""Guards of the database: turns of writers, the breaker."""

from __future__ import annotations

import threading

import pytest

from kb.database.guards import DatabaseBreaker, Turns
from kb.errors import DatabaseUnavailable
from tests.support.patience import PATIENCE_S, wait_until


def test_writers_of_one_process_take_turns_in_order() -> None:
    turns = Turns(patience_s=PATIENCE_S)
    order: list[int] = []

    def take(number: int) -> None:
        with turns.take():
            order.append(number)

    with turns.take():
        threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
        for number, thread in enumerate(threads):
            thread.start()
            wait_until(lambda number=number: len(turns._queue) == number + 2)  # type: ignore[misc]
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_a_writer_does_not_wait_for_others_for_ever() -> None:
    turns = Turns(patience_s=0.05)
    with turns.take(), pytest.raises(DatabaseUnavailable), turns.take():
        pass
    with turns.take():
        pass  # the one who gave up is not waited for


def test_breaker_stays_closed_for_troubles_of_one_statement() -> None:
    breaker = DatabaseBreaker(cool_down_s=3.0, is_lost=lambda _: False)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable, match="slow"), breaker.guard():
            raise DatabaseUnavailable("slow")


def test_breaker_lets_one_caller_try_after_the_pause() -> None:
    now = 0.0
    breaker = DatabaseBreaker(cool_down_s=3.0, is_lost=bool, clock=lambda: now)
    calls: list[str] = []

    def call(name: str, *, is_lost: bool) -> None:
        with breaker.guard():
            calls.append(name)
            if is_lost:
                raise DatabaseUnavailable from ConnectionError()

    with pytest.raises(DatabaseUnavailable):
        call("first", is_lost=True)
    with pytest.raises(DatabaseUnavailable):
        call("too early", is_lost=False)
    now = 3.5
    with pytest.raises(DatabaseUnavailable):
        call("tries", is_lost=True)
    with pytest.raises(DatabaseUnavailable):
        call("too early again", is_lost=False)
    now = 7.0
    call("works", is_lost=False)
    call("and goes on", is_lost=False)
    assert calls == ["first", "tries", "works", "and goes on"]
