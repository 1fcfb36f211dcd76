"""The move to another database: every row copied, counted and compared."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing

from kb.database.copies.contents import Contents, put, stored_tables, totals_of
from kb.database.copies.model import RowBatch, RunningTotals, StoredTable, TableTotal
from kb.database.copies.rows import read_batches
from kb.database.engine import Database
from kb.errors import CannotCopy


def move(source: Database, target: Database) -> Mapping[str, TableTotal]:
    """Fill an empty database from another; return what each table holds.

    Raises CannotCopy when the target holds something or the source was written to meanwhile,
    BadConfig and DatabaseUnavailable; the target is then as it was.
    """
    with source.snapshot() as connection:
        revision, tables = stored_tables(connection)
    if not tables:
        raise CannotCopy("the database has no tables yet: there is nothing to copy")
    tally = RunningTotals(tables)

    def unchanged() -> Mapping[str, TableTotal]:
        with source.snapshot() as connection:
            if totals_of(connection, tables) != tally.totals():
                raise CannotCopy(
                    "something was written meanwhile: stop servers and workers, then copy again"
                )
        return tally.totals()

    with closing(_batches(source, tables, tally)) as batches:
        put(target, Contents(revision, tables, batches, unchanged), is_replacing=False)
    return tally.totals()


def _batches(
    source: Database, tables: tuple[StoredTable, ...], tally: RunningTotals
) -> Generator[RowBatch]:
    with source.snapshot() as connection:
        yield from tally.counted(read_batches(connection, tables))
