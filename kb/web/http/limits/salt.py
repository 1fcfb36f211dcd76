"""The day's salt, under which the keys of counts are hashed; shared by the worker processes."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

log = logging.getLogger(__name__)

FILE = "limits.salt"
_SALT_BYTES = 32


class DailySalt:
    """The salt of today (UTC), the same in all processes; yesterday's is overwritten."""

    def __init__(self, run_dir: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = run_dir / FILE
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
