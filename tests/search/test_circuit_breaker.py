"""The circuit breaker: when it opens, whom it lets try, what closes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

from search.circuit_breaker import CircuitBreaker


@dataclass
class Clock:
    """Time that only passes when told to."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def breaker(clock: Clock, *, failures: int = 3) -> CircuitBreaker:
    return CircuitBreaker(failures=failures, window_s=10.0, pause_s=5.0, clock=clock)


def opened(clock: Clock) -> CircuitBreaker:
    made = breaker(clock, failures=1)
    made.record_failure()
    return made


def test_closed_breaker_admits_everyone() -> None:
    made = breaker(Clock())
    assert all(made.admit() for _ in range(9))
    assert not made.is_open


def test_the_failure_that_opens_is_told_from_the_others() -> None:
    made = breaker(Clock())
    assert [made.record_failure() for _ in range(5)] == [False, False, True, False, False]
    assert made.is_open
    assert not made.admit()


def test_failures_outside_the_window_do_not_open() -> None:
    clock = Clock()
    made = breaker(clock)
    for _ in range(9):
        assert not made.record_failure()
        clock.now += 5.1
    assert made.admit()


def test_failures_that_must_come_in_a_row_are_forgotten_by_a_success() -> None:
    made = CircuitBreaker(failures=3, window_s=10.0, pause_s=5.0, in_a_row=True, clock=Clock())
    for _ in range(3):
        made.record_failure()
        made.record_failure()
        assert not made.record_success()
    assert not made.is_tripped
    for _ in range(3):
        made.record_failure()
    assert made.is_tripped
    assert made.record_success()
    assert not made.is_tripped


def test_it_is_tripped_while_a_trial_runs() -> None:
    clock = Clock()
    made = opened(clock)
    clock.now += 6
    assert (made.is_open, made.is_tripped) == (False, True)
    assert made.admit()
    assert (made.is_open, made.is_tripped) == (True, True)


def test_success_of_one_caller_does_not_hide_the_failures_of_others() -> None:
    made = breaker(Clock())
    for _ in range(3):
        made.record_success()
        made.record_failure()
    assert made.is_open


def test_one_caller_a_pause_may_try() -> None:
    clock = Clock()
    made = opened(clock)
    clock.now += 4.9
    assert not made.admit()
    clock.now += 0.2
    assert not made.is_open, "asking is no trial"
    assert [made.admit() for _ in range(3)] == [True, False, False]
    clock.now += 5.0
    assert made.admit(), "a trial that never ended bars nobody for longer than a pause"


def test_failed_trial_costs_another_pause() -> None:
    clock = Clock()
    made = opened(clock)
    clock.now += 5.0
    assert made.admit()
    clock.now += 2.0
    assert not made.record_failure()
    clock.now += 4.9
    assert not made.admit()
    clock.now += 0.1
    assert made.admit()


def test_success_closes_and_forgets_the_failures_before() -> None:
    clock = Clock()
    made = breaker(clock)
    for _ in range(3):
        made.record_failure()
    clock.now += 5.0
    assert made.admit()
    made.record_success()
    assert all(made.admit() for _ in range(3))
    assert not made.record_failure()
    assert made.admit()


def test_without_a_pause_it_turns_nobody_away() -> None:
    made = CircuitBreaker(pause_s=0.0)
    made.record_failure()
    assert all(made.admit() for _ in range(3))


def test_of_many_threads_at_once_one_tries() -> None:
    clock = Clock()
    made = opened(clock)
    clock.now += 5.0
    ready = Barrier(16)

    def ask() -> bool:
        ready.wait()
        return made.admit()

    with ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(ask) for _ in range(16)]
        assert sum(answer.result() for answer in answers) == 1
