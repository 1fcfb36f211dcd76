"""One generation on its way: its files first, compared by digest, then the pointer.

What the target has already (encoder, postings, pictures) is linked there and not sent.
"""

from __future__ import annotations

import hashlib
import secrets
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kb.cli.publish import scripts
from kb.cli.publish.target import PublishFailed, PublishTarget, Writer
from search.errors import IndexCorrupt, IndexMissing, IndexOutdated
from search.generation.manifest import MANIFEST, FileEntry, Manifest, parse_manifest
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store

_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Publication:
    """A whole generation that lies on the target, and what it took; it is not current yet."""

    target: PublishTarget
    store: str
    """Its folder on the target."""
    name: str
    sent_bytes: int
    linked: int

    def switch(self) -> None:
        """Make it current; servers there follow by themselves. Raises PublishFailed."""
        self.target.run(scripts.SWITCH, self.store, self.name)

    def prune(self, keep: int) -> tuple[str, ...]:
        """Delete generations beyond the `keep` newest; returns their names."""
        return tuple(self.target.run(scripts.PRUNE, self.store, str(keep)).split())


def send(source: Store, target: PublishTarget, name: str) -> Publication:
    """Bring the current generation of `source` to the target's store `name`, whole.

    Raises PublishFailed, and IndexMissing, IndexCorrupt or IndexOutdated for one that must not go
    anywhere.
    """
    with _opened(source) as generation:
        return _Sending(generation, target, f"{target.folder.rstrip('/')}/{name}").send()


@contextmanager
def _opened(source: Store) -> Iterator[OpenGeneration]:
    """The current generation, every file compared with its manifest, and safe from pruning."""
    current = source.current_name()
    if current is None:
        raise IndexMissing(f"no index in {source.root}: run `kb build`")
    generation = OpenGeneration(source.path(current))
    try:
        yield generation
    finally:
        generation.close()


class _Sending:
    """The steps on the target, for one generation."""

    def __init__(self, generation: OpenGeneration, target: PublishTarget, store: str) -> None:
        self._folder = generation.folder
        self._name = generation.manifest.name
        self._target = target
        self._store = store
        self._draft = f".draft-publish-{secrets.token_hex(6)}"
        manifest = (generation.folder / MANIFEST).read_bytes()
        entry = FileEntry(hashlib.sha256(manifest).hexdigest(), len(manifest))
        self._files = {**generation.manifest.files, MANIFEST: entry}
        if odd := next((path for path in self._files if "\n" in path or "\\" in path), None):
            raise PublishFailed(f"{odd!r} is a name that cannot be sent")

    def send(self) -> Publication:
        present, manifest = self._look()
        if not self._differing(self._name):
            return Publication(self._target, self._store, self._name, 0, len(self._files))
        same = _same_files(self._files, manifest) if manifest and present else frozenset()
        try:
            fault = self._transfer(same, present)
            if fault and same:  # what lies on the target is damaged: send it all
                self._target.run(scripts.DISCARD, self._store, self._draft)
                same = frozenset()
                fault = self._transfer(same, present)
            if fault:
                raise PublishFailed(f"what arrived differs from what was sent: {fault}")
            self._target.run(scripts.FINISH, self._store, self._draft, self._name)
        except BaseException:
            with suppress(PublishFailed):
                self._target.run(scripts.DISCARD, self._store, self._draft)
            raise
        sent = sum(entry.bytes for path, entry in self._files.items() if path not in same)
        return Publication(self._target, self._store, self._name, sent, len(same))

    def _look(self) -> tuple[str, Manifest | None]:
        """Name and manifest of what is current there; without a sound one there is none."""
        name, _, text = self._target.run(scripts.LOOK, self._store).partition("\n")
        try:
            return name, parse_manifest(text.encode(), Path(self._store, name))
        except (IndexCorrupt, IndexOutdated):
            return name, None

    def _transfer(self, same: frozenset[str], present: str) -> str:
        """Fill the draft; returns what differs then, "" for nothing."""
        self._target.run(
            scripts.SEED, self._store, self._draft, present, write=_lines(self._seeds(same))
        )
        wanted = sorted(path for path in self._files if path not in same)
        self._target.run(
            scripts.RECEIVE, self._store, self._draft, write=lambda pipe: self._pack(pipe, wanted)
        )
        return self._differing(self._draft)

    def _seeds(self, same: frozenset[str]) -> list[str]:
        folders = {f"{parent}/" for path in self._files for parent in Path(path).parents}
        return sorted(folders - {"./"}) + sorted(same)

    def _pack(self, pipe: IO[bytes], paths: Iterable[str]) -> None:
        with tarfile.open(fileobj=pipe, mode="w|", bufsize=_PIECE_BYTES) as archive:
            for path in paths:
                archive.add(self._folder / path, path, recursive=False)

    def _differing(self, folder: str) -> str:
        digests = (f"{entry.sha256}  {path}" for path, entry in self._files.items())
        return self._target.run(scripts.VERIFY, self._store, folder, write=_lines(digests)).strip()


def _same_files(files: dict[str, FileEntry], manifest: Manifest) -> frozenset[str]:
    return frozenset(path for path, entry in files.items() if manifest.files.get(path) == entry)


def _lines(lines: Iterable[str]) -> Writer:
    text = "".join(f"{line}\n" for line in lines).encode()
    return lambda pipe: pipe.write(text)
