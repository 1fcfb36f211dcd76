"""The reader behind a fence: permits, a deadline, a breaker and a cache. Never waits for long.

Reads a few units at once and looks at the clock before each, so that no call is left running; what
was read is kept by unit and query.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from search.answers.pace import Pace
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
    permit_wait_share: float = 0.3
    """Of the time for a reading that may pass before it begins."""
    threads: int = 2
    """Units read at once: as many as a small server has cores."""
    breaker_failures: int = 5
    breaker_window_s: float = 10.0
    breaker_pause_s: float = 5.0
    cached_scores: int = 20_000
    retry_s: float = 10.0
    """After a reader that could not be loaded."""


LONGEST_WAIT_S = 60.0
UNHURRIED = ReadingLimits(timeout_s=float("inf"))
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
    busy_s: float = 0.0
    """Seconds that readings took, whole queries each; of several at once each counts."""


class UnitReader:
    """Gives the log-odds of units, in time or not at all. Thread-safe."""

    def __init__(
        self,
        load: Callable[[], Reader],
        limits: ReadingLimits | None = None,
        *,
        fingerprint: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`load` runs in the background; `fingerprint` is the generation's, others are refused.

        Make it after forking: threads do not survive a fork.
        """
        self.fingerprint = fingerprint
        self._load = load
        self._reader: Reader | None = None
        self._loader: threading.Thread | None = None
        self._load_again_at = 0.0
        self._limits = limits or ReadingLimits()
        self._clock = clock
        self._permits = threading.Semaphore(self._limits.permits)
        self._pool = ThreadPoolExecutor(self._limits.threads, thread_name_prefix="reader")
        self._lock = threading.Lock()
        self._recent: OrderedDict[tuple[str, UnitKey], float] = OrderedDict()
        self._counts = dict.fromkeys(
            ("readings", "cache_hits", "refusals", "timeouts", "failures"), 0
        )
        self._last_error = ""
        self._busy_s = 0.0
        self._breaker = CircuitBreaker(
            failures=self._limits.breaker_failures,
            window_s=self._limits.breaker_window_s,
            pause_s=self._limits.breaker_pause_s,
            clock=clock,
        )

    @property
    def state(self) -> ReaderState:
        with self._lock:
            return ReaderState(**self._counts, last_error=self._last_error, busy_s=self._busy_s)

    @property
    def is_available(self) -> bool:
        """True when a reading could begin now."""
        return self._reader is not None and not self._breaker.is_open

    def start(self) -> None:
        """Begin to load, unless that is done, going on, or has failed just now."""
        with self._lock:
            if self._reader or (self._loader and self._loader.is_alive()):
                return
            if self._clock() < self._load_again_at:
                return
            self._load_again_at = self._clock() + self._limits.retry_s
            self._loader = threading.Thread(
                target=self._load_once, name="reader-loader", daemon=True
            )
            self._loader.start()

    def wait_until_ready(self, timeout_s: float) -> bool:
        """Start, then wait for the reader at most so long; True when it is loaded."""
        self.start()
        if self._loader:
            self._loader.join(timeout_s)
        return self._reader is not None

    def _load_once(self) -> None:
        try:
            reader = self._load()
            if reader.fingerprint != self.fingerprint:
                raise ReaderUnavailable(f"the reader is {reader.fingerprint}, not the index's")
            reader.logit(reader.question("warm-up"), np.zeros(1, dtype=np.int32))
        except Exception as error:  # noqa: BLE001  # foreign code; search goes on without it
            message = f"{type(error).__name__}: {error}"
            log.warning("reader cannot be loaded: %s", message)
            with self._lock:
                self._last_error = message
            return
        self._reader = reader
        log.info("reader loaded")

    def deadline(self) -> float:
        """Time by the reader's clock at which a reading that begins now must have ended."""
        return self._clock() + self._limits.timeout_s

    def read(
        self, query: str, units: Mapping[UnitKey, TokenArray], *, deadline: float
    ) -> dict[UnitKey, float]:
        """Log-odds that each unit answers; raises ReaderUnavailable past `deadline`."""
        found = self._from_cache(query, units)
        missing = {key: tokens for key, tokens in units.items() if key not in found}
        if not missing:
            return found
        reader = self._reader
        if reader is None:
            self.start()
            raise self._refused(self._last_error or "the reader is still loading")
        if not self._breaker.admit():
            raise self._refused("the reader failed too often and is left alone for a while")
        wait_s = self._limits.permit_wait_share * max(0.0, deadline - self._clock())
        wait_s = min(wait_s, LONGEST_WAIT_S)
        if not self._permits.acquire(timeout=wait_s):
            raise self._refused("the reader is busy")
        began = self._clock()
        try:
            found |= self._read_all(reader, query, missing, deadline)
        finally:
            self._permits.release()
            with self._lock:
                self._busy_s += self._clock() - began
        self._breaker.record_success()
        return found

    def _read_all(
        self, reader: Reader, query: str, units: Mapping[UnitKey, TokenArray], deadline: float
    ) -> dict[UnitKey, float]:
        """Read units while they come in time; raises ReaderUnavailable when not all of them do."""
        question = self._question(reader, query)
        costs = {key: len(tokens) + len(question) + MARKS for key, tokens in units.items()}
        pace = Pace(self._clock, deadline=deadline, tokens=sum(costs.values()))

        def read_one(key: UnitKey) -> float | None:
            if not pace.begin(costs[key]):
                return None
            try:
                score = reader.logit(question, units[key])
                if not math.isfinite(score):
                    raise ReaderUnavailable("the reader gave a score that is no number")
            except BaseException:
                pace.stop()
                raise
            self._remember(query, key, score)
            return score

        # The longest last would keep one thread waiting for the other.
        keys = sorted(units, key=lambda key: -costs[key])
        try:
            scores = list(self._pool.map(read_one, keys))
        except Exception as error:
            raise self._failed(error) from error
        found = {k: score for k, score in zip(keys, scores, strict=True) if score is not None}
        if len(found) < len(keys):
            self._count("timeouts")
            # Under load every reading would come too late, and cost what others wait for.
            if self._breaker.record_failure():
                log.warning("reader paused: too many readings took too long")
            raise ReaderUnavailable("reading takes too long")
        return found

    def _question(self, reader: Reader, query: str) -> tuple[int, ...]:
        try:
            return reader.question(query)
        except Exception as error:
            raise self._failed(error) from error

    def _from_cache(self, query: str, keys: Mapping[UnitKey, TokenArray]) -> dict[UnitKey, float]:
        with self._lock:
            found = {key: self._recent[query, key] for key in keys if (query, key) in self._recent}
            for key in found:
                self._recent.move_to_end((query, key))
            self._counts["cache_hits"] += len(found)
        return found

    def _remember(self, query: str, key: UnitKey, score: float) -> None:
        with self._lock:
            self._counts["readings"] += 1
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
