"""PostgreSQL: killed, hung, slow, read-only or late."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import func, select, text

from kb.database import engine as db_module
from kb.database.engine import Connection, Database
from kb.errors import DatabaseUnavailable
from tests.support.patience import wait_until

if TYPE_CHECKING:
    from tests.support.fixtures.postgres_fixture import PostgresServer
from tests.support.vote_rows import add_vote, count_transactions, count_votes


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
