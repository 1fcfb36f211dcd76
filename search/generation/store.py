"""Generation folders: build lock, atomic switch, pruning.

A generation is a folder that is never changed once its manifest is written. `current` is a
symbolic link to the serving one and the only thing that is ever replaced. No ranking here.

    <root>/lock                       held while building
    <root>/current → generations/<name>
    <root>/generations/<name>/manifest.json, …
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from search.errors import BuildInProgress, IndexMissing
from search.generation.digests import KnownDigests
from search.generation.draft import Draft
from search.generation.durable import sync_folder, sync_tree, write_durably
from search.generation.manifest import MANIFEST, REBUILD, Manifest, manifest_text
from search.generation.open_generation import lease_to_delete

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{3}Z-[0-9a-f]{12}(-[0-9]+)?")
_DRAFT_PREFIX = ".draft-"
_NOTE_BYTES = 80
"""Room for the lock's note: padded, so that one write replaces an older one whole."""


class Store:
    """The generations under one folder. Cheap to make; holds no handle."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._generations = root / "generations"
        self._current = root / "current"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the build lock; raises BuildInProgress naming the holder. The dead hold nothing.

        Removes what killed builds left behind: nobody else builds now.
        """
        self._generations.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = _read_note(descriptor)
                raise BuildInProgress(f"another build is in progress ({holder})") from None
            note = f"pid {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
            os.pwrite(descriptor, note.ljust(_NOTE_BYTES).encode(), 0)
            self._sweep()
            try:
                yield
            finally:
                os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)

    def current_name(self) -> str | None:
        """Name of the serving generation; one `readlink`, fit for polling."""
        try:
            return Path(os.readlink(self._current)).name
        except OSError:
            return None

    def path(self, name: str) -> Path:
        return self._generations / name

    def names(self) -> list[str]:
        """Finished generations, newest first."""
        try:
            found = [p.name for p in self._generations.iterdir() if _NAME.fullmatch(p.name)]
        except FileNotFoundError:
            return []
        return sorted(found, reverse=True)

    def candidates(self) -> list[str]:
        """Generations to try in order: the current one, then the others, newest first."""
        current = self.current_name()
        if current is None and not self.names():
            raise IndexMissing(f"no index in {self.root}: {REBUILD}")
        others = [name for name in self.names() if name != current]
        return [current, *others] if current else others

    def draft(self) -> Draft:
        """Start a generation; needs the lock."""
        folder = self._generations / f"{_DRAFT_PREFIX}{os.getpid()}"
        folder.mkdir(mode=0o700)
        return Draft(folder)

    def publish(
        self,
        draft: Draft,
        *,
        fingerprints: Mapping[str, str],
        counts: Mapping[str, int],
        facts: Mapping[str, Any],
        now: datetime,
        known: KnownDigests | None = None,
    ) -> Manifest:
        """Write the manifest last, make everything durable, then switch the pointer.

        What was hashed is added to `known`.
        """
        at = f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03d}Z"
        name = self._free_name(f"{at}-{fingerprints['content'][:12]}")
        manifest = Manifest(
            name=name,
            created_at=now.isoformat(timespec="seconds"),
            fingerprints=dict(fingerprints),
            counts=dict(counts),
            files=draft.digests({} if known is None else known),
            facts=dict(facts),
        )
        sync_tree(draft.folder)
        write_durably(draft.folder / MANIFEST, manifest_text(manifest))
        sync_folder(draft.folder)
        draft.folder.rename(self.path(name))
        sync_folder(self._generations)
        self.switch(name)
        return manifest

    def switch(self, name: str) -> None:
        """Point `current` at a finished generation, atomically and durably."""
        fresh = self.root / ".current-fresh"  # one name: a killed build's link is replaced
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("generations") / name)
        os.replace(fresh, self._current)
        sync_folder(self.root)

    def prune(self, *, keep: int) -> list[str]:
        """Delete generations beyond the `keep` newest, never the current or an opened one.

        What cannot be deleted now stays for the next time: the new generation serves already.
        """
        current = self.current_name()
        return [n for n in self.names()[keep:] if n != current and self._delete(n)]

    def _delete(self, name: str) -> bool:
        """Delete a generation unless somebody has it open; True when it is gone."""
        doomed = self._generations / f"{_DRAFT_PREFIX}old-{name}"
        with lease_to_delete(self.path(name)) as is_free:
            if not is_free:
                return False
            try:
                self.path(name).rename(doomed)
            except OSError:
                return False
            shutil.rmtree(doomed, ignore_errors=True)
        return True

    def _sweep(self) -> None:
        for orphan in self._generations.glob(f"{_DRAFT_PREFIX}*"):
            shutil.rmtree(orphan, ignore_errors=True)

    def _free_name(self, wanted: str) -> str:
        taken = set(self.names())
        names = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, 1000))
        return next(name for name in names if name not in taken)


def _read_note(descriptor: int) -> str:
    """The holder of the lock; waits a moment for a holder that has only just taken it."""
    for _ in range(20):
        if note := os.pread(descriptor, _NOTE_BYTES, 0).decode(errors="replace").strip():
            return note
        time.sleep(0.01)
    return "holder unknown"
