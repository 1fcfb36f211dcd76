"""Guards of the database: writers go in turn, and nobody while it is away. No SQL."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kb.errors import DatabaseUnavailable
from search.circuit_breaker import CircuitBreaker


class Turns:
    """Lets the writers of one process write in the order they came.

    SQLite's own waiting is asking again and again, and one of many may be unlucky for two seconds.
    """

    def __init__(self, *, patience_s: float) -> None:
        self._patience_s = patience_s
        self._condition = threading.Condition()
        self._queue: deque[object] = deque()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Raises DatabaseUnavailable when the others take too long."""
        mine = object()
        with self._condition:
            self._queue.append(mine)
            if not self._condition.wait_for(lambda: self._queue[0] is mine, self._patience_s):
                self._queue.remove(mine)
                raise DatabaseUnavailable("other writers take too long")
        try:
            yield
        finally:
            with self._condition:
                self._queue.popleft()
                self._condition.notify_all()


class DatabaseBreaker:
    """After the database was lost, callers fail at once, but for one each `cool_down_s` who tries.

    Otherwise every request thread would sit out the deadline and the site would hang with the
    database. `is_lost` tells from the cause of a DatabaseUnavailable whether the database itself is
    away; other troubles neither open nor close the breaker. With `cool_down_s` 0 all may try.
    """

    def __init__(
        self,
        *,
        cool_down_s: float,
        is_lost: Callable[[BaseException | None], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._circuit = CircuitBreaker(pause_s=cool_down_s, clock=clock)
        self._is_lost = is_lost

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Raises DatabaseUnavailable without trying while the breaker is open."""
        if not self._circuit.admit():
            raise DatabaseUnavailable("the database was lost a moment ago")
        try:
            yield
        except DatabaseUnavailable as error:
            if self._is_lost(error.__cause__):
                self._circuit.record_failure()
            raise
        self._circuit.record_success()
