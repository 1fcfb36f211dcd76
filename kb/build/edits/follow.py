"""The folder of articles followed: a build after every burst of changes in it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import watch as changes_in

DEBOUNCE_MS = 200
"""Longest wait for further changes of a burst, as when an editor saves several files."""
STEP_MS = 25
"""Silence after which a burst is over."""
RETRY_MS = 2000


def stopped_by_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def follow(
    folder: Path, build: Callable[[], bool], *, tick: Callable[[], None], stopped: threading.Event
) -> None:
    """Call `build` once the folder is watched and after each change; again when it says False.

    `tick` is called every two seconds or so, before a build that is due.
    """
    is_missed = True  # something may have changed before the watcher stood
    for changes in changes_in(
        folder,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        stop_event=stopped,
        rust_timeout=RETRY_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        tick()
        if changes or is_missed:
            is_missed = not build()
