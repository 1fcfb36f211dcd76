"""Openings of hand-offs: each is noted once, read back with names, and goes with its hand-off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kb.accounts import openings, staff
from kb.accounts.openings import Way
from kb.config import Config
from kb.database import retention
from kb.database.engine import Database
from tests.support.libraries.handoff_library import NOW, make


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def opened(
    db: Database, handoff_id: str, reader: str, *, minutes: float = 0, way: Way = "page"
) -> None:
    now = NOW + timedelta(minutes=minutes)
    openings.record(db, handoff_id, reader_id=reader, way=way, now=now)


def test_openings_tell_who_when_and_which(db: Database) -> None:
    password = "trombone lagoon ochre 47"
    anna = staff.add(db, email="anna@shop.example", name="Anna", password=password, now=NOW)
    opened(db, "ho_1", anna.id)
    opened(db, "ho_2", "key_1", minutes=1, way="api")
    opened(db, "ho_1", "root", minutes=2, way="command")
    staff.deactivate(db, email="anna@shop.example")  # who has left still has a name
    found = openings.latest(db, most=10)
    assert [(one.handoff_id, one.reader, one.name, one.way) for one in found] == [
        ("ho_1", "root", "", "command"),
        ("ho_2", "key_1", "", "api"),
        ("ho_1", "anna@shop.example", "Anna", "page"),
    ]
    assert found[2].opened_at == NOW
    assert len(openings.latest(db, handoff_id="ho_1", most=10)) == 2
    assert len(openings.latest(db, most=1)) == 1


def test_what_one_reader_opens_again_soon_is_one_opening(db: Database) -> None:
    for minutes in (0, 1, 4.9, 6, 7):
        opened(db, "ho_1", "st_a", minutes=minutes)
    opened(db, "ho_1", "st_b", minutes=1)
    opened(db, "ho_1", "st_a", minutes=1, way="api")
    opened(db, "ho_2", "st_a", minutes=1)
    assert len(openings.latest(db, handoff_id="ho_1", most=10)) == 4
    assert len(openings.latest(db, most=10)) == 5


def test_openings_go_with_their_hand_off(db: Database) -> None:
    old, new = make(db, 1), make(db, 2)
    for one in (old, new):
        opened(db, one.id, "st_a")
    config = Config(log_days=90)
    retention.sweep(db, config, now=NOW + timedelta(days=89))
    assert len(openings.latest(db, most=10)) == 2
    retention.sweep(db, config, now=NOW + timedelta(days=91))
    assert openings.latest(db, most=10) == ()


def test_a_user_of_any_name_is_noted(db: Database) -> None:
    opened(db, "ho_1", "x" * 300, way="command")
    assert openings.latest(db, most=1)[0].reader == "x" * openings.MAX_READER_CHARS
