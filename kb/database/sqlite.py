"""SQLite connections: which library, which version, which pragmas. No tables, no SQLAlchemy.

We use the SQLite that comes with `pysqlite3`, because the one of the operating system is often
old enough to have the WAL-reset bug, which corrupts a database that several processes write.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Literal

import pysqlite3

from kb.errors import BadConfig

SQLITE_VERSION: tuple[int, int, int] = pysqlite3.sqlite_version_info

# https://www.sqlite.org/wal.html#walresetbug: in 3.7.0 to 3.51.2, mended in these two branches.
_FIRST_WITH_BUG = (3, 7, 0)
_FIRST_WITHOUT_BUG = (3, 51, 3)
_BACKPORTS = ((3, 44, 6), (3, 50, 7))

_SWITCH_PAUSE_S = 0.02

Synchronous = Literal["FULL", "OFF"]


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """Tell whether this SQLite may corrupt a WAL database with several writing connections."""
    is_backport = any(fixed <= version < (3, fixed[1] + 1, 0) for fixed in _BACKPORTS)
    return _FIRST_WITH_BUG <= version < _FIRST_WITHOUT_BUG and not is_backport


def require_sound_wal(version: tuple[int, int, int] = SQLITE_VERSION) -> None:
    """Raise BadConfig, with the remedy, when several processes must not share a WAL database."""
    if has_wal_reset_bug(version):
        found = ".".join(map(str, version))
        raise BadConfig(
            f"SQLite {found} has the WAL-reset bug, which can corrupt the database;"
            " run `pip install 'pysqlite3>=0.6.1'` (SQLite 3.51.3 or newer),"
            " or point KB_DATABASE_URL to PostgreSQL"
        )


def connect(path: Path, *, synchronous: Synchronous, busy_timeout_s: float) -> pysqlite3.Connection:
    """Open `path` in WAL mode, making it (mode 0600) when it is missing.

    The connection begins no transaction by itself: callers say `BEGIN`. It may move between
    threads, one at a time. Raises pysqlite3.Error.
    """
    _make_private_file(path)
    connection = pysqlite3.connect(
        str(path), timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
    )
    try:
        _switch_to_wal(connection, patience_s=busy_timeout_s)
        pragma = "PRAGMA synchronous = FULL" if synchronous == "FULL" else "PRAGMA synchronous=OFF"
        connection.execute(pragma)
    except pysqlite3.Error:
        connection.close()
        raise
    return connection


def _make_private_file(path: Path) -> None:
    """Comments of readers are nobody else's business; SQLite gives -wal and -shm the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise pysqlite3.OperationalError(f"cannot open {path}: {error.strerror}") from error


def _switch_to_wal(connection: pysqlite3.Connection, *, patience_s: float) -> None:
    """Two processes that switch a new file at once get "locked" without any busy waiting."""
    give_up_at = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except pysqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up_at:
                raise
            time.sleep(_SWITCH_PAUSE_S)
        else:
            return
