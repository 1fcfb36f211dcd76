"""Rows read from either database as JSON values, and written to either.

Texts of JSON columns are copied as they are, so that SQL's NULL and JSON's stay apart.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    exc,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.types import TypeEngine

from kb.database.copies.model import Kind, Row, RowBatch, StoredTable
from kb.database.engine import Connection
from kb.database.tables import UtcTime
from kb.errors import CannotCopy

BATCH = 200
"""Rows in memory at once."""

_TYPES: Mapping[Kind, TypeEngine[Any]] = {
    "text": Text(),
    "integer": BigInteger(),
    "float": Float(),
    "boolean": Boolean(),
    "time": UtcTime(),
    "date": Date(),
    "json": Text(),
    "bytes": LargeBinary(),
}


def read_batches(connection: Connection, tables: Iterable[StoredTable]) -> Iterator[RowBatch]:
    """All rows of the tables, in no order."""
    streamed = {"stream_results": True, "yield_per": BATCH}
    is_postgresql = connection.dialect.name == "postgresql"
    for table in tables:
        columns = [
            cast(column, Text) if is_json and is_postgresql else column
            for column, is_json in _columns(table)
        ]
        found = connection.execute(select(*columns), execution_options=streamed)
        for rows in found.partitions():
            yield RowBatch(table, [_encoded(table, row) for row in rows])


def write_batches(connection: Connection, batches: Iterable[RowBatch]) -> None:
    """Raises CannotCopy for a row that the other database does not take."""
    for batch in batches:
        table = batch.table
        try:
            if rows := [_decoded(table, row) for row in batch.rows]:
                connection.execute(_insert(connection, table), rows)
        except (ValueError, TypeError, AttributeError) as error:
            raise CannotCopy(f"a row of the table {table.name} cannot be read") from error
        except (exc.DataError, exc.IntegrityError) as error:
            reason = str(error.orig).partition("\n")[0]
            raise CannotCopy(
                f"a row of the table {table.name} does not fit into this database: {reason}"
            ) from error


def is_empty(connection: Connection, name: str) -> bool:
    table = Table(name, MetaData())
    return connection.execute(select(literal(1)).select_from(table).limit(1)).first() is None


def clear(connection: Connection, table: StoredTable) -> None:
    connection.execute(delete(_table(table)))


def drop(connection: Connection, name: str) -> None:
    Table(name, MetaData()).drop(connection)


def set_sequences(connection: Connection, tables: Iterable[StoredTable]) -> None:
    """Let the next number of each column that PostgreSQL numbers follow those that were copied."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column, _ in _columns(table):
            if isinstance(column.type, BigInteger):
                _set_sequence(connection, column)


def _set_sequence(connection: Connection, column: Column[Any]) -> None:
    quoted = connection.dialect.identifier_preparer.quote(column.table.name)
    sequence = connection.execute(
        select(func.pg_get_serial_sequence(quoted, column.name))
    ).scalar_one()
    if sequence is not None:
        last = select(func.max(column)).scalar_subquery()
        # Without rows the first number is the next one.
        connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def _table(table: StoredTable) -> Table:
    columns = (Column(column.name, _TYPES[column.kind]) for column in table.columns)
    return Table(table.name, MetaData(), *columns)


def _columns(table: StoredTable) -> list[tuple[Column[Any], bool]]:
    """Columns, and whether each holds JSON."""
    columns = _table(table).columns
    return [(columns[column.name], column.kind == "json") for column in table.columns]


def _insert(connection: Connection, table: StoredTable) -> Any:
    is_postgresql = connection.dialect.name == "postgresql"
    values = {}
    for column, is_json in _columns(table):
        bound = bindparam(f"v_{column.name}", type_=column.type)
        values[column.name] = cast(bound, JSON) if is_json and is_postgresql else bound
    return insert(_table(table)).values(values)


def _encoded(table: StoredTable, row: Iterable[Any]) -> Row:
    return [
        None if value is None else _to_json(column.kind, value)
        for column, value in zip(table.columns, row, strict=True)
    ]


def _to_json(kind: Kind, value: Any) -> Any:
    if kind in ("time", "date"):
        return value.isoformat()
    if kind == "bytes":
        return base64.b64encode(value).decode("ascii")
    return value


def _decoded(table: StoredTable, row: Row) -> dict[str, Any]:
    return {
        f"v_{column.name}": None if value is None else _from_json(column.kind, value)
        for column, value in zip(table.columns, row, strict=True)
    }


def _from_json(kind: Kind, value: Any) -> Any:
    if kind == "time":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "bytes":
        return base64.b64decode(value, validate=True)
    return value
