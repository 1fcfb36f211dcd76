"""Names of processes that hold deliveries, and which of them live. Reads /proc."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def own_name() -> str:
    """Name of this process: machine, number and start, for numbers are used again."""
    return f"{machine()}:{os.getpid()}:{_started(os.getpid())}"


def machine() -> str:
    """Name of this machine or container: where process numbers mean the same."""
    namespace = os.stat("/proc/self/ns/pid").st_ino
    return f"{socket.gethostname()[:30]}-{namespace}"


def is_gone(owner: str) -> bool:
    """True for a process of this machine that has ended; of others nothing is known."""
    host, _, process = owner.partition(":")
    number, _, started = process.partition(":")
    return host == machine() and not (number.isdigit() and _started(int(number)) == started)


def _started(pid: int) -> str:
    """The start of a process, in ticks since that of the machine; "" for one that is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
