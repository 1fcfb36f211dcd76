"""SQLite: sound versions, locks, damaged files."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pysqlite3
import pytest
from sqlalchemy import func, select, text

from kb.database import engine as db_module
from kb.database import sqlite
from kb.database.engine import Connection, Database
from kb.database.tables import votes
from kb.errors import BadConfig, DatabaseUnavailable
from tests.support.patience import PATIENCE_S
from tests.support.vote_rows import add_vote, count_transactions, count_votes


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_versions_with_the_wal_reset_bug_are_known(
    version: tuple[int, int, int], has_bug: bool
) -> None:
    assert sqlite.has_wal_reset_bug(version) is has_bug


def test_sqlite_with_the_bug_is_refused_with_a_remedy() -> None:
    with pytest.raises(BadConfig, match=r"3\.40\.1 .*pip install.*KB_DATABASE_URL"):
        sqlite.require_sound_wal((3, 40, 1))


def test_an_address_of_a_sqlite_with_the_bug_is_refused(
    monkeypatch: pytest.MonkeyPatch, sqlite_path: Path
) -> None:
    monkeypatch.setattr(sqlite.require_sound_wal, "__defaults__", ((3, 51, 2),))
    with pytest.raises(BadConfig):
        Database.from_url(f"sqlite:///{sqlite_path}")


def test_version_in_use_is_sound_and_logged(
    sqlite_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database.from_url(f"sqlite:///{sqlite_path}")
    with caplog.at_level(logging.INFO, logger="kb.database.engine"):
        database.migrate()
    database.close()
    assert f"SQLite {pysqlite3.sqlite_version}" in caplog.text


def test_sqlite_runs_in_wal_mode_with_full_synchronisation(sqlite_db: Database) -> None:
    with sqlite_db.write() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() == 2000


def test_the_files_are_private(sqlite_db: Database, sqlite_path: Path) -> None:
    with sqlite_db.write() as connection:
        add_vote(connection)
    assert [path.stat().st_mode & 0o077 for path in sqlite_path.parent.iterdir()] == [0, 0, 0]


def test_a_held_lock_ends_writes_after_two_seconds_and_leaves_reads(
    sqlite_db: Database, sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two seconds are SQLite's `busy_timeout`, checked above: it is waited for once."""
    asked = count_transactions(sqlite_db, monkeypatch)
    with closing(pysqlite3.connect(str(sqlite_path), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable, match="locked"):
            sqlite_db.transact(add_vote)
        assert asked == ["_writing"]
        assert count_votes(sqlite_db) == 0  # readers do not need the lock
    sqlite_db.transact(add_vote)
    assert count_votes(sqlite_db) == 1


@pytest.fixture
def patient_db(sqlite_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """One whose locks and turns are waited for however busy the machine is."""
    for name in ("PATIENCE_S", "DEADLINE_S", "TURN_PATIENCE_S"):
        monkeypatch.setattr(db_module, name, PATIENCE_S)
    database = Database.from_url(f"sqlite:///{sqlite_path}")
    database.migrate()
    yield database
    database.close()


def test_a_lock_held_for_a_moment_is_waited_for(patient_db: Database, sqlite_path: Path) -> None:
    with closing(
        pysqlite3.connect(str(sqlite_path), isolation_level=None, check_same_thread=False)
    ) as holder:
        holder.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, holder.rollback)
        release.start()
        patient_db.transact(add_vote)
        release.join()
    assert count_votes(patient_db) == 1


def test_reading_before_writing_cannot_lose_its_lock(patient_db: Database) -> None:
    """In a deferred transaction the second to write would fail at once, without any waiting."""

    def read_then_write(connection: Connection) -> None:
        number = connection.execute(select(func.count()).select_from(votes)).scalar_one()
        time.sleep(0.02)  # the others would read meanwhile, if they could
        add_vote(connection, number)

    threads = [
        threading.Thread(target=patient_db.transact, args=(read_then_write,)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count_votes(patient_db) == 8


def test_a_damaged_file_makes_the_database_unavailable(
    sqlite_db: Database, sqlite_path: Path
) -> None:
    sqlite_db.transact(add_vote)
    sqlite_db.close()
    sqlite_path.write_bytes(random.Random(1).randbytes(8192))
    with pytest.raises(DatabaseUnavailable):
        count_votes(sqlite_db)


def test_a_folder_that_cannot_be_made_makes_the_database_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = Database.from_url(f"sqlite:///{tmp_path / 'file' / 'votes.sqlite'}")
    with pytest.raises(DatabaseUnavailable, match="cannot open"):
        database.ping()
