"""The budget of hand-offs, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kb.database.engine import Database
from kb.handoffs import budget, handoffs
from kb.handoffs.budget import KeyUse
from tests.support.libraries.handoff_library import NOW, PLACE, wanted

MINUTE = timedelta(minutes=1)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def make(db: Database, number: int, key_id: str, minutes_ago: int) -> None:
    asked = wanted(number, key_id=key_id, contact=None, consent=None)
    handoffs.make(db, asked, PLACE, now=NOW - minutes_ago * MINUTE)


def test_the_busiest_key_of_the_last_hour_is_found(db: Database) -> None:
    assert budget.busiest(db, now=NOW) is None
    for number, (key_id, minutes_ago) in enumerate(
        [
            ("one", 1),
            ("one", 2),
            ("other", 1),
            ("other", 59),
            ("other", 0),
            ("one", 60),
            ("old", 61),
        ]
    ):
        make(db, number, key_id, minutes_ago)
    assert budget.busiest(db, now=NOW) == KeyUse("other", 3)
    assert budget.use_of(db, "one", now=NOW) == KeyUse("one", 2)
    assert budget.use_of(db, "unknown", now=NOW) == KeyUse("unknown", 0)


def test_only_more_than_the_budget_is_an_alarm() -> None:
    assert budget.alarm(None, 60) == budget.alarm(KeyUse("one", 60), 60) == ""
    assert "61 hand-offs in an hour with key one" in budget.alarm(KeyUse("one", 61), 60)
