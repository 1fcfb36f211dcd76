"""Counts for rate limits, shared by the worker processes of one machine.

They lie in `run/` of the data folder beside the day's salt, are worth nothing after a restart, and
hold no address: the keys are hashes under that salt, which is kept nowhere else.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pysqlite3
from limits.storage import Storage

from kb.database import sqlite
from kb.web.http.limits import salt
from kb.web.http.limits.memory import MemoryCounts, Window

T = TypeVar("T")

log = logging.getLogger(__name__)

SCHEME = "otvet-shared"

_COUNTS = "limits.sqlite"
_BUSY_TIMEOUT_S = 0.25  # a limit must not cost more than what it protects
TRY_AGAIN_S = 1.0
_SWEEP_EVERY_S = 60.0

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS counts"
    " (key TEXT PRIMARY KEY, count INTEGER NOT NULL, ends_at REAL NOT NULL) WITHOUT ROWID"
)
# One statement, so it is a write transaction from its start.
_HIT = (
    "INSERT INTO counts (key, count, ends_at) VALUES (:key, :amount, :ends_at)"
    " ON CONFLICT (key) DO UPDATE SET"
    " count = CASE WHEN ends_at <= :now THEN :amount ELSE count + :amount END,"
    " ends_at = CASE WHEN ends_at <= :now THEN :ends_at ELSE ends_at END"
    " RETURNING count, ends_at"
)
_LOOK = "SELECT count, ends_at FROM counts WHERE key = :key AND ends_at > :now"
_LOOK_ALL = (
    "SELECT key, count, ends_at FROM counts"
    " WHERE ends_at > ? AND key IN (SELECT value FROM json_each(?))"
)


@dataclass(frozen=True)
class Clock:
    """Time as the counts see it, in seconds; tests pass their own."""

    monotonic: Callable[[], float] = time.monotonic
    """Shared by all processes of a machine; setting the wall clock does not move it."""
    wall: Callable[[], float] = time.time


SYSTEM_CLOCK = Clock()


def wipe(run_dir: Path) -> None:
    """Forget all counts and the salt: once at start, before the worker processes exist."""
    for name in (salt.FILE, _COUNTS, f"{_COUNTS}-wal", f"{_COUNTS}-shm"):
        (run_dir / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class Addition:
    """One more in the key's window, which ends in `window_s` if it begins with this."""

    key: str
    window_s: float


class SharedStorage(Storage):
    """Counts of fixed windows in a small SQLite file, for `limits` and Flask-Limiter.

    While the file cannot be used, `is_down` is true and each process counts in its own memory; the
    file is tried again every second. Ends of windows are kept on the monotonic clock, which all
    processes of a machine share, so setting the wall clock neither frees nor locks anybody.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 (declared so by limits)

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,
        *,
        run_dir: str,
        clock: Clock = SYSTEM_CLOCK,
        **_: Any,
    ) -> None:
        super().__init__(uri, wrap_exceptions)
        self._clock = clock
        self._path = Path(run_dir) / _COUNTS
        self._lock = threading.Lock()
        self._connection: pysqlite3.Connection | None = None
        self._pid = os.getpid()
        self._memory = MemoryCounts()
        self._try_again_at = 0.0
        self._sweep_at = 0.0
        self.is_down = False

    @property
    def base_exceptions(self) -> type[Exception]:
        error: type[Exception] = pysqlite3.Error
        return error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more in the key's window of `expiry` seconds; returns the count."""
        now = self._clock.monotonic()
        values = {"key": key, "amount": amount, "ends_at": now + expiry, "now": now}

        def hit(connection: pysqlite3.Connection) -> int:
            self._sweep(connection, now)
            count: int = connection.execute(_HIT, values).fetchall()[0][0]
            return count

        return self._shared_or(hit, lambda: self._memory.hit(key, expiry, amount, now))

    def add_all(self, additions: Sequence[Addition]) -> list[Window]:
        """Count each of the additions, in one transaction; returns their windows in order."""
        now = self._clock.monotonic()
        rows = [
            {"key": one.key, "amount": 1, "ends_at": now + one.window_s, "now": now}
            for one in additions
        ]

        def add(connection: pysqlite3.Connection) -> list[Window]:
            self._sweep(connection, now)
            connection.execute("BEGIN IMMEDIATE")
            windows: list[Window] = [connection.execute(_HIT, row).fetchall()[0] for row in rows]
            connection.execute("COMMIT")
            return windows

        def add_in_memory() -> list[Window]:
            for one in additions:
                self._memory.hit(one.key, one.window_s, 1, now)
            return [self._memory.window(one.key, now) for one in additions]

        return self._shared_or(add, add_in_memory)

    def look_all(self, keys: Sequence[str]) -> dict[str, Window]:
        """The running windows of those keys that have one."""
        now = self._clock.monotonic()

        def look(connection: pysqlite3.Connection) -> dict[str, Window]:
            found = connection.execute(_LOOK_ALL, (now, json.dumps(list(keys)))).fetchall()
            return {key: (count, ends_at) for key, count, ends_at in found}

        def look_in_memory() -> dict[str, Window]:
            windows = ((key, self._memory.window(key, now)) for key in keys)
            return {key: window for key, window in windows if window[0]}

        return self._shared_or(look, look_in_memory)

    def get(self, key: str) -> int:
        return self._window(key)[0]

    def get_expiry(self, key: str) -> float:
        """The end of the key's window, on the wall clock; now if it has none."""
        ends_at = self._window(key)[1]
        return self._clock.wall() + max(0.0, ends_at - self._clock.monotonic())

    def check(self) -> bool:
        self._window("")
        return not self.is_down

    def reset(self) -> int | None:
        self._memory.clear()
        self._shared_or(lambda connection: connection.execute("DELETE FROM counts"), lambda: None)
        return None

    def clear(self, key: str) -> None:
        self._memory.clear(key)
        self._shared_or(
            lambda connection: connection.execute("DELETE FROM counts WHERE key = ?", (key,)),
            lambda: None,
        )

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        with self._lock:
            self._disconnect()

    def _window(self, key: str) -> Window:
        now = self._clock.monotonic()

        def look(connection: pysqlite3.Connection) -> Window:
            found: Window | None = connection.execute(_LOOK, {"key": key, "now": now}).fetchone()
            return found or (0, now)

        return self._shared_or(look, lambda: self._memory.window(key, now))

    def _shared_or(
        self, shared: Callable[[pysqlite3.Connection], T], in_memory: Callable[[], T]
    ) -> T:
        with self._lock:
            if self._clock.monotonic() < self._try_again_at:
                return in_memory()
            try:
                result = shared(self._connected())
            except pysqlite3.Error as error:
                self._note_failure(error)
                return in_memory()
            self._note_success()
            return result

    def _connected(self) -> pysqlite3.Connection:
        if self._pid != os.getpid():  # forked: the connection is the parent's
            self._connection, self._pid = None, os.getpid()
        if self._connection is None:
            self._connection = sqlite.connect(
                self._path, synchronous="OFF", busy_timeout_s=_BUSY_TIMEOUT_S
            )
            self._connection.execute(_SCHEMA)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None and self._pid == os.getpid():
            self._connection.close()
        self._connection = None

    def _note_failure(self, error: Exception) -> None:
        if not self.is_down:
            log.error(
                "rate limits cannot be shared: %s: %s; votes are refused until they can;"
                " if it lasts, restart the server, which makes the file anew",
                self._path,
                error,
            )
        self.is_down = True
        self._try_again_at = self._clock.monotonic() + TRY_AGAIN_S
        with suppress(pysqlite3.Error):
            self._disconnect()

    def _note_success(self) -> None:
        if self.is_down:
            log.warning("rate limits are shared again: %s", self._path)
        self.is_down = False

    def _sweep(self, connection: pysqlite3.Connection, now: float) -> None:
        """Drop windows that have ended."""
        if now >= self._sweep_at:
            self._sweep_at = now + _SWEEP_EVERY_S
            connection.execute("DELETE FROM counts WHERE ends_at <= ?", (now,))
