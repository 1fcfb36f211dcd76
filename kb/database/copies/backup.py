"""Backups: one consistent state of the database in a file, and a database filled from one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kb.database import migrations
from kb.database.copies import backup_file
from kb.database.copies.contents import Contents, put, stored_tables
from kb.database.copies.model import RunningTotals
from kb.database.copies.replacement import replace_file
from kb.database.copies.rows import read_batches
from kb.database.engine import Database
from kb.errors import CannotCopy, HoldsData


@dataclass(frozen=True)
class Restoration:
    """The number of rows that were restored, and the file kept of a newer version, if any."""

    rows: int
    kept: Path | None = None


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


def restore(database: Database, path: Path, *, is_replacing: bool) -> Restoration:
    """Fill a database from a backup, all of it or nothing.

    A backup of an older version is brought up to date. A file of SQLite with tables of a newer
    version is kept under another name. Raises CannotCopy, BadConfig for a backup of a newer
    version, and DatabaseUnavailable; the database is then as it was.
    """
    contents = backup_file.read(path)
    kept = None
    if revision := _newer_revision(database):
        kept = replace_file(_replaceable(database, revision, is_asked=is_replacing), contents)
    else:
        put(database, contents, is_replacing=is_replacing)
    return Restoration(sum(total.rows for total in contents.totals().values()), kept)


def _newer_revision(database: Database) -> str:
    """The revision of tables of a newer version of the program; "" without any."""
    with database.snapshot() as connection:
        revision = migrations.found_revision(connection)
    return revision if revision and not migrations.is_known(revision) else ""


def _replaceable(database: Database, revision: str, *, is_asked: bool) -> Path:
    """The file to replace. Of a server's tables nobody here can tell which are ours."""
    told = f"the database has tables of a newer version ({revision})"
    if database.file is None:
        raise CannotCopy(
            f"{told}: rename it and make an empty one in its place"
            ' (docs/production.md, "Rollback"), then restore into that'
        )
    if not is_asked:
        raise HoldsData(f"{told}, and is left as it is")
    database.close()
    return database.file
