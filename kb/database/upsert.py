"""INSERT … ON CONFLICT, which SQLAlchemy spells by dialect: for modules that speak SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import Insert

from kb.database.engine import Connection


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless its key is taken; whether it was new."""
    statement = _insert(connection, table).values(**row).on_conflict_do_nothing()
    key = next(iter(table.primary_key.columns))
    # Drivers do not agree on what the row count of such a statement is.
    return bool(connection.execute(statement.returning(key)).all())


def insert_missing(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert those rows whose keys are not taken yet. All have the same columns."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), list(rows))


def upsert(
    connection: Connection,
    table: Table,
    row: dict[str, Any],
    keys: Sequence[str],
    *,
    kept: Sequence[str] = (),
) -> None:
    """Insert a row, or replace what is neither key nor `kept` in the one with the same `keys`."""
    content = {name: value for name, value in row.items() if name not in (*keys, *kept)}
    statement = _insert(connection, table).values(**row)
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=content))


def add(
    connection: Connection, table: Table, keys: dict[str, Any], column: str, amount: float
) -> None:
    """Raise a column by `amount` in the row that has the `keys`; insert it with that if new."""
    statement = _insert(connection, table).values(**keys, **{column: amount})
    raised = {column: table.c[column] + amount}
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=raised))


def _insert(connection: Connection, table: Table) -> Any:
    made: Insert = sqlite.insert(table)
    if connection.dialect.name == "postgresql":
        # Imported late: most sites have SQLite.
        from sqlalchemy.dialects import postgresql

        made = postgresql.insert(table)
    return made
