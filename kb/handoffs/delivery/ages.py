"""Ages of what waits, by a clock that nobody can set."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class DeliveryClock:
    """Clocks of a process that delivers: the wall's, which may be set, and a steady one."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    steady_s: Callable[[], float] = time.monotonic


SYSTEM_CLOCK = DeliveryClock()


class Ages:
    """Ages of things by their keys: as the wall clock had it at first sight, then by the steady."""

    def __init__(self, clock: DeliveryClock) -> None:
        self._clock = clock
        self._first: dict[Hashable, tuple[float, float]] = {}

    def age_s(self, key: Hashable, since: datetime) -> float:
        """Seconds since `since`, which may have been written by a clock that was wrong."""
        seen_s = self._clock.steady_s()
        if key not in self._first:
            apparent_s = (self._clock.now() - since).total_seconds()
            self._first[key] = (seen_s, max(0.0, apparent_s))
        first_s, apparent_s = self._first[key]
        return apparent_s + seen_s - first_s

    def keep_only(self, keys: Collection[Hashable]) -> None:
        """Forget all others."""
        self._first = {key: self._first[key] for key in keys if key in self._first}
