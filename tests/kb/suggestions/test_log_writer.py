"""The writer of the suggestion log: it loses nothing, and nobody waits for a lost database."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kb.database.engine import Database
from kb.database.tables import suggestions
from kb.errors import DatabaseUnavailable
from kb.suggestions import log_writer
from kb.suggestions.log import LoggedSuggestion, record_suggestions
from kb.suggestions.log_writer import LogWriter
from tests.support.libraries.handoff_library import logged
from tests.support.patience import PATIENCE_S, wait_until


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database.from_url(f"sqlite:///{tmp_path / 'log.sqlite'}")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def writer(db: Database) -> Iterator[LogWriter]:
    made = LogWriter(db)
    yield made
    made.close()


def count(db: Database) -> int:
    return db.query(lambda c: c.execute(select(func.count()).select_from(suggestions)).scalar_one())


def test_who_waits_learns_that_it_is_written(db: Database, writer: LogWriter) -> None:
    assert writer.put(logged()).wait(PATIENCE_S)
    assert count(db) == 1


def test_a_database_that_is_away_is_waited_for_by_nobody(
    db: Database, writer: LogWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_back = threading.Event()

    def record(database: Database, batch: Sequence[LoggedSuggestion]) -> None:
        if not is_back.is_set():
            raise DatabaseUnavailable("away")
        record_suggestions(database, batch)

    monkeypatch.setattr(log_writer, "record_suggestions", record)
    monkeypatch.setattr(log_writer, "RETRY_S", 0.05)
    pending = writer.put(logged())
    assert not pending.wait(PATIENCE_S)
    is_back.set()
    wait_until(lambda: pending.wait(0))
    assert count(db) == 1


def test_closing_writes_what_waits(
    db: Database, writer: LogWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "CLOSE_WAIT_S", PATIENCE_S)
    for number in range(250):
        writer.put(logged(id=f"sug_{number:016x}"))
    writer.close()
    assert count(db) == 250
    assert not writer.lost
