"""Last use of keys: by the hour, by whichever process is first, and never in a request's way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kb.accounts import api_keys
from kb.accounts.api_keys import ApiKey
from kb.accounts.key_use import KeyUses
from kb.database.engine import Database
from tests.support.libraries import api_library
from tests.support.patience import wait_until

NOW = datetime(2026, 11, 30, 9, 40, tzinfo=UTC)
HOUR = NOW.replace(minute=0)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def made(db: Database) -> ApiKey:
    scopes = ["suggest"]
    return api_keys.create(db, kind="sk", site="desk", scopes=scopes, now=NOW)[0]


def noted(uses: KeyUses, key: ApiKey) -> bool:
    """True when the use was written."""
    thread = uses.note(key)
    if thread:
        thread.join()
    return thread is not None


def test_use_is_noted_to_the_hour_and_once(db: Database) -> None:
    key, now = made(db), [NOW]
    assert key.last_used_at is None
    uses = KeyUses(db, clock=lambda: now[0])
    assert noted(uses, key)
    assert not noted(uses, key)
    (stored,) = api_keys.all_keys(db)
    assert stored.last_used_at == HOUR
    # Another process has read the row and writes nothing; a later hour is written again.
    assert not noted(KeyUses(db, clock=lambda: now[0]), stored)
    now[0] += timedelta(hours=1)
    assert noted(uses, stored)
    (stored,) = api_keys.all_keys(db)
    assert stored.last_used_at == HOUR + timedelta(hours=1)


def test_a_clock_that_is_slow_puts_no_use_back(db: Database) -> None:
    key = made(db)
    assert noted(KeyUses(db, clock=lambda: NOW), key)
    assert noted(KeyUses(db, clock=lambda: NOW - timedelta(days=1)), key)
    assert api_keys.all_keys(db)[0].last_used_at == HOUR


def test_a_database_that_is_away_takes_nothing_down(tmp_path: Path, db: Database) -> None:
    key = made(db)
    away = Database.from_url(f"sqlite:///{tmp_path / 'none' / 'x.sqlite'}")
    assert noted(KeyUses(away, clock=lambda: NOW), key)
    away.close()


def test_a_request_with_a_key_is_a_use(tmp_path: Path) -> None:
    api_library.build(tmp_path)
    app = api_library.application(tmp_path)
    try:
        db = api_library.services_of(app).database
        now = datetime.now(UTC)
        key, text = api_keys.create(db, kind="sk", site="desk", scopes=["suggest"], now=now)
        unused, _ = api_keys.create(db, kind="sk", site="other", scopes=["suggest"], now=now)
        headers = {"Authorization": f"Bearer {text}"}
        body = {"message": "where is my money"}
        app.test_client_class = FlaskClient  # a server, which sends no origin
        sent = app.test_client().post("/api/v1/suggest", json=body, headers=headers)
        assert sent.status_code == 200

        def last_used() -> dict[str, datetime | None]:
            return {one.id: one.last_used_at for one in api_keys.all_keys(db)}

        wait_until(lambda: last_used()[key.id] is not None)
        assert last_used()[unused.id] is None
    finally:
        api_library.close(app)
