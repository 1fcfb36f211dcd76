"""Room on the disk for the counters that serving processes share.

prometheus_client maps sparse files; a page of one that finds no room when it is first written ends
the process with SIGBUS. So each process takes all the room for its files before it counts, and
counts in its own memory when there is none: counters never take serving down.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path

from prometheus_client import values

log = logging.getLogger(__name__)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
KINDS = ("counter", "histogram")
"""Files of a process: one for each type of metric that it has."""
ROOM_BYTES = 1 << 20
"""Far more than all labels take (a series is 150 bytes): a file that had to grow would be sparse
again."""


def share_counts() -> bool:
    """Prepare this process to count, and tell whether the others see what it counts.

    Call it before its first counter is made.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return False
    paths = [Path(folder) / f"{kind}_{os.getpid()}.db" for kind in KINDS]
    try:
        for path in paths:
            _take_room(path)
    except OSError as error:
        log.warning("this process counts for itself, as the counters have no room: %s", error)
        for path in paths:
            with suppress(OSError):
                path.unlink()
        values.ValueClass = values.MutexValue
        return False
    return True


def shared_files() -> list[str]:
    """Files of all processes; one that has not got its room yet holds no counts."""
    found = []
    for path in Path(os.environ[FOLDER]).glob("*.db"):
        with suppress(OSError):  # it had no room after all, and is gone
            if path.stat().st_size >= ROOM_BYTES:
                found.append(str(path))
    return found


def _take_room(path: Path) -> None:
    """Raises OSError when the disk is full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        os.posix_fallocate(file.fileno(), 0, ROOM_BYTES)
