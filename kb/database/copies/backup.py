"""Backups: one consistent state of the database in a file, and a database filled from one."""

from __future__ import annotations

from pathlib import Path

from kb.database.copies import backup_file
from kb.database.copies.contents import Contents, put, stored_tables
from kb.database.copies.model import RunningTotals
from kb.database.copies.rows import read_batches
from kb.database.engine import Database
from kb.errors import CannotCopy


def backup(database: Database, path: Path) -> int:
    """Write everything that was committed before into a file; return the number of rows.

    Readers and writers go on meanwhile. Raises CannotCopy, BadConfig for tables of a newer version,
    and DatabaseUnavailable; `path` is then as it was.
    """
    with database.snapshot() as connection:
        revision, tables = stored_tables(connection)
        if not tables:
            raise CannotCopy("the database has no tables yet: there is nothing to back up")
        tally = RunningTotals(tables)
        counted = tally.counted(read_batches(connection, tables))
        backup_file.write(path, Contents(revision, tables, counted, tally.totals))
    return sum(total.rows for total in tally.totals().values())


def restore(database: Database, path: Path, *, is_replacing: bool) -> int:
    """Fill a database from a backup, all of it or nothing; return the number of rows.

    A backup of an older version is brought up to date. Raises CannotCopy, BadConfig for one of a
    newer version, and DatabaseUnavailable; the database is then as it was.
    """
    contents = backup_file.read(path)
    put(database, contents, is_replacing=is_replacing)
    return sum(total.rows for total in contents.totals().values())
