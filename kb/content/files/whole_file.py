"""Files that are there whole or not at all, however many processes write them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

USUAL_RIGHTS = 0o644
"""Of a file that authors share by git."""


def write_authored(path: Path, content: bytes) -> None:
    """Write an author's file whole, with the rights it has had. Raises OSError."""
    rights = path.stat().st_mode & 0o777 if path.exists() else USUAL_RIGHTS
    write_whole(path, content, rights=rights)


def write_whole(path: Path, content: bytes, *, rights: int | None = None) -> None:
    """Write a file of its own beside and rename it; makes the folder. Raises OSError.

    Without `rights` only who writes it may read it. Not for what must outlive a loss of power:
    nothing is waited for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        if rights is not None:
            os.chmod(name, rights)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
