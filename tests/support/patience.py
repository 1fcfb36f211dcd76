"""Patience with conditions instead of times: a busy machine makes a test slow and not red."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 180.0
"""Bound of waits that end at once unless something is broken."""


def wait_until(is_so: Callable[[], object], *, timeout_s: float = PATIENCE_S) -> None:
    """Return as soon as `is_so` is true; fail after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
