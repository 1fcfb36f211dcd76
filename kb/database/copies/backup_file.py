"""The file of a backup: gzip over lines of JSON, which either database can be filled from.

The first line says of which revision it is and what columns the tables have, each further one holds
some rows of one table, the last one totals and a digest of all lines before it. Its format is
described in docs/operations.md.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kb.database.copies.contents import Contents
from kb.database.copies.model import RowBatch, StoredTable, TableTotal
from kb.database.copies.schema import tables_at
from kb.database.migrations import require_known
from kb.errors import BadConfig, CannotCopy

FORMAT = 1
_MARK = "otvet_backup"
_LEVEL = 6
MAX_LINE_BYTES = 64 * 1024 * 1024
"""Some times what the rows of a batch can hold; a packed file can claim lines without end."""
_TOTALS = b'{"totals":'
_DAMAGE = (
    EOFError,
    zlib.error,
    gzip.BadGzipFile,
    ValueError,
    LookupError,
    TypeError,
    RecursionError,
)
"""Errors of a file that is cut short, damaged, or something else."""


@dataclass(frozen=True)
class BackupHeader:
    """The first line of a backup, and the totals of its last."""

    revision: str
    tables: tuple[StoredTable, ...]
    totals: Mapping[str, TableTotal]


def write(path: Path, contents: Contents) -> None:
    """Write a backup beside `path`, mode 0600, and put it in its place once it is on the disk.

    Raises CannotCopy, and then `path` is as it was.
    """
    _require_replaceable(path)
    digest = hashlib.sha256()
    with _new_file(path) as raw, gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed:

        def put(value: dict[str, Any]) -> None:
            line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            packed.write(line)

        columns = {table.name: _columns(table) for table in contents.tables}
        put({_MARK: FORMAT, "revision": contents.revision, "tables": columns})
        for batch in contents.batches:
            put({"table": batch.table.name, "rows": batch.rows})
        totals = {name: [one.rows, one.digest] for name, one in contents.totals().items()}
        put({"totals": totals, "sha256": digest.hexdigest()})


def read(path: Path) -> Contents:
    """The contents of a backup that was read to its end and found sound.

    Raises CannotCopy for any other file, BadConfig for one of a newer version.
    """
    header = _verified(path)
    return Contents(
        header.revision, header.tables, _batches(path, header.tables), lambda: header.totals
    )


def _verified(path: Path) -> BackupHeader:
    digest = hashlib.sha256()
    with _opened(path) as lines:
        first = next(lines, b"")
        digest.update(first)
        header = _header(path, first)
        for line in lines:
            if line.startswith(_TOTALS):
                break
            digest.update(line)
        else:
            raise EOFError
        told = json.loads(line)
        if told["sha256"] != digest.hexdigest() or next(lines, b""):
            raise ValueError
        totals = {name: TableTotal(count, text) for name, (count, text) in told["totals"].items()}
    return BackupHeader(header["revision"], _tables(path, header), totals)


def _batches(path: Path, tables: Iterable[StoredTable]) -> Iterator[RowBatch]:
    named = {table.name: table for table in tables}
    with _opened(path) as lines:
        next(lines, b"")
        for line in lines:
            if not line.startswith(_TOTALS):
                value = json.loads(line)
                yield RowBatch(named[value["table"]], value["rows"])


def _header(path: Path, line: bytes) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(line)
    if header[_MARK] != FORMAT:
        raise BadConfig(f"{path} was made by a newer version of the program: install that version")
    return header


def _tables(path: Path, header: Mapping[str, Any]) -> tuple[StoredTable, ...]:
    """The tables of its revision, which must be those that it was made of."""
    require_known(header["revision"], str(path))
    tables = tables_at(header["revision"])
    found = {table.name: _columns(table) for table in tables}
    if found != header["tables"]:
        raise CannotCopy(
            f"{path} has other tables than this program's at revision {header['revision']}"
        )
    return tables


def _columns(table: StoredTable) -> list[list[str]]:
    return [[column.name, column.kind] for column in table.columns]


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[bytes]]:
    """The lines of a backup; what is wrong with it is told in a sentence."""
    if path.exists() and not path.is_file():  # it is read twice, and a pipe may never begin
        raise CannotCopy(f"{path} is not a regular file")
    try:
        with gzip.open(path, "rb") as file:
            yield _lines(file)
    except _DAMAGE as error:
        raise CannotCopy(f"{path} is not a backup of Otvet, or is cut short or damaged") from error
    except OSError as error:
        raise CannotCopy(f"{path} cannot be read: {error.strerror}") from error


def _lines(file: gzip.GzipFile) -> Iterator[bytes]:
    """Raises ValueError for a line that is too long."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            raise ValueError
        yield line


def _require_replaceable(path: Path) -> None:
    """Keep a mistyped name from replacing something else, the database itself for one."""
    if not path.exists():
        return
    is_backup = False
    if path.is_file():  # a pipe may never begin
        with suppress(OSError, EOFError, zlib.error), gzip.open(path, "rb") as lines:
            is_backup = lines.read(len(_MARK) + 2).endswith(_MARK.encode())
    if not is_backup:
        raise CannotCopy(f"{path} is there and is not a backup: choose another name")


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    part = None
    try:
        descriptor, name = tempfile.mkstemp(".part", f".{path.name}.", path.parent)
        part = Path(name)
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise CannotCopy(f"{path} cannot be written: {error.strerror}") from error
    finally:
        if part:
            part.unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
