"""The time left of the operation that runs in this thread. Pure."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

WAITED = "otvet.waited_s"
"""In a request's environment: how long it waited for a thread, in seconds."""

_ends_at: ContextVar[float | None] = ContextVar("_ends_at", default=None)


@contextmanager
def time_limit(limit_s: float) -> Iterator[None]:
    """End what waits inside within `limit_s`, or with an outer, nearer limit."""
    ends_at = time.monotonic() + limit_s
    outer = _ends_at.get()
    token = _ends_at.set(ends_at if outer is None else min(outer, ends_at))
    try:
        yield
    finally:
        _ends_at.reset(token)


def time_left() -> float | None:
    """Seconds, not below 0; None without a limit."""
    ends_at = _ends_at.get()
    return None if ends_at is None else max(0.0, ends_at - time.monotonic())
