"""Power is lost after each act of a build: what is found on the disk opens as old or new version.

Records one build, then replays every beginning of it on a model of a disk that drops what was not
synced, in several ways. What opens must be the pointed-at generation itself, not a fallback.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from bench.torture.index.children import Child
from bench.torture.index.disk import Disk, Loss
from bench.torture.index.kill import VERSIONS, leftovers, serving_version
from bench.torture.index.recorder import Event, Recorder
from bench.torture.index.world import Golden, build_version
from bench.torture.report import Tally, main

LOSSES: tuple[Loss, ...] = ("all", "none", "some", "some")
REBUILT_SHARE = 0.05


def campaign(tally: Tally, seed: int, folder: Path) -> None:
    chance = random.Random(seed)
    golden = Golden(folder)
    version = 0
    while tally.goes_on():
        versions = (version % VERSIONS, (version + 1) % VERSIONS)
        replay_build(tally, golden, folder / f"build-{version}", versions, chance)
        version += 1


def replay_build(
    tally: Tally,
    golden: Golden,
    folder: Path,
    versions: tuple[int, int],
    chance: random.Random,
    *,
    prepare: Callable[[], None] = lambda: None,
    is_backwards: bool = False,
) -> None:
    """Record a build from one version to the next, then lose power at every point of it.

    `prepare` runs in the recorded process before the build: a test breaks the program with it.
    Points come in random order, so that a short run samples them all, or the last one first.
    """
    before, events = _recorded(folder, versions, prepare)
    learned = Disk(before)
    for event in events:
        learned.apply(event)
    lengths = list(range(len(events), -1, -1))
    if not is_backwards:
        chance.shuffle(lengths)
    for length in lengths:
        for loss in LOSSES:
            if not tally.goes_on():
                break
            disk = Disk(before, learned.contents)
            for event in events[:length]:
                disk.apply(event)
            _try(tally, golden, folder / "found", disk, (versions, length, events), loss, chance)
    shutil.rmtree(folder)


def _recorded(
    folder: Path, versions: tuple[int, int], prepare: Callable[[], None]
) -> tuple[Path, list[Event]]:
    """Build both versions, the second one recorded; returns the index before it."""
    root, before, copies = folder / "built", folder / "before", folder / "copies"
    copies.mkdir(parents=True)
    build_version(root, versions[0], at=1)
    shutil.copytree(root / "index", before, symlinks=True)
    log = folder / "events.json"

    def record() -> str:
        prepare()
        recorder = Recorder(root / "index", copies)
        name = build_version(root, versions[1], at=2).name
        events = [[event.act, event.path, event.other] for event in recorder.events]
        log.write_text(json.dumps(events), encoding="utf-8")
        return name

    ending = Child(record).wait()
    if not ending.note:
        raise RuntimeError(f"the recorded build ended with {ending}")
    return before, [Event(*row) for row in json.loads(log.read_text(encoding="utf-8"))]


def _try(
    tally: Tally,
    golden: Golden,
    found: Path,
    disk: Disk,
    point: tuple[tuple[int, int], int, list[Event]],
    loss: Loss,
    chance: random.Random,
) -> None:
    versions, length, events = point
    (found / "index").mkdir(parents=True)
    disk.lose_power(found / "index", loss, chance)
    serving = serving_version(golden, found, versions)
    tally.add({versions[0]: "old", versions[1]: "new", None: "nothing"}[serving])
    where = f"power lost after act {length} of {len(events)}, {loss} of the unsynced lost"
    if serving is None:
        last = events[length - 1] if length else "nothing"
        tally.fail(f"{where} ({last}): neither version opens")
    elif chance.random() < REBUILT_SHARE:
        build_version(found, versions[1], at=3)
        if serving_version(golden, found, versions[1:]) is None or leftovers(found):
            tally.fail(f"{where}: the next build does not mend it")
    shutil.rmtree(found)


if __name__ == "__main__":
    sys.exit(main("powerloss", campaign))
