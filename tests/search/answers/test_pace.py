"""Pace of a reading: it goes on while the whole of it comes in time."""

from dataclasses import dataclass

from search.answers.pace import Pace


@dataclass
class Clock:
    """Time that only passes when told to."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_quick_enough_reading_goes_on_to_its_end() -> None:
    clock = Clock()
    pace = Pace(clock, deadline=101.0, tokens=100)
    for _ in range(10):
        assert pace.begin(10)
        clock.now += 0.099


def test_one_that_would_come_late_ends_long_before_the_deadline() -> None:
    clock = Clock()
    pace = Pace(clock, deadline=101.0, tokens=100)
    assert pace.begin(10)
    clock.now += 0.2
    assert pace.begin(10), "it may have been a stall"
    clock.now += 0.1
    assert not pace.begin(10), "100 tokens would take 1.5 s"
    clock.now = 100.0
    assert not pace.begin(10), "what was given up stays so"


def test_the_first_unit_is_late_only_after_the_deadline() -> None:
    clock = Clock()
    pace = Pace(clock, deadline=101.0, tokens=100)
    clock.now += 1.01
    assert not pace.begin(10)


def test_units_that_begin_together_are_counted_together() -> None:
    """Three threads: after the first three of ten units, three tenths of the time may be over."""
    clock = Clock()
    pace = Pace(clock, deadline=101.0, tokens=100)
    for _ in range(3):
        assert pace.begin(10)
    clock.now += 0.29
    assert pace.begin(10)


def test_stopped_is_stopped() -> None:
    pace = Pace(Clock(), deadline=101.0, tokens=100)
    pace.stop()
    assert not pace.begin(10)
