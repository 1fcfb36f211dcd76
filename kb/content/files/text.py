"""Bytes and text of one author file, and the error of a file that cannot be used at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from kb.content.fault_kinds import FaultKind
from kb.content.model import Problem
from search.text.characters.composition import composed

MAX_BYTES = 1_000_000


class BadFile(Exception):
    """A file that cannot be used; carries the problem to report."""

    def __init__(
        self,
        path: str,
        message: str,
        remedy: str,
        line: int = 1,
        *,
        kind: FaultKind = FaultKind.UNREADABLE_FILE,
    ) -> None:
        super().__init__(message)
        self.problem = Problem(path, line, message, remedy, kind)


def read_bytes(root: Path, path: str) -> bytes:
    """Content of a regular file of at most MAX_BYTES. Raises BadFile."""
    try:
        # O_NONBLOCK: a FIFO put in the file's place since the walk must not hang a build
        handle = os.open(root / path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}", "Check its rights") from error
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise BadFile(path, "is not a regular file", "Remove it; only regular files are read")
        if status.st_size > MAX_BYTES:
            message = f"is larger than {MAX_BYTES:,} bytes"
            raise BadFile(path, message, "Split it into several articles")
        return file.read(MAX_BYTES + 1)


def read_text(root: Path, path: str) -> str:
    """Text of a file, composed, line ends as \\n, without a byte order mark. Raises BadFile."""
    return _decode(read_bytes(root, path), path)


def _decode(data: bytes, path: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(path, "is UTF-16", "Save it as UTF-8")
    if (at := data.find(b"\0")) >= 0:
        message = f"holds a NUL byte at offset {at}"
        raise BadFile(path, message, "Save it as UTF-8 text", _line_at(data, at))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Offsets count from the start of the file, a byte order mark included
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        message = f"is not valid UTF-8 at offset {at}"
        raise BadFile(path, message, "Save it as UTF-8", _line_at(data, at)) from error
    return composed(text.replace("\r\n", "\n").replace("\r", "\n"))


def _line_at(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
