"""A folder that holds an export, and nothing of anybody else's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

MARKER = "otvet-export.json"
"""Names the files of an export, so that the next one into the same folder knows its own."""


class FileNames:
    """Names of files in one folder, none of which is a folder of another."""

    def __init__(self, names: Iterable[str]) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        for name in names:
            self.take(name)

    def take(self, name: str) -> bool:
        """Add a name; False when it cannot be a file beside the others."""
        parts = name.split("/")
        folders = {"/".join(parts[:at]) for at in range(1, len(parts))}
        if name in self._files or name in self._folders or folders & self._files:
            return False
        self._files.add(name)
        self._folders |= folders
        return True


class BadFolder(Exception):
    """A folder that cannot be written to; the message says why."""


def require_own(target: Path) -> set[str]:
    """Files of the export that is there. Raises BadFolder where something else is."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return set()
    try:
        names = json.loads((target / MARKER).read_text(encoding="utf-8"))
        return {name for name in names if _is_inside(target, name)}
    except (OSError, ValueError, TypeError) as error:
        message = f"{target} is neither empty nor an earlier export: name another folder"
        raise BadFolder(message) from error


def write(target: Path, files: Mapping[str, bytes]) -> None:
    """Write the files into the folder, and take away those of an earlier export.

    Raises BadFolder and OSError.
    """
    former = require_own(target)
    for name in sorted(former - files.keys()):
        (target / name).unlink(missing_ok=True)
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    names = json.dumps(sorted(files), ensure_ascii=False, indent=0)
    (target / MARKER).write_text(names, encoding="utf-8")


def _is_inside(target: Path, name: str) -> bool:
    return (target / name).resolve().is_relative_to(target.resolve())
