"""Runs work that must not be waited for too long. Knows nothing of what it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TypeVar

T = TypeVar("T")


class OutOfTime(Exception):
    """The work was not done in time; it may still be going on."""


class Budget:
    """The time that is left, counted from `spent_s` before its making."""

    def __init__(
        self,
        total_s: float,
        *,
        spent_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._ends_at = clock() + total_s - spent_s

    def left_s(self) -> float:
        """Seconds, not below 0."""
        return max(0.0, self._ends_at - self._clock())


class BoundedCalls:
    """Threads for work with a deadline. Abandoned work keeps its thread until it ends; when all
    threads are taken, new work is refused at once. Thread-safe; make it after forking."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="bounded")
        self._free = threading.Semaphore(threads)

    def run(self, work: Callable[[], T], *, timeout_s: float) -> T:
        """The result of `work`, or what it raises; raises OutOfTime past `timeout_s`."""
        if timeout_s <= 0 or not self._free.acquire(blocking=False):
            raise OutOfTime
        future = self._pool.submit(work)
        future.add_done_callback(self._release)
        try:
            return future.result(timeout_s)
        except FutureTimeout:
            if future.done():
                return future.result()
            raise OutOfTime from None

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _release(self, _: Future[T]) -> None:
        self._free.release()
