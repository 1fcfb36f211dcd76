"""Old addresses of other sites with their targets, as a generation keeps them beside its catalog.

Nothing is judged here: `kb.content.addresses` has done so when the generation was built.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields

from kb.content.files.old_paths import OldPath, OldPathTable, Redirect, composed

_NAMES = tuple(field.name for field in fields(Redirect) if field.name != "old")


@dataclass(frozen=True)
class Redirects:
    """All that are listed, found as a browser asks for them."""

    entries: tuple[Redirect, ...]
    table: OldPathTable[Redirect]

    @classmethod
    def of(cls, entries: Sequence[Redirect] = ()) -> Redirects:
        return cls(tuple(entries), OldPathTable((entry.old, entry) for entry in entries))

    def find(self, path: bytes, query: str) -> Redirect | None:
        """The entry for a path, its percent-encoding undone, and a query as it was sent."""
        return self.table.find(composed(path), query) if self.entries else None


def to_json(entries: Sequence[Redirect]) -> bytes:
    """Serialise; equal entries give equal bytes."""
    rows = [
        [entry.old.path, entry.old.parameters, entry.old.is_prefix]
        + [getattr(entry, name) for name in _NAMES]
        for entry in entries
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(content: bytes) -> Redirects:
    """Read what `to_json` wrote; raises ValueError or TypeError for anything else."""
    entries = []
    for path, parameters, is_prefix, *values in json.loads(content):
        old = OldPath(path, tuple((name, value) for name, value in parameters), is_prefix)
        entries.append(Redirect(old, **dict(zip(_NAMES, values, strict=True))))
    return Redirects.of(entries)
