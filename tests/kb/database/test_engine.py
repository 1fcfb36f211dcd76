"""The database: versions, transactions, deadlines; what happens when it is locked, hung or away."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pysqlite3
import pytest
from sqlalchemy import exc, func, insert, select, text

from kb.database import engine as db_module
from kb.database import sqlite
from kb.database.engine import Connection, Database
from kb.database.guards import DatabaseBreaker, Turns
from kb.database.tables import votes
from kb.errors import BadConfig, DatabaseUnavailable
from tests.support.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from tests.support.postgres_fixture import PostgresServer

pytest_plugins = ["tests.support.postgres_fixture"]

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database.from_url(database_url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "votes.sqlite"


@pytest.fixture
def sqlite_db(sqlite_path: Path) -> Iterator[Database]:
    database = Database.from_url(f"sqlite:///{sqlite_path}")
    database.migrate()
    yield database
    database.close()


def add_vote(connection: Connection, number: int = 0) -> None:
    connection.execute(
        insert(votes).values(
            article_id="k2m7p",
            voter=f"{number:064x}",
            value=1,
            comment="",
            lang="ru",
            voted_at=NOW,
        )
    )


def count_votes(database: Database) -> int:
    return database.query(lambda c: c.execute(select(func.count()).select_from(votes)).scalar_one())


# Which SQLite


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


# SQLite


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


def count_transactions(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kind of each transaction that is asked for from now on."""
    asked: list[str] = []

    def counted(kind: str) -> Callable[[], AbstractContextManager[Connection]]:
        begin: Callable[[], AbstractContextManager[Connection]] = getattr(database, kind)

        def count() -> AbstractContextManager[Connection]:
            asked.append(kind)
            return begin()

        return count

    for kind in ("_writing", "_reading"):
        monkeypatch.setattr(database, kind, counted(kind))
    return asked


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


def test_writers_of_one_process_take_turns_in_order() -> None:
    turns = Turns(patience_s=PATIENCE_S)
    order: list[int] = []

    def take(number: int) -> None:
        with turns.take():
            order.append(number)

    with turns.take():
        threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
        for number, thread in enumerate(threads):
            thread.start()
            wait_until(lambda number=number: len(turns._queue) == number + 2)  # type: ignore[misc]
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_a_writer_does_not_wait_for_others_for_ever() -> None:
    turns = Turns(patience_s=0.05)
    with turns.take(), pytest.raises(DatabaseUnavailable), turns.take():
        pass
    with turns.take():
        pass  # the one who gave up is not waited for


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


# PostgreSQL


@pytest.fixture
def own_db(breakable_postgres_server: PostgresServer) -> Iterator[Database]:
    database = Database.from_url(breakable_postgres_server.new_database())
    database.migrate()
    database.transact(add_vote)
    yield database
    database.close()


@pytest.mark.postgres
def test_a_killed_server_is_found_again_by_itself(
    own_db: Database, breakable_postgres_server: PostgresServer
) -> None:
    breakable_postgres_server.kill()
    with pytest.raises(DatabaseUnavailable):
        own_db.transact(lambda connection: add_vote(connection, 1))
    breakable_postgres_server.start()
    wait_until(lambda: has_votes(own_db, 1))


@contextmanager
def hung(server: PostgresServer) -> Iterator[None]:
    """The server does not answer for four deadlines: who waits longer than that gets an answer."""
    wakening = threading.Timer(4 * db_module.DEADLINE_S, server.resume)
    server.pause()
    wakening.start()
    try:
        yield
    finally:
        wakening.cancel()
        wakening.join()
        server.resume()


@pytest.mark.postgres
def test_a_hung_server_costs_seconds_once_and_nothing_after(
    own_db: Database, breakable_postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    own_db._breaker._circuit._clock = lambda: now
    asked = count_transactions(own_db, monkeypatch)
    with hung(breakable_postgres_server):
        with pytest.raises(DatabaseUnavailable):
            count_votes(own_db)
        asked.clear()
        with pytest.raises(DatabaseUnavailable, match="lost a moment ago"):
            count_votes(own_db)
        assert not asked
    now += db_module.COOL_DOWN_S
    wait_until(lambda: has_votes(own_db, 1))


@pytest.mark.postgres
def test_a_hung_server_ends_waiting_for_a_free_connection(
    own_db: Database, breakable_postgres_server: PostgresServer
) -> None:
    failed: list[DatabaseUnavailable] = []

    def ask() -> None:
        with pytest.raises(DatabaseUnavailable) as caught:
            count_votes(own_db)
        failed.append(caught.value)

    with hung(breakable_postgres_server):
        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(failed) == 16


@pytest.mark.postgres
def test_a_slow_statement_is_ended_by_the_server(postgres_server: PostgresServer) -> None:
    database = Database.from_url(postgres_server.new_database())
    with database.read() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "2s"
    with pytest.raises(DatabaseUnavailable, match="statement timeout"), database.read() as c:
        c.execute(select(func.pg_sleep(10)))
    database.ping()  # such a statement says nothing about the server
    database.close()


@pytest.mark.postgres
def test_work_is_repeated_when_the_server_ends_the_session(
    postgres_server: PostgresServer,
) -> None:
    database = Database.from_url(postgres_server.new_database())
    database.migrate()
    runs = 0

    def work(connection: Connection) -> None:
        nonlocal runs
        runs += 1
        add_vote(connection)
        if runs == 1:
            connection.execute(select(func.pg_terminate_backend(func.pg_backend_pid())))

    database.transact(work)
    assert (runs, count_votes(database)) == (2, 1)
    database.close()


@pytest.mark.postgres
def test_a_read_only_server_refuses_votes_and_answers_readers(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.new_database()
    database = Database.from_url(url)
    database.migrate()
    database.close()
    name = url.split("@/")[1].split("?")[0]
    with psycopg.connect(url, autocommit=True) as connection:
        statement = psycopg.sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on")
        connection.execute(statement.format(psycopg.sql.Identifier(name)))
    with pytest.raises(DatabaseUnavailable, match="read-only"):
        database.transact(add_vote)
    assert count_votes(database) == 0
    database.close()


@pytest.mark.postgres
def test_tables_are_made_when_the_server_comes_after_us(
    breakable_postgres_server: PostgresServer,
) -> None:
    database = Database.from_url(breakable_postgres_server.new_database())
    breakable_postgres_server.kill()
    with pytest.raises(DatabaseUnavailable):
        database.migrate()
    breakable_postgres_server.start()
    wait_until(lambda: has_votes(database, 0))
    database.close()


def has_votes(database: Database, number: int) -> bool:
    """False while the database is away."""
    with suppress(DatabaseUnavailable):
        return count_votes(database) == number
    return False


def test_breaker_stays_closed_for_troubles_of_one_statement() -> None:
    breaker = DatabaseBreaker(cool_down_s=3.0, is_lost=lambda _: False)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable, match="slow"), breaker.guard():
            raise DatabaseUnavailable("slow")


def test_breaker_lets_one_caller_try_after_the_pause() -> None:
    now = 0.0
    breaker = DatabaseBreaker(cool_down_s=3.0, is_lost=bool, clock=lambda: now)
    calls: list[str] = []

    def call(name: str, *, is_lost: bool) -> None:
        with breaker.guard():
            calls.append(name)
            if is_lost:
                raise DatabaseUnavailable from ConnectionError()

    with pytest.raises(DatabaseUnavailable):
        call("first", is_lost=True)
    with pytest.raises(DatabaseUnavailable):
        call("too early", is_lost=False)
    now = 3.5
    with pytest.raises(DatabaseUnavailable):
        call("tries", is_lost=True)
    with pytest.raises(DatabaseUnavailable):
        call("too early again", is_lost=False)
    now = 7.0
    call("works", is_lost=False)
    call("and goes on", is_lost=False)
    assert calls == ["first", "tries", "works", "and goes on"]
