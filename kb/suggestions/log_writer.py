"""Writes suggestions to the database from a thread, many in one transaction.

A suggestion must be answered in time even when the disk is slow, so its reply waits a little for
its row and then goes out; the row is written as soon as the database takes it. What waits is
bounded: while the database is away the newest are kept and the oldest given up, with a count.
"""

from __future__ import annotations

import threading
from collections import deque

import structlog

from kb.database.engine import Database
from kb.errors import DatabaseUnavailable
from kb.suggestions.log import LoggedSuggestion, record_suggestions

log = structlog.get_logger(__name__)

MOST_WAITING = 2000
MOST_AT_ONCE = 100
RETRY_S = 1.0
CLOSE_WAIT_S = 3.0


class Pending:
    """A suggestion that may not be on the disk yet."""

    def __init__(self, logged: LoggedSuggestion) -> None:
        self.logged = logged
        self._is_written = False
        self._tried = threading.Event()

    def wait(self, timeout_s: float) -> bool:
        """Tell whether it is on the disk, once that has been tried, or after at most so long."""
        self._tried.wait(max(0.0, timeout_s))
        return self._is_written

    def finish(self) -> None:
        self._is_written = True
        self._tried.set()

    def postpone(self) -> None:
        """Let whoever waits go on: it will be tried again, but not now."""
        self._tried.set()


class LogWriter:
    """The thread starts with the first suggestion: make it after forking. Thread-safe."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: deque[Pending] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self.lost = 0
        """Suggestions given up since the start."""

    def put(self, logged: LoggedSuggestion) -> Pending:
        pending = Pending(logged)
        with self._changed:
            self._waiting.append(pending)
            if len(self._waiting) > MOST_WAITING:
                self._waiting.popleft()
                self.lost += 1
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name="log", daemon=True)
                self._thread.start()
            self._changed.notify()
        return pending

    def close(self) -> None:
        """Write what waits, within CLOSE_WAIT_S."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread:
            self._thread.join(CLOSE_WAIT_S)

    def _run(self) -> None:
        while batch := self._next():
            try:
                record_suggestions(self._db, [pending.logged for pending in batch])
            except DatabaseUnavailable as error:
                log.error(
                    "suggestions wait for the database", waiting=len(batch), reason=str(error)
                )
                self._put_back(batch)
                continue
            except Exception:  # without this thread nothing would be kept any more
                log.exception("suggestions_not_kept", lost=len(batch))
                self.lost += len(batch)
            for pending in batch:
                pending.finish()

    def _next(self) -> list[Pending]:
        """Suggestions to write now; none when it is time to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            count = min(len(self._waiting), MOST_AT_ONCE)
            return [self._waiting.popleft() for _ in range(count)]

    def _put_back(self, batch: list[Pending]) -> None:
        for pending in batch:
            pending.postpone()
        with self._changed:
            if self._is_closed:
                self.lost += len(self._waiting) + len(batch)
                self._waiting.clear()
                return
            self._waiting.extendleft(reversed(batch))
            self._changed.wait_for(lambda: self._is_closed, RETRY_S)
