"""The fence around the reader: whatever it does, callers get scores or ReaderUnavailable."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from search.answers.unit_reader import UNHURRIED, ReadingLimits, UnitKey, UnitReader
from search.errors import ReaderUnavailable
from search.semantic.reader import TokenArray
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.toy_reader import CERTAIN, WordReader, token_ids

SMALL = replace(UNHURRIED, timeout_s=1.0, threads=1, permit_wait_share=0.01)
"""One unit after the other, so that time passes in a known order."""
UNITS = {
    UnitKey("a", 0): token_ids("press the button"),
    UnitKey("a", 1): token_ids("press and hold it"),
    UnitKey("b", 0): token_ids("elsewhere"),
}


@dataclass
class Clock:
    """Time that only passes when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class ScriptedReader(WordReader):
    """Reads like WordReader, but takes time, raises, or waits for `gate`, when told."""

    clock: Clock = field(default_factory=Clock)
    takes_s: float = 0.0
    error: Exception | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Event = field(default_factory=threading.Event)
    inside: int = 0
    """Calls that have begun since it was warm."""

    def __post_init__(self) -> None:
        super().__init__()
        self.gate.set()

    def logit(self, question: Sequence[int], unit: TokenArray) -> float:
        if self.asked:  # the first is the warm-up
            self.inside += 1
            self.entered.set()
            assert self.gate.wait(PATIENCE_S)
            self.clock.now += self.takes_s
            if self.error:
                self.asked.append(tuple(question))
                raise self.error
        return super().logit(question, unit)


def fenced(reader: ScriptedReader, limits: ReadingLimits = SMALL) -> UnitReader:
    unit_reader = UnitReader(
        lambda: reader, limits, fingerprint=reader.fingerprint, clock=reader.clock
    )
    assert unit_reader.wait_until_ready(PATIENCE_S)
    return unit_reader


def read(reader: UnitReader, query: str = "press button") -> dict[UnitKey, float]:
    return reader.read(query, UNITS, deadline=reader.deadline())


def test_each_unit_gets_its_log_odds() -> None:
    found = read(fenced(ScriptedReader()))
    assert found == {
        UnitKey("a", 0): CERTAIN,
        UnitKey("a", 1): 0.0,
        UnitKey("b", 0): -CERTAIN,
    }


def test_what_was_read_is_not_read_again() -> None:
    reader = ScriptedReader()
    unit_reader = fenced(reader)
    assert read(unit_reader) == read(unit_reader)
    assert reader.units_read == 3
    read(unit_reader, "another query")
    assert reader.units_read == 6
    state = unit_reader.state
    assert (state.readings, state.cache_hits) == (6, 3)


def test_the_oldest_scores_make_room() -> None:
    reader = ScriptedReader()
    unit_reader = fenced(reader, replace(SMALL, cached_scores=3))
    for query in ("one", "two", "one"):
        read(unit_reader, query)
    assert reader.units_read == 9


@pytest.mark.parametrize("threads", [2, 5])
def test_several_units_are_read_at_once(threads: int) -> None:
    reader = ScriptedReader()
    unit_reader = fenced(reader, replace(SMALL, threads=threads))
    reader.gate.clear()
    result: list[dict[UnitKey, float]] = []
    reading = threading.Thread(target=lambda: result.append(read(unit_reader)), daemon=True)
    reading.start()
    wait_until(lambda: reader.inside == min(threads, len(UNITS)))
    reader.gate.set()
    reading.join(PATIENCE_S)
    assert result == [read(fenced(ScriptedReader()))]


def test_what_would_not_come_in_time_is_given_up_at_once() -> None:
    """A second for three units, and the first of them takes 0.6."""
    reader = ScriptedReader(takes_s=0.6)
    unit_reader = fenced(reader)
    with pytest.raises(ReaderUnavailable, match="too long"):
        read(unit_reader)
    assert reader.units_read == 1, "the others would keep everybody waiting in vain"
    assert unit_reader.state.timeouts == 1
    assert unit_reader.state.busy_s == pytest.approx(0.6)
    reader.takes_s = 0.0
    assert len(read(unit_reader)) == 3
    assert reader.units_read == 3, "what was read in time is kept"


def test_a_busy_reader_turns_away_and_is_free_afterwards() -> None:
    reader = ScriptedReader()
    unit_reader = fenced(reader)
    reader.gate.clear()
    busy = threading.Thread(target=lambda: read(unit_reader), daemon=True)
    busy.start()
    assert reader.entered.wait(PATIENCE_S)
    with pytest.raises(ReaderUnavailable, match="busy"):
        read(unit_reader, "another")
    reader.gate.set()
    busy.join(PATIENCE_S)
    assert read(unit_reader, "another")
    assert unit_reader.state.refusals == 1


def test_repeated_failures_open_the_breaker_for_a_pause() -> None:
    reader = ScriptedReader(error=RuntimeError("broken"))
    unit_reader = fenced(reader)
    for _ in range(SMALL.breaker_failures):
        with pytest.raises(ReaderUnavailable, match="RuntimeError: broken"):
            read(unit_reader)
    assert not unit_reader.is_available
    asked = reader.units_read
    with pytest.raises(ReaderUnavailable, match="left alone"):
        read(unit_reader)
    assert reader.units_read == asked
    reader.error = None
    reader.clock.now += SMALL.breaker_pause_s
    assert len(read(unit_reader)) == 3
    assert unit_reader.is_available
    state = unit_reader.state
    assert (state.failures, state.refusals) == (SMALL.breaker_failures, 1)
    assert state.last_error == "RuntimeError: broken"


def test_readings_that_come_too_late_pause_the_reader() -> None:
    reader = ScriptedReader(takes_s=0.6)
    unit_reader = fenced(reader)
    for number in range(SMALL.breaker_failures):
        with pytest.raises(ReaderUnavailable, match="too long"):
            read(unit_reader, f"press {number}")
    assert not unit_reader.is_available
    with pytest.raises(ReaderUnavailable, match="left alone"):
        read(unit_reader, "press again")
    reader.takes_s = 0.0
    reader.clock.now += SMALL.breaker_pause_s
    assert len(read(unit_reader, "press again")) == 3
    assert unit_reader.is_available


def test_while_it_loads_it_refuses_at_once() -> None:
    loaded = threading.Event()

    def load() -> WordReader:
        assert loaded.wait(PATIENCE_S)
        return WordReader()

    unit_reader = UnitReader(load, SMALL, fingerprint=WordReader.fingerprint)
    with pytest.raises(ReaderUnavailable, match="still loading"):
        read(unit_reader)
    assert not unit_reader.is_available
    loaded.set()
    wait_until(lambda: unit_reader.is_available)
    assert len(read(unit_reader)) == 3


def raising() -> WordReader:
    raise OSError("no such file")


@pytest.mark.parametrize(
    ("load", "why"),
    [(raising, "OSError: no such file"), (WordReader, "not the index's")],
)
def test_a_reader_that_cannot_be_used_says_why(load: Callable[[], WordReader], why: str) -> None:
    unit_reader = UnitReader(load, SMALL, fingerprint="another")
    assert not unit_reader.wait_until_ready(PATIENCE_S)
    with pytest.raises(ReaderUnavailable, match=why):
        read(unit_reader)
    assert why in unit_reader.state.last_error


def test_a_failed_load_is_tried_again_only_after_a_while() -> None:
    clock, tries = Clock(), []

    def load() -> WordReader:
        tries.append(clock.now)
        raise OSError("no")

    unit_reader = UnitReader(load, SMALL, fingerprint="words-1", clock=clock)
    unit_reader.wait_until_ready(PATIENCE_S)
    unit_reader.wait_until_ready(PATIENCE_S)
    assert len(tries) == 1
    clock.now += SMALL.retry_s
    unit_reader.wait_until_ready(PATIENCE_S)
    assert len(tries) == 2


def test_no_units_need_no_reader() -> None:
    unit_reader = UnitReader(raising, SMALL, fingerprint="words-1")
    assert unit_reader.read("x", {}, deadline=0.0) == {}


class NoNumber(WordReader):
    """Gives scores that are no numbers, once warm."""

    def logit(self, question: Sequence[int], unit: TokenArray) -> float:
        score = super().logit(question, unit)
        return score if len(self.asked) == 1 else math.nan


def test_scores_that_are_no_numbers_are_failures() -> None:
    unit_reader = UnitReader(NoNumber, SMALL, fingerprint="words-1")
    assert unit_reader.wait_until_ready(PATIENCE_S)
    with pytest.raises(ReaderUnavailable, match="no number"):
        read(unit_reader)
    assert unit_reader.state.failures == 1
