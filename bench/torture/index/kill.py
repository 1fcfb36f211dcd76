"""Kill -9 of a builder at random moments: what serves must never be half of anything.

After each kill the old or the new version answers in full and the lock is free; the next build
leaves nothing of the killed one behind.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from bench.torture.index.children import Child
from bench.torture.index.world import Golden, ask, build_version, opened
from bench.torture.report import Tally, main
from search.generation.store import Store

VERSIONS = 24
"""Versions cycle, so that few golden answers are needed and articles are edited back."""
REBUILT_SHARE = 0.3
SHORTEN, LENGTHEN = 0.6, 1.05
"""Factors of the usual duration after a build that ended before its kill, and after others: one in
ten ends so, whatever the machine does."""


def campaign(tally: Tally, seed: int, folder: Path) -> None:
    chance = random.Random(seed)
    golden = Golden(folder)
    root = folder / "killed"
    build_version(root, 0, at=0)
    duration, serving, number = _usual_duration(folder), 0, 0
    while tally.goes_on():
        number += 1
        following, finished = number % VERSIONS, tally.counts["finished"]
        serving = _trial(tally, golden, root, (serving, following), number, duration, chance)
        # The machine may be busier or less busy than when it was measured.
        duration *= SHORTEN if tally.counts["finished"] > finished else LENGTHEN


def _trial(
    tally: Tally,
    golden: Golden,
    root: Path,
    versions: tuple[int, int],
    number: int,
    duration: float,
    chance: random.Random,
) -> int:
    """Kill one build; returns the version that serves afterwards."""
    child = Child(lambda: build_version(root, versions[1], at=number).name)
    time.sleep(chance.uniform(0, 1.1 * duration))
    child.kill()
    ending = child.wait()
    left = leftovers(root)
    found = serving_version(golden, root, versions)
    tally.add(_outcome(ending.was_killed, bool(left), found == versions[1]))
    if found is None:
        tally.fail(f"build {number}: neither the old nor the new version answers")
        found = versions[0]
    if chance.random() < REBUILT_SHARE:
        build_version(root, versions[1], at=number)
        found = versions[1]
        if left := leftovers(root):
            tally.fail(f"build {number}: the next build left {left}")
        if serving_version(golden, root, versions) != versions[1]:
            tally.fail(f"build {number}: the next build does not serve")
    return found


def _outcome(was_killed: bool, has_left_something: bool, is_new: bool) -> str:
    if not was_killed:
        return "finished"
    if is_new:
        return "killed after the switch"
    return "killed while writing" if has_left_something else "killed before or between"


def serving_version(golden: Golden, root: Path, versions: tuple[int, ...]) -> int | None:
    """The version whose answers a server gives in full, without falling back; else None."""
    store = Store(root / "index")
    with opened(root) as live:
        loaded = live.get()
        if loaded is None or loaded.name != store.current_name() or live.degraded_reasons():
            return None
        found = ask(loaded)
    return next((v for v in versions if golden.answers(v) == found), None)


def leftovers(root: Path) -> list[str]:
    """Names below an index that no finished generation owns."""
    index = root / "index"
    strays = [p.name for p in index.iterdir() if p.name not in ("lock", "current", "generations")]
    return strays + [p.name for p in (index / "generations").glob(".*")]


def _usual_duration(folder: Path) -> float:
    root = folder / "timed"
    build_version(root, 0, at=0)
    started = time.monotonic()
    Child(lambda: build_version(root, 1, at=1).name).wait()
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main("kill", campaign))
