"""Scores and outcomes kept between trials, by digests of all that they depend on.

A SQLite file that may be deleted at any time. Holds scores by digest; outcomes hold words of the
articles, never of readers. What was not used for a while is forgotten.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

FILE = "trials.sqlite"
"""Usual name, in the cache folder."""
KEPT_DAYS = 30
LOCK_WAIT_S = 10.0
DAY_S = 86_400
PENDING = 500
"""New values that are held until they are written: what a killed trial loses at most."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS kept"
    " (key BLOB PRIMARY KEY, value TEXT NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID"
)


def digest(*parts: object) -> bytes:
    """A key of everything that a value depends on."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:20]


class ScoreFile:
    """Values by key. Thread-safe; several processes may use one file.

    One that is damaged is begun anew, one that cannot be used is as good as empty: both are logged.
    """

    def __init__(self, path: Path, *, day: int | None = None) -> None:
        """`day` is the number of today's since 1970."""
        self._path = path
        self._day = int(time.time() // DAY_S) if day is None else day
        self._lock = threading.Lock()
        self._fresh: dict[bytes, str] = {}
        self._used: set[bytes] = set()
        self._connection = self._connected()

    def get(self, key: bytes) -> Any:
        """The value, or None."""
        with self._lock:
            if (text := self._fresh.get(key)) is not None:
                return json.loads(text)
            row = self._read(key)
            if row is None:
                return None
            try:
                value = json.loads(row[0])
            except ValueError:
                return None
            if row[1] != self._day:
                self._used.add(key)
            return value

    def put(self, values: Mapping[bytes, Any]) -> None:
        """Keep values that JSON can hold; they are written now and then, and by `close`."""
        with self._lock:
            for key, value in values.items():
                self._fresh[key] = json.dumps(value, ensure_ascii=False)
            if len(self._fresh) >= PENDING:
                self._write()

    def flush(self) -> None:
        with self._lock:
            self._write()

    def close(self) -> None:
        """Write what is new, forget what was not used for long."""
        self.flush()
        if self._connection:
            oldest = (self._day - KEPT_DAYS,)
            self._tried(lambda it: it.execute("DELETE FROM kept WHERE used < ?", oldest))
            self._connection.close()
            self._connection = None

    def _read(self, key: bytes) -> tuple[str, int] | None:
        if self._connection is None:
            return None
        try:
            found = self._connection.execute("SELECT value, used FROM kept WHERE key = ?", (key,))
            row: tuple[str, int] | None = found.fetchone()
        except sqlite3.DatabaseError as error:
            log.warning("%s cannot be read now: %s", self._path, error)
            return None
        return row

    def _write(self) -> None:
        fresh = [(key, text, self._day) for key, text in self._fresh.items()]
        used = [(self._day, key) for key in self._used]
        self._fresh, self._used = {}, set()
        self._tried(lambda it: _put(it, fresh, used))

    def _tried(self, write: Any) -> None:
        if self._connection is None:
            return
        try:
            with self._connection:
                write(self._connection)
        except sqlite3.DatabaseError as error:
            log.warning("%s cannot be written now: %s", self._path, error)

    def _connected(self) -> sqlite3.Connection | None:
        for is_last in (False, True):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                return _open(self._path)
            except sqlite3.OperationalError as error:
                log.warning("%s cannot be used: %s", self._path, error)
                return None
            except sqlite3.DatabaseError as error:
                log.warning("%s is damaged (%s) and begun anew", self._path, error)
                if is_last:
                    return None
                for suffix in ("", "-journal", "-wal", "-shm"):
                    Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        return None


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=LOCK_WAIT_S, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # it may be lost at any time
        connection.execute(_TABLE)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _put(
    connection: sqlite3.Connection,
    fresh: Iterable[tuple[bytes, str, int]],
    used: Iterable[tuple[int, bytes]],
) -> None:
    connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", fresh)
    connection.executemany("UPDATE kept SET used = ? WHERE key = ?", used)
