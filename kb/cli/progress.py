"""Shows how far a build is: a bar with rate and remaining time on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Never

from tqdm import tqdm

LINE_EVERY_S = 5.0

_STEPS = {
    "passages": ("Splitting articles", "articles"),
    "words": ("Indexing words", "articles"),
    "meaning": ("Encoding passages", "passages"),
    "questions": ("Asking questions", "questions"),
}


class Progress:
    """Callable as `search.build.progress.Progress`; a context manager that closes the bar."""

    def __init__(self) -> None:
        self._bar: tqdm[Never] | None = None
        self._step = ""
        self._started = 0.0
        self._next_line_at = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close_bar()

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self._step:
            self._begin(step, total)
        if sys.stderr.isatty():
            self._draw(done)
        else:
            self._print_line(done, total)

    def _begin(self, step: str, total: int) -> None:
        self._close_bar()
        self._step, self._started = step, time.monotonic()
        self._next_line_at = self._started + LINE_EVERY_S
        if sys.stderr.isatty():
            title, unit = _STEPS[step]
            self._bar = tqdm(total=total, desc=title, unit=f" {unit}", leave=True)

    def _draw(self, done: int) -> None:
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def _print_line(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next_line_at and done < total:
            return
        self._next_line_at = now + LINE_EVERY_S
        title, unit = _STEPS[self._step]
        rate = done / max(now - self._started, 1e-9)
        left = f", {(total - done) / rate:.0f} s left" if 0 < done < total and rate else ""
        speed = f", {rate:.0f} a second" if done and now - self._started > 1 else ""
        print(f"{title}: {done} of {total} {unit}{speed}{left}", file=sys.stderr, flush=True)

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
