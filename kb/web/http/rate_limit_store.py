"""Counts for rate limits, and the day's salt, shared by the worker processes of one machine.

Both lie in `run/` of the data folder, are worth nothing after a restart, and hold no address: the
keys are hashes under a salt that changes every day and is kept nowhere else.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import pysqlite3
from limits.storage import Storage

from kb.database import sqlite

T = TypeVar("T")

log = logging.getLogger(__name__)

SCHEME = "otvet-shared"

_COUNTS = "limits.sqlite"
_SALT = "limits.salt"
_BUSY_TIMEOUT_S = 0.25  # a limit must not cost more than what it protects
TRY_AGAIN_S = 1.0
_SWEEP_EVERY_S = 60.0
_MAX_KEYS_IN_MEMORY = 50_000
_SALT_BYTES = 32

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

Window = tuple[int, float]  # count, end on the monotonic clock


@dataclass(frozen=True)
class Clock:
    """Time as the counts see it, in seconds; tests pass their own."""

    monotonic: Callable[[], float] = time.monotonic
    """Shared by all processes of a machine; setting the wall clock does not move it."""
    wall: Callable[[], float] = time.time


SYSTEM_CLOCK = Clock()


def wipe(run_dir: Path) -> None:
    """Forget all counts and the salt: once at start, before the worker processes exist."""
    for name in (_SALT, _COUNTS, f"{_COUNTS}-wal", f"{_COUNTS}-shm"):
        (run_dir / name).unlink(missing_ok=True)


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


class MemoryCounts:
    """The same counts for one process. Bounded: past the bound, ended and then oldest keys go."""

    def __init__(self, *, max_keys: int = _MAX_KEYS_IN_MEMORY) -> None:
        self._max_keys = max_keys
        self._windows: dict[str, Window] = {}

    def hit(self, key: str, length_s: float, amount: int, now: float) -> int:
        count, ends_at = self.window(key, now)
        count, ends_at = (count + amount, ends_at) if count else (amount, now + length_s)
        if key not in self._windows and len(self._windows) >= self._max_keys:
            self._make_room(now)
        self._windows[key] = (count, ends_at)
        return count

    def window(self, key: str, now: float) -> Window:
        """The running window; (0, now) if there is none."""
        found = self._windows.get(key)
        return found if found and found[1] > now else (0, now)

    def clear(self, key: str | None = None) -> None:
        """Forget one key, or all."""
        if key is None:
            self._windows.clear()
        else:
            self._windows.pop(key, None)

    def _make_room(self, now: float) -> None:
        running = [(key, window) for key, window in self._windows.items() if window[1] > now]
        self._windows = dict(running[-self._max_keys // 2 :])


class DailySalt:
    """The salt of today (UTC), the same in all processes; yesterday's is overwritten."""

    def __init__(self, run_dir: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = run_dir / _SALT
        self._clock = clock
        self._lock = threading.Lock()
        self._day = ""
        self._salt = b""

    def today(self) -> bytes:
        day = datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
        with self._lock:
            if day != self._day:
                self._salt = self._shared_salt(day)
                self._day = day
            return self._salt

    def _shared_salt(self, day: str) -> bytes:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with open(self._path, "r+b", opener=_private) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                return _read_salt(file, day) or _write_salt(file, day)
        except OSError as error:
            log.error("no salt shared between processes: %s: %s", self._path, error)
            return secrets.token_bytes(_SALT_BYTES)


def _read_salt(file: BinaryIO, day: str) -> bytes | None:
    written_day, _, salt = file.read().partition(b" ")
    return salt if written_day == day.encode() and len(salt) == _SALT_BYTES else None


def _write_salt(file: BinaryIO, day: str) -> bytes:
    salt = secrets.token_bytes(_SALT_BYTES)
    file.seek(0)
    file.write(day.encode() + b" " + salt)
    file.truncate()
    file.flush()
    return salt


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT, 0o600)
