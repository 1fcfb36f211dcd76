"""Eight builders at once: one wins, the others are told who builds and since when."""

from __future__ import annotations

import os
import re
import select
import sys
from pathlib import Path

from bench.torture.index.children import Child, Ending
from bench.torture.index.kill import VERSIONS, leftovers, serving_version
from bench.torture.index.world import Golden, build_version
from bench.torture.report import Tally, main
from search.errors import BuildInProgress
from search.generation.store import Store

BUILDERS = 8
PATIENCE_S = 180.0
NOTICE = r"another build is in progress \(pid {}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)"


def campaign(tally: Tally, _: int, folder: Path) -> None:
    golden, root = Golden(folder), folder / "raced"
    build_version(root, 0, at=0)
    while tally.goes_on():
        number = tally.trials + 1
        _race(tally, golden, root, number % VERSIONS, number)


def _race(tally: Tally, golden: Golden, root: Path, version: int, number: int) -> None:
    """The winner waits in the middle of its build until the others have ended."""
    others_ended, say_so = os.pipe()

    def wait_for_others(*_: object) -> None:
        select.select([others_ended], [], [], PATIENCE_S)

    def work() -> str:
        return build_version(root, version, at=number, progress=wait_for_others).name

    before = set(Store(root / "index").names())
    children = [Child(work) for _ in range(BUILDERS)]
    waiting = {child.ending_pipe: child for child in children}
    endings: dict[int, Ending] = {}
    while len(waiting) > 1:
        readable, _, _ = select.select(list(waiting), [], [], PATIENCE_S)
        if not readable:
            tally.fail(f"race {number}: {len(waiting)} builders build at once")
            break
        for pipe in readable:
            child = waiting.pop(pipe)
            endings[child.pid] = child.wait()
    os.write(say_so, b"go")
    winners = [child.pid for child in waiting.values()]
    for child in waiting.values():
        endings[child.pid] = child.wait()
    os.close(others_ended)
    os.close(say_so)
    tally.add("races")
    made = set(Store(root / "index").names()) - before
    if len(made) != 1 or leftovers(root):
        tally.fail(f"race {number}: made {made}, left {leftovers(root)}")
    if serving_version(golden, root, (version,)) is None:
        tally.fail(f"race {number}: the new version does not serve")
    for pid, ending in endings.items():
        if not (ending.note if pid in winners else _was_refused(ending, winners)):
            tally.fail(f"race {number}: builder {pid} of {winners} ended with {ending}")


def _was_refused(ending: Ending, winners: list[int]) -> bool:
    notice = re.compile(NOTICE.format(winners[0] if winners else ""))
    return ending.is_a(BuildInProgress) and bool(notice.fullmatch(ending.message))


if __name__ == "__main__":
    sys.exit(main("race", campaign))
