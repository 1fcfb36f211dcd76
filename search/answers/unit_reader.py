"""The reader behind a fence: permits, a deadline, a breaker and a cache. Never waits for long.

Reads in pieces and looks at the clock between them, so that no call is left running; what was read
is kept by unit and query.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from search.circuit_breaker import CircuitBreaker
from search.errors import ReaderUnavailable
from search.semantic.reader import MARKS, Reader, TokenArray

log = logging.getLogger(__name__)


class UnitKey(NamedTuple):
    """A unit, whatever generation it is in: its document as it was indexed, and its number."""

    document: str
    unit: int


@dataclass(frozen=True)
class ReadingLimits:
    """Limits on what reading may cost. Times in seconds."""

    timeout_s: float = 0.35
    permits: int = 1
    """Readings at once in a process: more would only make each slower."""
    permit_wait_s: float = 0.1
    piece_tokens: int = 640
    """Tokens read between two looks at the clock."""
    breaker_failures: int = 5
    breaker_window_s: float = 10.0
    breaker_pause_s: float = 5.0
    cached_scores: int = 20_000


UNHURRIED = ReadingLimits(timeout_s=float("inf"), permit_wait_s=60.0)
"""Where nobody waits, and results must not depend on how quick the machine is."""


@dataclass(frozen=True)
class ReaderState:
    """Events at the fence so far. Counters only grow, within one process."""

    readings: int = 0
    """Units read; those found in the cache are not."""
    cache_hits: int = 0
    refusals: int = 0
    timeouts: int = 0
    failures: int = 0
    last_error: str = ""


class UnitReader:
    """Gives the log-odds of units, in time or not at all. Thread-safe."""

    def __init__(
        self,
        reader: Reader,
        limits: ReadingLimits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.fingerprint = reader.fingerprint
        self._reader = reader
        self._limits = limits or ReadingLimits()
        self._clock = clock
        self._permits = threading.Semaphore(self._limits.permits)
        self._lock = threading.Lock()
        self._recent: OrderedDict[tuple[str, UnitKey], float] = OrderedDict()
        self._counts = dict.fromkeys(
            ("readings", "cache_hits", "refusals", "timeouts", "failures"), 0
        )
        self._last_error = ""
        self._breaker = CircuitBreaker(
            failures=self._limits.breaker_failures,
            window_s=self._limits.breaker_window_s,
            pause_s=self._limits.breaker_pause_s,
            clock=clock,
        )

    @property
    def state(self) -> ReaderState:
        with self._lock:
            return ReaderState(**self._counts, last_error=self._last_error)

    def deadline(self) -> float:
        """Time by the reader's clock at which a reading that begins now must have ended."""
        return self._clock() + self._limits.timeout_s

    def read(
        self, query: str, units: Mapping[UnitKey, TokenArray], *, deadline: float
    ) -> dict[UnitKey, float]:
        """Log-odds that each unit answers; raises ReaderUnavailable past `deadline`."""
        found = self._from_cache(query, units)
        missing = sorted((key for key in units if key not in found), key=lambda k: len(units[k]))
        if not missing:
            return found
        if not self._breaker.admit():
            raise self._refused("the reader failed too often and is left alone for a while")
        wait_s = min(self._limits.permit_wait_s, max(0.0, deadline - self._clock()))
        if not self._permits.acquire(timeout=wait_s):
            raise self._refused("the reader is busy")
        try:
            for piece in self._pieces(query, missing, units, deadline):
                found |= piece
        finally:
            self._permits.release()
        return found

    def _pieces(
        self,
        query: str,
        keys: Sequence[UnitKey],
        units: Mapping[UnitKey, TokenArray],
        deadline: float,
    ) -> list[dict[UnitKey, float]]:
        """Read the units in pieces of like lengths, each within the time that is left."""
        question = self._question(query)
        found = []
        for piece in _split(keys, units, len(question) + MARKS, self._limits.piece_tokens):
            if self._clock() > deadline:
                self._count("timeouts")
                raise ReaderUnavailable("reading took too long")
            found.append(self._read_piece(query, question, piece, units))
        return found

    def _question(self, query: str) -> tuple[int, ...]:
        try:
            return self._reader.question(query)
        except Exception as error:
            raise self._failed(error) from error

    def _read_piece(
        self,
        query: str,
        question: Sequence[int],
        piece: Sequence[UnitKey],
        units: Mapping[UnitKey, TokenArray],
    ) -> dict[UnitKey, float]:
        try:
            scores = self._reader.logits(question, [units[key] for key in piece])
        except Exception as error:
            raise self._failed(error) from error
        self._breaker.record_success()
        found = dict(zip(piece, np.asarray(scores, dtype=float).tolist(), strict=True))
        self._count("readings", len(found))
        self._remember(query, found)
        return found

    def _from_cache(self, query: str, keys: Mapping[UnitKey, TokenArray]) -> dict[UnitKey, float]:
        with self._lock:
            found = {key: self._recent[query, key] for key in keys if (query, key) in self._recent}
            for key in found:
                self._recent.move_to_end((query, key))
            self._counts["cache_hits"] += len(found)
        return found

    def _remember(self, query: str, found: Mapping[UnitKey, float]) -> None:
        with self._lock:
            for key, score in found.items():
                self._recent[query, key] = score
            while len(self._recent) > self._limits.cached_scores:
                self._recent.popitem(last=False)

    def _refused(self, why: str) -> ReaderUnavailable:
        self._count("refusals")
        return ReaderUnavailable(why)

    def _failed(self, error: Exception) -> ReaderUnavailable:
        """Book what foreign code raised."""
        message = f"{type(error).__name__}: {error}"
        self._count("failures")
        with self._lock:
            self._last_error = message
        if self._breaker.record_failure():
            log.warning("reader paused after repeated failures, the last: %s", message)
        return ReaderUnavailable(message)

    def _count(self, counter: str, amount: int = 1) -> None:
        with self._lock:
            self._counts[counter] += amount


def _split(
    keys: Sequence[UnitKey], units: Mapping[UnitKey, TokenArray], more: int, most: int
) -> list[list[UnitKey]]:
    """Pieces of at most `most` tokens with the padding; `keys` rise in length."""
    pieces: list[list[UnitKey]] = [[]]
    for key in keys:
        longest = len(units[key]) + more
        if pieces[-1] and longest * (len(pieces[-1]) + 1) > most:
            pieces.append([])
        pieces[-1].append(key)
    return pieces
