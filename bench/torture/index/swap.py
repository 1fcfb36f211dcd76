"""Generations change every 50 ms while readers search: no error, no answer of two generations.

Files open and memory used stay level, and generations that nobody reads any more are deleted.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import threading
import time
from pathlib import Path

from bench.torture.index.children import Child
from bench.torture.index.world import PATIENT, Answers, Golden, ask, build_version, load_toy_encoder
from bench.torture.report import Tally, main
from kb.catalog.generation import LiveGeneration
from search.generation.store import Store

READERS = 4
PAUSE_S = 0.05
READ_PAUSE_S = 0.005
VERSIONS = 6
SWAPS_FOR_A_BUILD = 20
"""The other swaps move the pointer among generations that exist: a build takes over 50 ms."""
WARM_SWAPS = 20
"""Swaps before memory and files are first counted: caches fill up until then."""
MOST_GROWTH_BYTES = 24_000_000
MOST_FILES_MORE = 12
"""Leases of generations that are being read at that moment, and files being read."""


class Readers:
    """Threads that search without a pause and compare with the golden answers."""

    def __init__(self, live: LiveGeneration, right: dict[str, Answers]) -> None:
        self._live = live
        self._right = right
        self._ended = threading.Event()
        self.answers = 0
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._read) for _ in range(READERS)]
        for thread in self._threads:
            thread.start()

    def _read(self) -> None:
        while not self._ended.is_set():
            try:
                loaded = self._live.require()
                if ask(loaded) != self._right[loaded.catalog.page("issue", "ru").title]:  # type: ignore[union-attr]
                    self.failures.append(f"{loaded.name}: wrong or mixed answers")
            except Exception as error:  # noqa: BLE001 – whatever a reader would see as an error
                self.failures.append(f"{type(error).__name__}: {error}")
            self.answers += 1
            time.sleep(READ_PAUSE_S)

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()


def campaign(tally: Tally, seed: int, folder: Path) -> None:
    """One process builds, this one serves and reads."""
    golden, root = Golden(folder), folder / "swapped"
    right = {f"Выпуск {version}": golden.answers(version) for version in range(VERSIONS)}
    build_version(root, 0, at=0)
    # Forked before threads start; builds until it is killed.
    builder = Child(lambda: _build_for_ever(root, seed))
    live = LiveGeneration(Store(root / "index"), load_encoder=load_toy_encoder, limits=PATIENT)
    live.refresh()
    while not live.encoder_state().is_available:
        time.sleep(0.01)
    readers = Readers(live, right)
    try:
        _swap(tally, live, readers)
    finally:
        builder.kill()
        builder.wait()
        readers.end()
        live.close()
    tally.counts["answers"] = readers.answers
    for failure in readers.failures:
        tally.fail(failure)
    if not readers.answers:
        tally.fail("nobody read anything")


def _swap(tally: Tally, live: LiveGeneration, readers: Readers) -> None:
    """Follow the pointer as the thread of `live` does, only oftener; watch what grows."""
    start = (0, 0)
    while tally.goes_on() and not readers.failures:
        if live.refresh():
            tally.add("swaps")
            if tally.trials == WARM_SWAPS:
                start = _used()
        if reasons := live.degraded_reasons():
            tally.fail(f"after {tally.trials} swaps: {reasons}")
        time.sleep(PAUSE_S / 5)
    files, memory = (now - then for now, then in zip(_used(), start, strict=True))
    if tally.trials > WARM_SWAPS:
        tally.counts["more bytes"], tally.counts["more files"] = memory, files
        if memory > MOST_GROWTH_BYTES or files > MOST_FILES_MORE:
            tally.fail(f"{tally.trials} swaps cost {memory} bytes and {files} open files")
    kept = len(Store(live._store.root).names())
    if kept > VERSIONS + READERS + 1:
        tally.fail(f"{kept} generations are kept")


def _used() -> tuple[int, int]:
    """Open files, and bytes of memory that are this process's own."""
    gc.collect()
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    own = (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")
    return len(os.listdir("/proc/self/fd")), own


def _build_for_ever(root: Path, seed: int) -> str:
    chance = random.Random(seed)
    store, number = Store(root / "index"), 0
    while True:
        number += 1
        if number % SWAPS_FOR_A_BUILD == 0 or number < VERSIONS:
            build_version(root, number % VERSIONS, at=number, keep=VERSIONS)
        else:
            others = [name for name in store.names() if name != store.current_name()]
            store.switch(chance.choice(others))
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    sys.exit(main("swap", campaign))
