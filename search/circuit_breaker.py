"""Circuit breaker: after repeated failures callers are turned away, but for one a pause who tries.

Knows nothing of what it guards; the query encoder, the database and each channel of hand-offs have
one. It lives here because `search` imports nothing of `kb`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable


class CircuitBreaker:
    """Opens after `failures` within `window_s`; then admits one caller each `pause_s`, as a trial.

    One success closes it, one failure of a trial keeps it open for another pause. Failures that
    are further apart than the window never open it. Successes between them do not count, unless
    the failures must come `in_a_row`. Thread-safe; holds no lock while callers are at work.
    """

    def __init__(
        self,
        *,
        failures: int = 1,
        window_s: float = 0.0,
        pause_s: float,
        in_a_row: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._in_a_row = in_a_row
        self._window_s = window_s
        self._pause_s = pause_s
        self._clock = clock
        self._lock = threading.Lock()
        self._failed_at: deque[float] = deque(maxlen=failures)
        self._open_until: float | None = None

    @property
    def is_open(self) -> bool:
        """True when a caller would be turned away now. Unlike `admit`, asking starts no trial."""
        with self._lock:
            return self._open_until is not None and self._clock() < self._open_until

    @property
    def is_tripped(self) -> bool:
        """True from the failure that opens it until a success, trials included."""
        with self._lock:
            return self._open_until is not None

    def admit(self) -> bool:
        """True when closed, and once a pause when open: that caller's outcome is the trial."""
        with self._lock:
            if self._open_until is None:
                return True
            now = self._clock()
            if now < self._open_until:
                return False
            self._open_until = now + self._pause_s
            return True

    def record_failure(self) -> bool:
        """Count a failure; True when it opens the breaker, not when it keeps it open."""
        with self._lock:
            now = self._clock()
            self._failed_at.append(now)
            was_open = self._open_until is not None
            is_streak = (
                len(self._failed_at) == self._failed_at.maxlen
                and now - self._failed_at[0] <= self._window_s
            )
            if was_open or is_streak:
                self._open_until = now + self._pause_s
            return is_streak and not was_open

    def record_success(self) -> bool:
        """Close the breaker when it is open; True when it was."""
        with self._lock:
            was_open = self._open_until is not None
            self._open_until = None
            if was_open or self._in_a_row:
                self._failed_at.clear()
            return was_open
