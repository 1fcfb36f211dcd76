"""A wrong secret key is known before it seals anything, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete, select

from kb.database.engine import Database
from kb.database.tables import handoffs as handoffs_table
from kb.database.tables import sealed_canary
from kb.handoffs import canary, handoffs
from kb.handoffs.encryption import CannotUnseal, Sealer
from kb.secret_key import SecretKeys
from tests.support.libraries.handoff_library import NOW, PLACE, SEALER, make, wanted

OTHER = Sealer(SecretKeys("o" * 40))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def require(db: Database, sealer: Sealer) -> None:
    db.transact(lambda connection: canary.require(connection, sealer))


def forget_canary(db: Database) -> None:
    db.transact(lambda connection: connection.execute(delete(sealed_canary)))


def test_the_first_key_is_the_right_one_from_then_on(db: Database) -> None:
    assert canary.is_right_key(db, SEALER)
    assert canary.is_right_key(db, OTHER)
    require(db, SEALER)
    require(db, SEALER)
    assert canary.is_right_key(db, SEALER)
    assert not canary.is_right_key(db, OTHER)
    assert not canary.is_right_key(db, None)
    with pytest.raises(CannotUnseal, match="kb secret rotate --lost"):
        require(db, OTHER)


def test_nothing_is_sealed_with_a_key_that_is_not_the_database_s(db: Database) -> None:
    make(db)
    with pytest.raises(CannotUnseal):
        handoffs.make(db, wanted(1), replace(PLACE, sealer=OTHER), now=NOW)
    kept = db.query(lambda connection: connection.execute(select(handoffs_table.c.id)).scalars())
    assert len(list(kept)) == 1


def test_what_holds_nothing_private_is_kept_with_any_key(db: Database) -> None:
    make(db)
    asked = wanted(1, contact=None, consent=None)
    made = handoffs.make(db, asked, replace(PLACE, sealer=OTHER), now=NOW)
    assert made.packet.message == "My card [card] and order [number]"


def test_before_there_was_a_canary_hand_offs_witness_for_the_key(db: Database) -> None:
    make(db)
    forget_canary(db)
    assert not canary.is_right_key(db, OTHER)
    with pytest.raises(CannotUnseal):
        require(db, OTHER)
    assert canary.is_right_key(db, SEALER)
    require(db, SEALER)


def test_an_empty_database_takes_any_key(database_url: str) -> None:
    database = Database.from_url(database_url)
    assert canary.is_right_key(database, OTHER)
    assert canary.is_right_key(database, None)
    database.close()


def test_of_two_keys_that_come_at_once_one_is_right(db: Database) -> None:
    refused: list[Sealer] = []

    def come(sealer: Sealer) -> None:
        try:
            require(db, sealer)
        except CannotUnseal:
            refused.append(sealer)

    threads = [threading.Thread(target=come, args=(one,)) for one in (SEALER, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert not canary.is_right_key(db, refused[0])
