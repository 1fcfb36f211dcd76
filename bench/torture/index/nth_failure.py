"""The n-th change to a file fails or is the last of its process, for every n of a build.

Disk full, input/output error, kill -9. The build stops with an error that says so, or succeeds;
what serves is the old or the new version in full; the next build succeeds and leaves nothing.
"""

from __future__ import annotations

import errno
import random
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.torture.index.children import Child, Ending
from bench.torture.index.kill import VERSIONS, leftovers, serving_version
from bench.torture.index.shim import KILL, Shim, restart_with_shim
from bench.torture.index.world import Golden, build_version
from bench.torture.report import Tally, main

FAULTS = {"disk full": errno.ENOSPC, "input/output error": errno.EIO, "kill": KILL}
MAY_FAIL_UNNOTICED = (
    *("link ", "write embeddings", "open embeddings", "fsync embeddings"),
    "rename .draft-old",
)
"""A link becomes a copy, the embedding cache is only a cache, and an old generation that cannot be
deleted waits for the next build. Everything else stops a build."""


@dataclass(frozen=True)
class _Trial:
    """One build with one fault, from one version to the next."""

    number: int
    old: int
    new: int
    fault: str
    position: int


def campaign(tally: Tally, seed: int, folder: Path) -> None:
    """Positions in random order, so that a short run samples the whole build."""
    chance = random.Random(seed)
    shim, golden, root = Shim(), Golden(folder), folder / "failing"
    build_version(root, 0, at=0)
    last = _changes_of_a_build(shim, folder)
    plan = [(fault, position) for fault in FAULTS for position in range(1, last + 5)]
    serving, number = 0, 0
    while tally.goes_on():
        chance.shuffle(plan)
        for fault, position in plan:
            if not tally.goes_on():
                break
            number += 1
            new = number % VERSIONS
            _try(tally, shim, golden, root, _Trial(number, serving, new, fault, position))
            serving = new


def _try(tally: Tally, shim: Shim, golden: Golden, root: Path, trial: _Trial) -> None:
    """Break one build, look what serves, then build undisturbed."""
    fired = root.parent / "fired"
    fired.unlink(missing_ok=True)

    def broken_build() -> str:
        shim.arm(root, at=trial.position, error=FAULTS[trial.fault])
        try:
            return build_version(root, trial.new, at=trial.number).name
        finally:
            shim.disarm()
            fired.write_text(shim.fired(), encoding="utf-8")

    ending = Child(broken_build).wait()
    what = fired.read_text(encoding="utf-8") if fired.exists() else ""
    tally.add(trial.fault if what or ending.was_killed else "after the last change")
    for fault in (*_wrong_ending(trial, ending, what), *_wrong_state(golden, root, trial, ending)):
        tally.fail(f"{trial.fault} at change {trial.position} ({what}): {fault}")
    build_version(root, trial.new, at=trial.number)
    if left := leftovers(root):
        tally.fail(f"{trial.fault} at change {trial.position} ({what}): the next build left {left}")
    if serving_version(golden, root, (trial.new,)) is None:
        tally.fail(f"{trial.fault} at change {trial.position} ({what}): the next build fails")


def _wrong_ending(trial: _Trial, ending: Ending, what: str) -> list[str]:
    """A failed change is an OSError that says what happened, or one that may go unnoticed."""
    if trial.fault == "kill" or not what:
        return [] if ending.was_killed or ending.note else [f"ended with {ending}"]
    if ending.note:
        return [] if what.startswith(MAY_FAIL_UNNOTICED) else ["the build did not notice"]
    return [] if ending.is_a(OSError) else [f"raised {ending.error}: {ending.message}"]


def _wrong_state(golden: Golden, root: Path, trial: _Trial, ending: Ending) -> list[str]:
    allowed = (trial.new,) if ending.note else (trial.old, trial.new)
    found = serving_version(golden, root, allowed)
    return [] if found is not None else [f"none of the versions {allowed} answers"]


def _changes_of_a_build(shim: Shim, folder: Path) -> int:
    root = folder / "counted"
    build_version(root, 0, at=0)

    def count() -> str:
        shim.arm(root, at=-1, error=KILL)
        build_version(root, 1, at=1)
        return str(shim.hits)

    return int(Child(count).wait().note)


if __name__ == "__main__":
    restart_with_shim()
    sys.exit(main("nth_failure", campaign))
