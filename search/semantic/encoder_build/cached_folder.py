"""Folders that are costly to make: made once, in one step, and checked before each use.

Knows nothing of what the folders hold.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

CONTENTS_FILE = ".contents.json"


def made_once(target: Path, make: Callable[[Path], None]) -> Path:
    """Return `target`, a folder that `make` fills on first use or when found damaged.

    `make` gets an empty folder; it becomes `target` in one step, so that nobody sees a part.
    """
    if _is_whole(target):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.parent / f".{target.name}.lock"):
        if _is_whole(target):
            return target
        for leftover in target.parent.glob(f".{target.name}.draft-*"):
            shutil.rmtree(leftover)
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.draft-"))
        try:
            make(draft)
            _seal(draft)
            if target.exists():
                log.warning("%s is damaged and made anew", target)
                shutil.rmtree(target)
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return target


def _is_whole(folder: Path) -> bool:
    try:
        expected = json.loads((folder / CONTENTS_FILE).read_text(encoding="utf-8"))
        found = file_hashes(folder)
    except (OSError, ValueError):
        return False
    return all(found.get(name) == digest for name, digest in expected.items())


def _seal(folder: Path) -> None:
    """Write the list of contents, make files readable and wait until all is on disk."""
    (folder / CONTENTS_FILE).write_text(json.dumps(file_hashes(folder)), encoding="utf-8")
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            with path.open("rb") as file:
                os.fsync(file.fileno())


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file; waits for another process that makes the same folder."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def file_hashes(folder: Path, *, without: str = "") -> dict[str, str]:
    """Relative path → sha256, of all files of `folder` but hidden ones and `without`."""
    hashes: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(".") and name != without:
            with path.open("rb") as file:
                hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes
