"""Pace of a reading: says before each unit whether the whole of it would still come in time."""

from __future__ import annotations

import threading
from collections.abc import Callable

SAMPLE = 0.25
"""Share of the time after which a pace is told: a stall at the beginning says nothing."""


class Pace:
    """Of one reading of some tokens by several threads. Thread-safe."""

    def __init__(self, clock: Callable[[], float], *, deadline: float, tokens: int) -> None:
        """`tokens` are those of all units, `deadline` is by the clock."""
        self._clock = clock
        self._begun_at = clock()
        self._deadline = deadline
        self._tokens = tokens
        self._begun = 0
        self._is_stopped = False
        self._lock = threading.Lock()

    def begin(self, tokens: int) -> bool:
        """True when a unit of so many tokens may be read now; once False, always False.

        Judged by the units begun until now, once SAMPLE of the time has passed: a machine that took
        half of the time for a tenth of the tokens would only keep others waiting.
        """
        with self._lock:
            now = self._clock()
            is_sampled = now - self._begun_at >= SAMPLE * (self._deadline - self._begun_at)
            if self._begun and is_sampled:
                whole = (now - self._begun_at) * self._tokens / self._begun
                self._is_stopped |= self._begun_at + whole > self._deadline
            self._is_stopped |= now > self._deadline
            self._begun += tokens
            return not self._is_stopped

    def stop(self) -> None:
        """Let no further unit begin."""
        with self._lock:
            self._is_stopped = True
