"""Rows for every table, with values that a copy could lose; and all rows, to be compared."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Table, Text, cast, null, select, types
from sqlalchemy.sql.elements import ColumnElement

from kb.database.engine import Connection, Database
from kb.database.tables import metadata

MOMENT = datetime(2026, 11, 22, 9, 0, 0, 120, tzinfo=UTC)
AWKWARD = 'ё "\\\n\t\u2028 😀 '
ROWS = 4


def fill(database: Database) -> None:
    """Put some rows into each table, after their checks."""
    with database.write() as connection:
        for table in metadata.sorted_tables:
            checks = _checks(table)
            count = 1 if any(" = 1" in check for check in checks) else ROWS
            for number in range(count):
                row = {column.name: _value(column, number, checks) for column in table.columns}
                connection.execute(table.insert().values(row))


def all_rows(database: Database) -> dict[str, list[str]]:
    """Table → its rows as texts, sorted; JSON as it is stored, SQL's NULL apart from JSON's."""

    def work(connection: Connection) -> dict[str, list[str]]:
        found = {}
        for table in metadata.sorted_tables:
            columns = [
                cast(column, Text) if isinstance(column.type, JSON) else column
                for column in table.columns
            ]
            found[table.name] = sorted(str(row) for row in connection.execute(select(*columns)))
        return found

    return database.query(work)


def _checks(table: Table) -> list[str]:
    return [str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint)]


def _value(column: Column[Any], number: int, checks: list[str]) -> Any:
    if column.nullable and number == 0:
        return null()
    if isinstance(column.type, JSON):
        return _json(column, number)
    if isinstance(column.type, types.Boolean):
        return bool(number % 2)
    if isinstance(column.type, types.Float):
        return 0.1 * number
    if isinstance(column.type, types.Integer):
        return 1 if any(" IN (1" in check for check in checks) else number + 1
    if isinstance(column.type, types.Date):
        return MOMENT.date() + timedelta(days=number)
    if isinstance(column.type, types.String):
        return _text(column, number, checks)
    return MOMENT + timedelta(microseconds=number)


def _json(column: Column[Any], number: int) -> ColumnElement[Any] | Any:
    if column.nullable and number == 1:
        return JSON.NULL
    return {"b": [AWKWARD, 0.1, None], "a": number}


def _text(column: Column[Any], number: int, checks: list[str]) -> str:
    for check in checks:
        if chosen := re.match(rf"{column.name} IN \('(\w+)'", check):
            return chosen[1]
        if length := re.match(rf"length\({column.name}\) = (\d+)", check):
            return f"{number:0{length[1]}x}"
    most = getattr(column.type, "length", None) or 40
    return f"{number}{AWKWARD * 3}"[:most]
