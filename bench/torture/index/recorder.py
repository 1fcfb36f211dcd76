"""Records what a process does to the files below a folder, in order, by an audit hook.

An audit hook cannot be removed: record in a child only. Events are raised before the act, so that
some may not have happened; replaying must bear that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Act = Literal["write", "fsync", "rename", "link", "symlink", "unlink", "mkdir", "rmdir"]

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True)
class Event:
    """One act on `path`, relative to the folder.

    `other` is the source of a link or rename, a symbolic link's target, or a copy of what was
    synced. Paths outside the folder are absolute.
    """

    act: Act
    path: str
    other: str = ""


class Recorder:
    """Begins to record when made."""

    def __init__(self, root: Path, copies: Path) -> None:
        """`copies` gets a hard link to each synced file; it must be outside `root`."""
        self._copies = copies
        self.events: list[Event] = []
        self._root = str(root)
        self._handlers: dict[str, Callable[[tuple[object, ...]], None]] = {
            "open": self._on_open,
            "os.rename": lambda a: self._add("rename", self._path(*a[1::2]), self._path(*a[::2])),
            "os.link": lambda a: self._add("link", self._path(*a[1::2]), self._path(*a[::2])),
            "os.symlink": lambda a: self._add("symlink", self._path(*a[1:]), str(a[0])),
            "os.remove": lambda a: self._add("unlink", self._path(*a)),
            "os.mkdir": lambda a: self._add("mkdir", self._path(*a[::2])),
            "os.rmdir": lambda a: self._add("rmdir", self._path(*a)),
        }
        sys.addaudithook(self._hook)
        self._real_fsync = os.fsync
        os.fsync = self._fsync  # type: ignore[assignment]  # ours get descriptors only

    def _hook(self, name: str, arguments: tuple[object, ...]) -> None:
        if handler := self._handlers.get(name):
            handler(arguments)

    def _on_open(self, arguments: tuple[object, ...]) -> None:
        path, _, flags = arguments
        if isinstance(path, (str, bytes)) and isinstance(flags, int) and flags & _WRITING:
            self._add("write", self._path(path, -1))

    def _fsync(self, file: int) -> None:
        self._real_fsync(file)
        path = os.readlink(f"/proc/self/fd/{file}")
        copy = self._copies / str(len(self.events))
        if os.path.isfile(path):
            os.link(path, copy)
        self._add("fsync", path, str(copy))

    def _path(self, path: object, folder: object = -1) -> str:
        text = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        if isinstance(folder, int) and folder >= 0 and not text.startswith("/"):
            return f"{os.readlink(f'/proc/self/fd/{folder}')}/{text}"
        return os.path.abspath(text)

    def _add(self, act: Act, path: str, other: str = "") -> None:
        if path != self._root and not path.startswith(f"{self._root}/"):
            return
        inside = os.path.relpath(path, self._root)
        if act in ("rename", "link"):
            is_inside = other.startswith(f"{self._root}/")
            other = os.path.relpath(other, self._root) if is_inside else other
        self.events.append(Event(act, inside, other))
