"""The database: addresses and transactions, on both kinds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import pysqlite3
import pytest
from sqlalchemy import exc, select

from kb.database.engine import Connection, Database
from kb.database.tables import votes
from kb.errors import BadConfig, DatabaseUnavailable
from tests.support.vote_rows import NOW, add_vote, count_votes


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


# Addresses


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://localhost/kb", "sqlite://", "sqlite:///:memory:"]
)
def test_an_address_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(BadConfig, match="KB_DATABASE_URL"):
        Database.from_url(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_usual_spellings_of_postgresql_are_understood(scheme: str) -> None:
    assert Database.from_url(f"{scheme}://user:secret@localhost/kb").is_postgresql


def test_the_password_is_not_in_messages() -> None:
    for url in ("postgresql://u:geheim@127.0.0.1:1/kb", "mysql://u:geheim@127.0.0.1/kb"):
        with pytest.raises((BadConfig, DatabaseUnavailable)) as caught:
            Database.from_url(url).ping()
        assert "geheim" not in str(caught.value)


# Transactions, on both databases


def test_a_write_that_raises_leaves_nothing(db: Database) -> None:
    with suppress(ZeroDivisionError), db.write() as connection:
        add_vote(connection)
        _ = 1 / 0
    assert count_votes(db) == 0


def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises(DatabaseUnavailable), db.read() as connection:
        add_vote(connection)
    with db.write() as connection:  # the same pooled connection may write again
        add_vote(connection)
    assert count_votes(db) == 1


def test_violated_constraints_are_our_mistakes(db: Database) -> None:
    with db.write() as connection:
        add_vote(connection)
    with pytest.raises(exc.IntegrityError), db.write() as connection:
        add_vote(connection)


def test_times_need_a_zone_and_come_back_in_utc(db: Database) -> None:
    with db.write() as connection:
        add_vote(connection)
    with db.read() as connection:
        assert connection.execute(select(votes.c.voted_at)).scalar_one() == NOW
    with pytest.raises(exc.StatementError, match="time zone"), db.write() as connection:
        connection.execute(votes.update().values(voted_at=datetime(2026, 11, 22)))


def test_missing_tables_make_the_database_unavailable(database_url: str) -> None:
    database = Database.from_url(database_url)
    with pytest.raises(DatabaseUnavailable):
        count_votes(database)
    database.close()


def test_a_child_process_gets_a_connection_of_its_own(db: Database) -> None:
    with db.write() as connection:
        add_vote(connection)  # leaves a connection in the pool
    child = os.fork()
    if child == 0:
        with db.write() as connection:
            add_vote(connection, 1)
        os._exit(0 if count_votes(db) == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert count_votes(db) == 2


def test_work_is_repeated_once_after_a_collision(sqlite_db: Database) -> None:
    assert runs_until_it_works(sqlite_db, failures=1) == 2


def test_work_is_not_repeated_twice(sqlite_db: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        runs_until_it_works(sqlite_db, failures=2)


def runs_until_it_works(database: Database, *, failures: int) -> int:
    runs = 0

    def work(connection: Connection) -> int:
        nonlocal runs
        runs += 1
        if runs <= failures:
            locked = pysqlite3.OperationalError("database is locked")
            raise exc.OperationalError("", None, locked)
        return runs

    return database.transact(work)
