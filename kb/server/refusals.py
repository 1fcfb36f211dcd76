"""Requests that are turned away before the application sees them: counted, and told in the log.

Under a flood a line each would be a flood of its own, so lines are sums of some seconds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

log = logging.getLogger(__name__)

LOG_EVERY_S = 10.0
MOST_TOLD = 10
"""Routes with their status in one line, those refused most first."""


class Refusals:
    """Refusals of one process. Thread-safe."""

    def __init__(
        self, count: Callable[[str, int], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`count` gets the route and the status of each."""
        self._count = count
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: Counter[tuple[str, int]] = Counter()
        self._logged_at = clock() - LOG_EVERY_S

    def add(self, route: str, status: int) -> None:
        self._count(route, status)
        with self._lock:
            self._pending[route, status] += 1
        self.tell()

    def tell(self) -> None:
        """Log what has come together since the last line, unless that was just now."""
        with self._lock:
            now = self._clock()
            if not self._pending or now - self._logged_at < LOG_EVERY_S:
                return
            pending, self._pending, self._logged_at = self._pending, Counter(), now
        routes = [
            {"route": route, "status": status, "count": count}
            for (route, status), count in pending.most_common(MOST_TOLD)
        ]
        log.warning(
            "%d requests refused before the application", pending.total(), extra={"routes": routes}
        )
