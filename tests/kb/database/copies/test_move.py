"""The move to another database: all of it, compared, into an empty one, or nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    select,
    text,
)

from kb.database.copies import move as moves
from kb.database.copies import rows
from kb.database.copies.model import RowBatch, StoredColumn, StoredTable
from kb.database.copies.move import move
from kb.database.engine import Connection, Database
from kb.database.inspection import table_names
from kb.errors import BadConfig, CannotCopy
from tests.support.filled_database import all_rows
from tests.support.fixtures.postgres_fixture import PostgresServer
from tests.support.vote_rows import add_vote, count_votes

NUMBERED = StoredTable("Numbered", (StoredColumn("id", "integer"), StoredColumn("data", "bytes")))


def test_every_row_of_every_table_is_moved(source: Database, target: Database) -> None:
    totals = move(source, target)
    assert all_rows(target) == all_rows(source)
    assert {name: one.rows for name, one in totals.items()} == {
        name: len(found) for name, found in all_rows(source).items()
    }


def test_a_target_with_data_is_refused(source: Database, target: Database) -> None:
    target.migrate()
    target.transact(lambda own: add_vote(own, 99))
    with pytest.raises(CannotCopy, match="holds data already"):
        move(source, target)
    assert count_votes(target) == 1


def test_a_target_of_another_program_is_refused(source: Database, target: Database) -> None:
    with target.write() as connection:
        connection.execute(text("CREATE TABLE foo (id INTEGER)"))
    with pytest.raises(CannotCopy, match=r"a table foo that is not Otvet's"):
        move(source, target)


def test_a_database_is_not_moved_onto_itself(source: Database) -> None:
    before = all_rows(source)
    with pytest.raises(CannotCopy, match="holds data already"):
        move(source, source)
    assert all_rows(source) == before


def test_what_is_written_meanwhile_is_not_lost_unseen(
    source: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_first(connection: Connection, tables: Iterable[StoredTable]) -> Iterator[RowBatch]:
        yield from rows.read_batches(connection, tables)
        source.transact(lambda own: add_vote(own, 99))

    monkeypatch.setattr(moves, "read_batches", read_first)
    with pytest.raises(CannotCopy, match="stop servers and workers"):
        move(source, target)
    with target.read() as connection:
        assert table_names(connection) == set()


@pytest.mark.postgres
def test_what_the_other_database_does_not_take_is_told(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """SQLite takes texts of any length."""
    source = Database.from_url(f"sqlite:///{tmp_path}/long.sqlite")
    source.migrate()
    with source.write() as connection:
        add_vote(connection)
        connection.execute(text("UPDATE votes SET reason = :long"), {"long": "x" * 33})
    target = Database.from_url(postgres_server.new_database())
    with pytest.raises(CannotCopy, match=r"table votes does not fit.*too long"):
        move(source, target)
    with target.read() as connection:
        assert table_names(connection) == set()
    source.close()
    target.close()


def test_a_newer_version_is_refused(source: Database, target: Database) -> None:
    with source.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadConfig, match="newer version"):
        move(source, target)


def test_before_the_first_start_there_is_nothing(target: Database, database_url: str) -> None:
    source = Database.from_url(database_url)
    with pytest.raises(CannotCopy, match="nothing to copy"):
        move(source, target)
    source.close()


def numbered(target: Database) -> Table:
    """A table that gives numbers, and holds bytes."""
    number = BigInteger if target.is_postgresql else Integer
    return Table(
        NUMBERED.name,
        MetaData(),
        Column("id", number, Identity(), primary_key=True),
        Column("data", LargeBinary),
    )


@pytest.mark.parametrize("count", [0, 3])
def test_numbers_go_on_after_those_that_were_copied(target: Database, count: int) -> None:
    table = numbered(target)
    with target.write() as connection:
        table.create(connection)
        batch = RowBatch(NUMBERED, [[number, None] for number in range(1, count + 1)])
        rows.write_batches(connection, [batch])
        rows.set_sequences(connection, [NUMBERED])
        assert connection.execute(table.insert()).inserted_primary_key == (count + 1,)


def test_bytes_are_copied(target: Database) -> None:
    content = bytes(range(256))
    table = numbered(target)
    with target.write() as connection:
        table.create(connection)
        batch = RowBatch(NUMBERED, [[1, None], [2, base64.b64encode(content).decode()]])
        rows.write_batches(connection, [batch])
        assert [*rows.read_batches(connection, [NUMBERED])] == [batch]
        assert connection.execute(select(table.c.data)).scalars().all() == [None, content]
