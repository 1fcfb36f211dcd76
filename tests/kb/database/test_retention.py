"""Retention: one kind of data that cannot be deleted keeps no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table

from kb.config import Config
from kb.database import retention, tables
from kb.database.engine import Database
from kb.suggestions import log
from tests.support.libraries.handoff_library import NOW, logged, make

pytest_plugins = ["tests.support.fixtures.postgres_fixture"]

LATER = NOW + timedelta(days=91)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


@pytest.mark.parametrize(
    ("table", "part"), [(tables.votes, "comments"), (tables.events, "events")], ids=str
)
def test_a_table_in_trouble_keeps_no_other(db: Database, table: Table, part: str) -> None:
    log.record_suggestions(db, [logged()])
    make(db)
    db.transact(lambda connection: table.drop(connection))
    swept = retention.sweep(db, Config(), now=LATER)
    assert swept.failed == (part,)
    assert swept.rows == 3  # the hand-off, its delivery and the suggestion


def test_a_mistake_in_one_part_keeps_no_other(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: Any) -> int:
        raise OverflowError

    make(db)
    monkeypatch.setattr(retention, "_contacts", mistaken)
    swept = retention.sweep(db, Config(), now=LATER)
    assert (swept.failed, swept.rows) == (("contacts",), 2)


def test_days_are_counted_back_in_the_part_that_needs_them(db: Database) -> None:
    make(db)
    config = Config().model_copy(update={"contact_days": 999_999})  # past what Config allows
    swept = retention.sweep(db, config, now=LATER)
    assert (swept.failed, swept.rows) == (("contacts",), 2)
