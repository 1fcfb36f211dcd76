"""Findings of a campaign, and the command line all campaigns share."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import structlog


@dataclass(frozen=True)
class Report:
    """`failures` is empty when nothing went wrong; `counts` says what happened how often."""

    name: str
    trials: int
    seconds: float
    counts: Mapping[str, int]
    failures: tuple[str, ...]

    def __str__(self) -> str:
        state = "ok" if not self.failures else f"{len(self.failures)} FAILURES"
        counts = ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items()))
        return f"{self.name}: {state} in {self.trials} trials, {self.seconds:.0f} s ({counts})"


@dataclass
class Tally:
    """A campaign under way: counts trials and outcomes until time or patience ends."""

    seconds: float
    most_trials: int = sys.maxsize
    most_failures: int = 20
    """Then a campaign ends: one fault tends to show a thousand times."""
    trials: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _started: float = field(default_factory=time.monotonic)

    def goes_on(self) -> bool:
        """True until time is up; the first trial is always made."""
        is_over = self.trials and time.monotonic() - self._started > self.seconds
        has_seen_enough = len(self.failures) >= self.most_failures
        return not is_over and not has_seen_enough and self.trials < self.most_trials

    def add(self, outcome: str) -> None:
        self.trials += 1
        self.counts[outcome] += 1

    def fail(self, message: str) -> None:
        self.failures.append(message)

    def report(self, name: str) -> Report:
        seconds = time.monotonic() - self._started
        return Report(name, self.trials, seconds, dict(self.counts), tuple(self.failures))


CAMPAIGNS = {
    "kill": "index",
    "nth_failure": "index",
    "powerloss": "index",
    "corruption": "index",
    "race": "index",
    "swap": "index",
    "xss": "web",
    "fuzz": "web",
}
"""Campaign → the folder its module is in."""

Campaign = Callable[[Tally, int, Path], None]
"""Runs trials while the tally goes on, with a random seed, in an empty folder."""


def module(name: str) -> str:
    """Name the module that runs a campaign by itself."""
    return f"bench.torture.{CAMPAIGNS[name]}.{name}"


def main(name: str, campaign: Campaign) -> int:
    """Run one campaign from the command line; prints its report as JSON. Exit code 1 on failure."""
    parser = argparse.ArgumentParser(prog=f"python -m {module(name)}")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--trials", type=int, default=sys.maxsize)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    _silence_logs()
    tally = Tally(arguments.seconds, arguments.trials)
    with tempfile.TemporaryDirectory(prefix=f"otvet-{name}-", dir=_memory_folder()) as folder:
        campaign(tally, arguments.seed, Path(folder).resolve())
    report = tally.report(name)
    print(json.dumps(asdict(report), ensure_ascii=False))
    return 1 if report.failures else 0


def _memory_folder() -> str | None:
    """A folder in memory where there is one: faults come from us, not from the disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _silence_logs() -> None:
    """The system under test complains thousands of times, as it should."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
