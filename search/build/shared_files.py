"""Files that a generation shares with the one before: hard links instead of copies."""

from __future__ import annotations

import hashlib

from search.build.previous import Previous
from search.generation.draft import Draft
from search.generation.manifest import FileEntry


def share_folder(draft: Draft, previous: Previous, folder: str) -> bool:
    """Link every file of the previous generation under `folder`; False when it has none."""
    entries = {
        path: entry
        for path, entry in previous.generation.manifest.files.items()
        if path.startswith(f"{folder}/")
    }
    for path, entry in entries.items():
        draft.share(previous.generation.path(path), path, entry)
    return bool(entries)


def write_or_share(draft: Draft, relative: str, data: bytes, previous: Previous | None) -> None:
    """Write one file, or share it with the previous generation where it is the same."""
    entry = FileEntry(hashlib.sha256(data).hexdigest(), len(data))
    if previous and previous.generation.manifest.files.get(relative) == entry:
        draft.share(previous.generation.path(relative), relative, entry)
    else:
        draft.write(relative, data)
