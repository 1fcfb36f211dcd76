"""Replacement of a database file that this program cannot read: it is kept under another name."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from kb.database.copies.contents import Contents, put
from kb.database.engine import Database
from kb.errors import CannotCopy

_BESIDE = ("-wal", "-shm")


def replace_file(file: Path, contents: Contents) -> Path:
    """Put a new file with these contents in the place of `file`; return where that is kept.

    The name holds either the former database or the new one, whole, at every moment. Nobody may
    have `file` open. Raises CannotCopy and DatabaseUnavailable; `file` is then as it was.
    """
    if _companions(file):
        raise CannotCopy(f"{file} is in use: stop servers and workers first")
    new = file.with_name(f".{file.name}.new")
    try:
        _remove(new)
        _fill(new, contents)
        kept = _free_name(file)
        os.link(file, kept)
        new.replace(file)
    except OSError as error:
        raise CannotCopy(f"{file} cannot be replaced: {error.strerror}") from error
    finally:
        _remove(new)
    return kept


def _fill(file: Path, contents: Contents) -> None:
    database = Database.of_file(file)
    put(database, contents, is_replacing=False)
    database.close()
    if _companions(file):
        raise CannotCopy(f"{file} could not be finished")


def _companions(file: Path) -> list[Path]:
    """Files that SQLite keeps beside a database as long as somebody has it open."""
    paths = (file.with_name(file.name + suffix) for suffix in _BESIDE)
    return [path for path in paths if path.exists()]


def _free_name(file: Path) -> Path:
    names = (f"{file.name}.newer{f'-{number}' if number > 1 else ''}" for number in count(1))
    return next(path for name in names if not (path := file.with_name(name)).exists())


def _remove(file: Path) -> None:
    for path in (file, *_companions(file)):
        path.unlink(missing_ok=True)
