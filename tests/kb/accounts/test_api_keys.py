"""Keys: made once, kept as hashes, told apart by kind, origin and scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from kb.accounts import api_keys as keys
from kb.accounts.api_keys import BadKey, KeyRing, demo_key
from kb.database.engine import Database
from kb.database.tables import api_keys
from kb.errors import DatabaseUnavailable

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SHOP = "https://shop.example.com"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def make(db: Database, **changes: Any) -> tuple[keys.ApiKey, str]:
    fields: dict[str, Any] = {"kind": "pk", "site": "shop", "origins": [SHOP], "now": NOW}
    return keys.create(db, **(fields | changes))


def test_a_key_is_found_by_its_text_and_kept_as_a_hash(db: Database) -> None:
    made, text = make(db)
    found = KeyRing(db).find(text)
    assert found == made
    assert found.origins == (SHOP,)
    assert text.startswith("pk_")
    assert found.hint == text[-4:]
    stored = db.query(lambda connection: connection.execute(select(api_keys)).one())
    assert text not in str(stored)


@pytest.mark.parametrize("wrong", ["", "pk_", "sk_x", "ж", "x" * 300])
def test_an_unknown_key_is_none(db: Database, wrong: str) -> None:
    make(db)
    assert KeyRing(db).find(wrong) is None


def test_a_new_key_works_at_once_and_a_revoked_one_ends(db: Database) -> None:
    now = [0.0]
    ring = KeyRing(db, clock=lambda: now[0])
    assert ring.find("pk_other") is None
    made, text = make(db)
    now[0] += keys.AGAIN_S
    assert ring.find(text) == made
    assert keys.revoke(db, made.id, now=NOW)
    assert not keys.revoke(db, made.id, now=NOW)
    now[0] += keys.FRESH_S
    assert ring.find(text) is None
    assert keys.all_keys(db)[0].revoked_at == NOW


def test_known_keys_outlive_the_database(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    made, text = make(db)
    ring, late = (KeyRing(db, clock=lambda: now[0]) for _ in range(2))
    assert ring.find(text) == made

    def away(*_: object) -> None:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(db, "query", away)
    now[0] += 100
    assert ring.find(text) == made
    with pytest.raises(DatabaseUnavailable):
        late.find(text)


@pytest.mark.parametrize(
    "origin",
    [
        *("null", "file://", f"{SHOP}/", f"{SHOP}:8443", "https://a@shop.example.com", "*"),
        *("http://shop.example.com", "https://shop.example.com.evil.example", "", SHOP.upper()),
    ],
)
def test_only_the_named_origin_may_use_a_key(db: Database, origin: str) -> None:
    made, _ = make(db)
    assert made.allows_origin(SHOP)
    assert not made.allows_origin(origin)


def test_the_ring_knows_origins_of_keys_in_use(db: Database) -> None:
    make(db)
    assert KeyRing(db).knows_origin(SHOP)
    assert not KeyRing(db).knows_origin("https://evil.example")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"site": ""}, "--site"),
        ({"site": "x" * 65}, "--site"),
        ({"site": "a\nb"}, "--site"),
        ({"origins": []}, "origins"),
        ({"origins": ["shop.example.com"]}, "origin"),
        ({"origins": ["https://shop.example.com/path"]}, "origin"),
        ({"origins": [f"https://a{n}.example" for n in range(21)]}, "20"),
        ({"scopes": ["suggest"]}, "scopes"),
        ({"kind": "sk", "scopes": ["suggest"]}, "no origins"),
        ({"kind": "sk", "origins": []}, "--scope"),
        ({"kind": "sk", "origins": [], "scopes": ["everything"]}, "--scope"),
    ],
)
def test_a_key_that_cannot_be_is_refused(db: Database, changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadKey, match=fault):
        make(db, **changes)


def test_the_demo_key_works_for_pages_of_this_machine_only(db: Database) -> None:
    text = demo_key("k" * 40)
    assert KeyRing(db).find(text) is None
    found = KeyRing(db, demo=text).find(text)
    assert found
    assert found.allows_origin("http://localhost:8123")
    assert found.allows_origin("http://127.0.0.1:1")
    for origin in (SHOP, "http://localhost", "https://localhost:1", "http://localhost:1.evil.com"):
        assert not found.allows_origin(origin)
    assert demo_key("o" * 40) != text
