"""Tables as each revision has them, seen by running the migrations on a scratch database.

So a database or a backup of an older revision is read and written as it is, without a list of
former tables to keep.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import JSON, MetaData, types

from kb.database import engine, migrations
from kb.database.copies.model import Kind, StoredColumn, StoredTable

REVISION_TABLE = "alembic_version"

_KINDS: tuple[tuple[type[types.TypeEngine[Any]], Kind], ...] = (
    (JSON, "json"),
    (types.Boolean, "boolean"),
    (types.DateTime, "time"),
    (types.Date, "date"),
    (types.LargeBinary, "bytes"),
    (types.Integer, "integer"),
    (types.Float, "float"),
    (types.String, "text"),
)


@cache
def tables_at(revision: str) -> tuple[StoredTable, ...]:
    """Our tables at a known revision, in an order in which their rows can be inserted."""
    with engine.scratch() as connection:
        migrations.upgrade(connection, revision)
        found = MetaData()
        found.reflect(connection)
    return tuple(
        StoredTable(
            table.name,
            tuple(StoredColumn(column.name, _kind(column.type)) for column in table.columns),
        )
        for table in found.sorted_tables
        if table.name != REVISION_TABLE
    )


def _kind(column_type: types.TypeEngine[Any]) -> Kind:
    for known, kind in _KINDS:
        if isinstance(column_type, known):
            return kind
    raise TypeError(f"copies know no kind for columns of type {column_type!r}")
