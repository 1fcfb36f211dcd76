"""Digests of files: compared before anything in it is read."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from search.errors import IndexCorrupt
from search.generation.manifest import REBUILD, FileEntry

_PIECE_BYTES = 16 * 1024 * 1024

KnownDigests = dict[tuple[int, int, int], str]
"""(device, inode, mtime_ns) → digest of files this process has hashed."""


def verify_file(path: Path, entry: FileEntry, known: KnownDigests) -> None:
    """Raise IndexCorrupt unless a file is what its entry says; `known` spares hashing it again."""
    try:
        status = path.stat()
        # Only regular files are read: opening a pipe would wait for ever.
        is_whole = stat.S_ISREG(status.st_mode) and status.st_size == entry.bytes
        key = identity_of(status)
        digest = is_whole and (known.get(key) or digest_of(path).sha256)
    except OSError as error:
        raise IndexCorrupt(f"{path}: {error.strerror}; {REBUILD}") from error
    if digest != entry.sha256:
        raise IndexCorrupt(f"{path} differs from its manifest; {REBUILD}")
    known[key] = entry.sha256


def identity_of(status: os.stat_result) -> tuple[int, int, int]:
    """Key of a file in KnownDigests."""
    return status.st_dev, status.st_ino, status.st_mtime_ns


def digest_of(path: Path) -> FileEntry:
    """Hash a file in large pieces: after each a thread may wait for its turn to go on."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return FileEntry(digest.hexdigest(), path.stat().st_size)
