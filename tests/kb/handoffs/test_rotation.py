"""Another key takes over, on both databases: nothing is lost, nothing is left under the first."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from multiprocessing import get_context

import pytest
from sqlalchemy import Engine, event, select, update

from kb.database.engine import Database
from kb.database.tables import handoffs as handoffs_table
from kb.handoffs import canary, handoffs, rotation
from kb.handoffs.encryption import CannotUnseal, Sealer
from kb.handoffs.rotation import SealedCounts
from kb.secret_key import SecretKeys
from tests.support.libraries.handoff_library import ANNA, NOW, PLACE, SEALER, make, wanted

NEW = Sealer(SecretKeys("n" * 40))
ROTATING = Sealer(SecretKeys("n" * 40, previous="k" * 40))
OTHER = Sealer(SecretKeys("o" * 40))


# Children start in an instant, from a process that has imported us and has no threads.
processes = get_context("forkserver")
processes.set_forkserver_preload(["kb.handoffs.rotation", "kb.database.engine", __name__])


def reseal_and_die(url: str, statement: int) -> None:
    """Rotate one row a transaction, but die by SIGKILL just before the n-th statement."""
    numbers = count()
    rotation.BATCH = 1

    @event.listens_for(Engine, "before_cursor_execute")
    def die(*_: object) -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    rotation.reseal(Database.from_url(url), ROTATING)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


def make_with(db: Database, sealer: Sealer, number: int) -> None:
    handoffs.make(db, wanted(number), replace(PLACE, sealer=sealer), now=NOW)


def sealed(db: Database) -> list[str | None]:
    statement = select(handoffs_table.c.sealed).order_by(handoffs_table.c.id)
    return db.query(lambda connection: list(connection.execute(statement).scalars()))


def contact_of(db: Database, sealer: Sealer, number: int) -> object:
    found = handoffs.find(db, f"ho_{number:016x}", replace(PLACE, sealer=sealer))
    assert found
    return found.packet.contact


def test_everything_is_sealed_anew(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    for number in range(5):
        make(db, number)
    make_with(db, ROTATING, 5)
    make(db, 6, contact=None, consent=None)
    assert rotation.counts(db, ROTATING) == SealedCounts(current=1, previous=5)
    assert rotation.reseal(db, ROTATING) == 5
    assert rotation.counts(db, NEW) == SealedCounts(current=6)
    assert [contact_of(db, NEW, number) for number in range(6)] == [ANNA] * 6
    assert rotation.reseal(db, ROTATING) == 0


def test_from_then_on_the_first_key_seals_nothing(db: Database) -> None:
    make(db)
    rotation.reseal(db, ROTATING)
    assert canary.is_right_key(db, NEW)
    with pytest.raises(CannotUnseal):
        make(db, 1)


def test_killed_at_any_statement_it_can_be_run_again(database_url: str, db: Database) -> None:
    for number in range(3):
        make(db, number)
    killed = 0
    for statement in count():
        child = processes.Process(target=reseal_and_die, args=(database_url, statement))
        child.start()
        child.join()
        assert [contact_of(db, ROTATING, number) for number in range(3)] == [ANNA] * 3
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        killed += 1
    assert killed >= 3
    assert rotation.counts(db, NEW) == SealedCounts(current=3)


def test_what_is_forgotten_meanwhile_stays_forgotten(db: Database) -> None:
    made = make(db)
    old = made.record.sealed
    assert old
    emptied = update(handoffs_table).values(sealed=None)
    db.transact(lambda connection: connection.execute(emptied))
    wanted_rows = [(made.id, old, ROTATING.reseal(old))]
    db.transact(lambda connection: rotation._replace(connection, wanted=wanted_rows))
    assert sealed(db) == [None]


def test_with_a_key_the_database_does_not_know_nothing_changes(db: Database) -> None:
    make(db)
    before = sealed(db)
    with pytest.raises(CannotUnseal):
        rotation.reseal(db, Sealer(SecretKeys("n" * 40, previous="o" * 40)))
    assert sealed(db) == before
    assert canary.is_right_key(db, SEALER)


def test_what_no_key_opens_is_counted_and_left(db: Database) -> None:
    make(db)
    damaged = update(handoffs_table).values(sealed="gAAAAA")
    db.transact(lambda connection: connection.execute(damaged))
    make(db, 1)
    assert rotation.counts(db, ROTATING) == SealedCounts(previous=1, unreadable=1)
    assert rotation.reseal(db, ROTATING) == 1
    assert sealed(db)[0] == "gAAAAA"


def test_after_a_loss_only_what_cannot_be_read_is_given_up(db: Database) -> None:
    make(db)
    assert rotation.give_up_lost(db, OTHER) == 1
    assert canary.is_right_key(db, OTHER)
    make_with(db, OTHER, 1)
    assert contact_of(db, OTHER, 0) is None
    assert rotation.give_up_lost(db, OTHER) == 0
    assert contact_of(db, OTHER, 1) == ANNA
