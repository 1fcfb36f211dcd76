"""Who may go to the database now: writers in turn, and nobody while it is away. No SQL."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kb.errors import DatabaseUnavailable


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


class Breaker:
    """After the database was lost, callers fail at once, but for one each `cool_down_s` who tries.

    Otherwise every request thread would sit out the deadline and the site would hang with the
    database. `is_lost` tells from the cause of a DatabaseUnavailable whether the database itself is
    away. With `cool_down_s` 0 it never opens.
    """

    def __init__(
        self,
        *,
        cool_down_s: float,
        is_lost: Callable[[BaseException | None], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cool_down_s = cool_down_s
        self._is_lost = is_lost
        self._clock = clock
        self._lock = threading.Lock()
        self._open_until: float | None = None

    @contextmanager
    def guard(self) -> Iterator[None]:
        self._admit()
        try:
            yield
        except DatabaseUnavailable as error:
            if self._is_lost(error.__cause__):
                self._open()
            raise
        self._open_until = None

    def _admit(self) -> None:
        with self._lock:
            if self._open_until is None:
                return
            if self._clock() < self._open_until:
                raise DatabaseUnavailable("the database was lost a moment ago")
            self._open_until = self._clock() + self._cool_down_s  # we try, the others stay out

    def _open(self) -> None:
        with self._lock:
            if self._cool_down_s:
                self._open_until = self._clock() + self._cool_down_s
