"""A generation being written: files are added, then digested for its manifest."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import TracebackType

from search.generation.digests import KnownDigests, digest_of, identity_of
from search.generation.manifest import FileEntry


class Draft:
    """A generation being written. Leaving the `with` block without publishing removes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, FileEntry] = {}

    def __enter__(self) -> Draft:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def share(self, source: Path, relative: str, entry: FileEntry | None = None) -> None:
        """Add a file of another generation or a cache: a hard link, else a copy.

        `entry` is its known digest; without it the file is hashed when publishing.
        """
        target = self.folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
        if entry is not None:
            self._known[relative] = entry

    def write(self, relative: str, content: bytes) -> None:
        target = self.folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def digests(self, known: KnownDigests) -> dict[str, FileEntry]:
        """Digest of every file; files shared unchanged keep the digest they came with."""
        found = {}
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            relative = path.relative_to(self.folder).as_posix()
            entry = self._known.get(relative) or digest_of(path)
            found[relative] = entry
            known[identity_of(path.stat())] = entry.sha256
        return found
