"""Measuring work: processor time in multiples of a fixed piece of work, on any machine alike.

Seconds tell of the processor and of who else uses it. A neighbour on the same core slows down
both what is measured and the yardstick, which is laid beside it each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable


def effort(
    work: Callable[[], object],
    *,
    budget: float = 0.0,
    attempts: int = 4,
    prepare: Callable[[], object] = lambda: None,
) -> float:
    """Processor time of `work`, in all threads of the process, in yards of some 3 ms.

    The least of `attempts`, or the first within `budget`. What `prepare` does before each is not
    counted.
    """
    best = float("inf")
    for _ in range(attempts):
        prepare()
        yard_s = min(_seconds(_yard) for _ in range(3))
        best = min(best, _seconds(work) / yard_s)
        if best < budget:
            break
    return best


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _yard() -> None:
    """Text work of the kind that the program does."""
    counts: dict[str, int] = {}
    for number in range(10_000):
        for word in f"word {number % 997}".split():
            counts[word] = counts.get(word, 0) + 1
