"""Contents of a database as a whole: what it holds, and others in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kb.database import inspection, migrations
from kb.database.copies import rows
from kb.database.copies.model import RowBatch, RunningTotals, StoredTable, TableTotal
from kb.database.copies.schema import REVISION_TABLE, tables_at
from kb.database.engine import Connection, Database
from kb.database.tables import metadata
from kb.errors import CannotCopy, HoldsData

MADE_AT_START = "sealed_canary"
"""A table that has its row as soon as a site has started once: that alone is nothing to lose."""


@dataclass(frozen=True)
class Contents:
    """Tables with all their rows, to be put into a database."""

    revision: str
    tables: tuple[StoredTable, ...]
    batches: Iterable[RowBatch]
    totals: Callable[[], Mapping[str, TableTotal]]
    """Asked once the last batch has been taken. May raise CannotCopy."""


def stored_tables(connection: Connection) -> tuple[str, tuple[StoredTable, ...]]:
    """The revision and the tables there are; ("", ()) before the first migration.

    Raises BadConfig for those of a newer version.
    """
    revision = migrations.found_revision(connection)
    if revision is None:
        return "", ()
    migrations.require_known(revision)
    return revision, tables_at(revision)


def holds_rows(connection: Connection) -> bool:
    """Tell whether anything would be lost with this database."""
    ours = inspection.table_names(connection) & set(metadata.tables) - {MADE_AT_START}
    return any(not rows.is_empty(connection, name) for name in ours)


def totals_of(connection: Connection, tables: Iterable[StoredTable]) -> Mapping[str, TableTotal]:
    """Count and digest of each table; reads every row."""
    tally = RunningTotals(tables := tuple(tables))
    for _ in tally.counted(rows.read_batches(connection, tables)):
        pass
    return tally.totals()


def put(database: Database, contents: Contents, *, is_replacing: bool) -> None:
    """Make these the contents of a database, in one transaction, and bring it up to date.

    They are read again and held against their totals before anything is committed. Without
    `is_replacing` the database must hold nothing. Raises CannotCopy, BadConfig and
    DatabaseUnavailable, and then the database is as it was.
    """
    with database.overhaul() as connection:
        _require_room(connection, is_replacing=is_replacing)
        _drop_all(connection)
        migrations.upgrade(connection, contents.revision)
        for table in reversed(contents.tables):
            rows.clear(connection, table)  # a migration may have made some
        rows.write_batches(connection, contents.batches)
        if contents.totals() != totals_of(connection, contents.tables):
            raise CannotCopy("what was written is not what was read: the database is as it was")
        rows.set_sequences(connection, contents.tables)
        migrations.upgrade(connection)


def _require_room(connection: Connection, *, is_replacing: bool) -> None:
    _, there = stored_tables(connection)
    foreign = sorted(inspection.table_names(connection) - {REVISION_TABLE})
    if not there and foreign:
        raise CannotCopy(
            f"the database has a table {foreign[0]} that is not Otvet's: use an empty one"
        )
    if not is_replacing and holds_rows(connection):
        raise HoldsData("the database holds data already, and is left as it is")


def _drop_all(connection: Connection) -> None:
    _, there = stored_tables(connection)
    for table in reversed(there):
        rows.drop(connection, table.name)
    if there:
        rows.drop(connection, REVISION_TABLE)
