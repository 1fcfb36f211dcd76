"""Random damage to the files of a generation: answers stay right, or the damage is noticed.

A silent difference is a failure, and so is code that runs out of a tampered Whoosh file. After
each trial the next build must mend everything.
"""

from __future__ import annotations

import os
import pickle
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from bench.torture.index.world import Golden, ask, build_version, opened
from bench.torture.report import Tally, main
from search.generation.store import Store

REBUILT_SHARE = 0.15
OLD, NEW = 1, 2

Outcome = Literal["harmless", "encoder refused", "older generation", "nothing opens", "SILENT"]


def campaign(tally: Tally, seed: int, folder: Path) -> None:
    chance = random.Random(seed)
    golden, sound = Golden(folder), folder / "sound"
    build_version(sound, OLD, at=OLD)
    build_version(sound, NEW, at=NEW)
    canary = folder / "canary"
    damages: list[Damage] = [*DAMAGES, lambda path, _: tamper_pickle(path, canary)]
    while tally.goes_on():
        damage = chance.choice(damages)
        _try(tally, golden, sound, folder / "damaged", damage, canary, chance)


def _try(
    tally: Tally,
    golden: Golden,
    sound: Path,
    root: Path,
    damage: Damage,
    canary: Path,
    chance: random.Random,
) -> None:
    copy_index(sound, root)
    target = chance.choice(files_of_current(root))
    name = target.relative_to(root).as_posix()
    damage(target, chance)
    outcome = look(golden, root)
    tally.add(outcome)
    what = f"{getattr(damage, '__name__', 'tampering')} of {name}"
    if outcome == "SILENT":
        tally.fail(f"{what}: other answers, and nobody was told")
    if chance.random() < REBUILT_SHARE or target.suffix == ".toc":
        build_version(root, NEW, at=NEW + 1)
        if look(golden, root) != "harmless":
            tally.fail(f"{what}: the next build did not mend it")
    if canary.exists():
        tally.fail(f"{what}: a tampered pickle was loaded")
        canary.rmdir()
    shutil.rmtree(root)


def look(golden: Golden, root: Path) -> Outcome:
    """Verdict on the index of a server that starts now."""
    with opened(root) as live:
        loaded = live.get()
        if loaded is None:
            return "nothing opens"
        found = ask(loaded)
        reasons = " ".join(live.degraded_reasons())
        is_current = loaded.name == Store(root / "index").current_name()
    if golden.verdict(found, NEW) == "golden" and is_current:
        return "harmless"
    if golden.verdict(found, NEW) == "degraded" and "encoder:" in reasons:
        return "encoder refused"
    is_old = golden.verdict(found, OLD) in ("golden", "degraded")
    return "older generation" if is_old and "generation " in reasons else "SILENT"


def copy_index(sound: Path, root: Path) -> None:
    """A copy that shares no file with the original; hard links within it stay links."""
    (root / "index").mkdir(parents=True)
    inodes: dict[int, Path] = {}
    for path in sorted((sound / "index").rglob("*"), key=lambda p: len(p.parts)):
        target = root / path.relative_to(sound)
        if path.is_symlink():
            target.symlink_to(os.readlink(path))
        elif path.is_dir():
            target.mkdir()
        elif (first := inodes.setdefault(path.stat().st_ino, target)) != target:
            os.link(first, target)
        else:
            shutil.copyfile(path, target)


def files_of_current(root: Path) -> list[Path]:
    store = Store(root / "index")
    folder = store.path(store.current_name() or "")
    return sorted(p for p in folder.rglob("*") if p.is_file())


def flip_bit(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def truncate(path: Path, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(path.stat().st_size))


def zero_block(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    start = chance.randrange(len(content))
    end = min(len(content), start + 4096)
    content[start:end] = bytes(end - start)
    path.write_bytes(content)


def append(path: Path, chance: random.Random) -> None:
    with path.open("ab") as file:
        file.write(chance.randbytes(chance.randint(1, 100)))


def delete(path: Path, _: random.Random) -> None:
    path.unlink()


def swap_with_other_generation(path: Path, chance: random.Random) -> None:
    """The same file of the other generation, or any file of it."""
    generations = next(p for p in path.parents if p.name == "generations")
    own = path.relative_to(generations)
    other = next(p for p in generations.iterdir() if p.name != own.parts[0])
    twin = other.joinpath(*own.parts[1:])
    if not twin.is_file() or chance.random() < 0.3:
        twin = chance.choice(sorted(p for p in other.rglob("*") if p.is_file()))
    exchange(path, twin)


def swap_within(path: Path, chance: random.Random) -> None:
    exchange(path, chance.choice(sorted(p for p in path.parent.iterdir() if p.is_file())))


def exchange(one: Path, other: Path) -> None:
    held = one.with_name(".held")
    one.rename(held)
    if other.exists():
        other.rename(one)
    held.rename(other if other != one else one)


def replace_by_folder(path: Path, _: random.Random) -> None:
    path.unlink()
    path.mkdir()


def replace_by_pipe(path: Path, _: random.Random) -> None:
    path.unlink()
    os.mkfifo(path)


def add_stranger(path: Path, _: random.Random) -> None:
    """A file no manifest knows, as a second segment of postings would look."""
    shutil.copyfile(path, path.with_name(f"stranger{path.suffix}"))


def tamper_pickle(path: Path, canary: Path) -> None:
    """Put a pickle that leaves a trace when it is loaded into the index's table of contents."""
    generation = next(p for p in path.parents if p.parent.name == "generations")
    for toc in (generation / "lexical" / "segments").glob("*.toc"):
        content = toc.read_bytes()
        bomb = pickle.dumps(_Bomb(canary), protocol=2)
        start = content.find(b"\x80\x02")
        toc.write_bytes(content[:start] + bomb + content[start + len(bomb) :])


class _Bomb:
    """Makes a folder when unpickled."""

    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._canary),)


Damage = Callable[[Path, random.Random], None]
DAMAGES: tuple[Damage, ...] = (
    flip_bit,
    flip_bit,
    truncate,
    zero_block,
    append,
    delete,
    swap_with_other_generation,
    swap_within,
    replace_by_folder,
    replace_by_pipe,
    add_stranger,
)


if __name__ == "__main__":
    sys.exit(main("corruption", campaign))
