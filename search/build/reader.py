"""The reader's part of a generation: its files, and the tokens of every unit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from search.build.indexed_document import IndexedDocument
from search.build.previous import Previous
from search.build.shared_files import share_folder
from search.generation.draft import Draft
from search.generation.files import READER, UNIT_TOKENS
from search.generation.unit_tokens import UnitTokens


class ReaderSource(Protocol):
    """Source of the reader of a build."""

    @property
    def fingerprint(self) -> str: ...

    def folder(self) -> Path:
        """Folder of the exported reader."""

    def tokens(self, texts: Sequence[str]) -> Sequence[npt.NDArray[np.int32]]:
        """Token ids of each text, without marks."""


def write_reader(
    draft: Draft,
    indexed: Sequence[IndexedDocument],
    source: ReaderSource,
    previous: Previous | None,
) -> None:
    """Add the reader's files and the tokens of all units; those of unchanged documents are kept."""
    is_same = _reader_of(previous) == source.fingerprint
    kept = UnitTokens.open(previous.generation.path(UNIT_TOKENS)) if previous and is_same else None
    known = previous.documents if previous and kept else {}
    new = [text for one in indexed if one.fingerprint not in known for text in one.readings()]
    fresh = iter(source.tokens(new))
    units: list[npt.NDArray[np.int32]] = []
    for one in indexed:
        old = known.get(one.fingerprint)
        if old and kept:
            units.extend(kept[number] for number in range(old.unit_rows.start, old.unit_rows.stop))
        else:
            units.extend(next(fresh) for _ in one.units.units)
    UnitTokens.of(units).save(draft.folder / UNIT_TOKENS)
    if not (previous and is_same and share_folder(draft, previous, READER)):
        folder = source.folder()
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            draft.share(path, f"{READER}/{path.relative_to(folder).as_posix()}")


def _reader_of(previous: Previous | None) -> str:
    return previous.generation.manifest.fingerprints.get("reader", "none") if previous else ""
