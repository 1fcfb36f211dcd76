"""Names in zip archives of older Windows: backslashes for slashes, and letters of DOS."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence

IS_UTF8 = 0x800
RUSSIAN = re.compile("[А-Яа-яЁё]{3}")
"""A word in the letters that DOS had for Russian; one or two may be accents of other languages."""


def mend(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Give entries the names that were meant; the archive finds them by their original ones."""
    for entry in entries:
        if not entry.flag_bits & IS_UTF8 and not entry.filename.isascii():
            entry.filename = _in_letters(entry.filename)
    if not any("/" in entry.filename for entry in entries):
        for entry in entries:
            entry.filename = entry.filename.replace("\\", "/")


def _in_letters(name: str) -> str:
    """The name that Python read in the letters of DOS, in those that it was written in."""
    try:
        data = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        russian = data.decode("cp866")
        return russian if RUSSIAN.search(russian) else name
