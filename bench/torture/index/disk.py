"""A model of a disk that loses power: what may be found after it came back.

As POSIX allows and ext4, XFS and btrfs do at their worst: the content of a file is certain from
the last fsync of the file, an entry of a folder from the last fsync of the folder. All that was
not synced may be there or not, one by one.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bench.torture.index.recorder import Event

Loss = Literal["all", "none", "some"]
"""Share of what was not synced that is lost."""


@dataclass
class _File:
    content: Path | None
    """None for one that is never synced: anything may be found in it."""
    is_synced: bool = False
    born: int = -1
    """Number of the event that made it."""
    target: str | None = None
    """For a symbolic link."""


@dataclass
class _Folder:
    durable: dict[str, _Node] = field(default_factory=dict)
    now: dict[str, _Node] = field(default_factory=dict)
    unsynced: list[tuple[str, _Node | None]] = field(default_factory=list)
    """Changes of entries since the last fsync: name and what it became."""

    def put(self, name: str, node: _Node | None) -> None:
        self.unsynced.append((name, node))
        if node is None:
            self.now.pop(name, None)
        else:
            self.now[name] = node

    def sync(self) -> None:
        self.durable = dict(self.now)
        self.unsynced = []


_Node = _File | _Folder


class Disk:
    """Starts as a folder that is all on disk. `contents` is what another Disk learned."""

    def __init__(self, before: Path, contents: Mapping[int, Path] | None = None) -> None:
        self._root = _read_folder(before)
        self._known = contents or {}
        self._done = 0
        self.contents: dict[int, Path] = {}
        """What the file made by an event held when it was synced."""

    def apply(self, event: Event) -> None:
        """Do one recorded act."""
        number, self._done = self._done, self._done + 1
        folder, name = self._parent(event.path)
        node = self._node(event.path)
        if event.act == "fsync":
            if isinstance(node, _Folder):
                node.sync()
            elif node:
                node.is_synced = True
                self.contents[node.born] = Path(event.other)
        elif folder is None:
            return
        elif event.act == "write":
            self._write(folder, name, node, number)
        elif event.act == "mkdir" and node is None:
            folder.put(name, _Folder())
        elif event.act == "symlink" and node is None:
            folder.put(name, _File(None, is_synced=True, target=event.other))
        elif event.act in ("unlink", "rmdir") and node is not None:
            folder.put(name, None)
        elif event.act in ("link", "rename"):
            self._link(folder, name, event)

    def _write(self, folder: _Folder, name: str, node: _Node | None, number: int) -> None:
        if isinstance(node, _File):
            node.is_synced = False
        else:
            folder.put(name, _File(self._known.get(number), born=number))

    def _link(self, folder: _Folder, name: str, event: Event) -> None:
        if event.other.startswith("/"):  # from elsewhere, where it is on disk
            folder.put(name, _File(Path(event.other), is_synced=True))
            return
        source = self._node(event.other)
        if source is None or source is self._node(event.path):
            return
        folder.put(name, source)
        if event.act == "rename":
            old_folder, old_name = self._parent(event.other)
            if old_folder:
                old_folder.put(old_name, None)

    def _parent(self, path: str) -> tuple[_Folder | None, str]:
        head, _, name = path.rpartition("/")
        folder = self._node(head) if head else self._root
        return (folder if isinstance(folder, _Folder) else None), name

    def _node(self, path: str) -> _Node | None:
        node: _Node | None = self._root
        for name in path.split("/") if path != "." else ():
            node = node.now.get(name) if isinstance(node, _Folder) else None
        return node

    def lose_power(self, target: Path, loss: Loss, chance: random.Random) -> None:
        """Write what is found afterwards into the empty folder `target`."""
        _write_folder(self._root, target, loss, chance)


def _read_folder(folder: Path) -> _Folder:
    made = _Folder()
    for path in folder.iterdir():
        if path.is_symlink():
            made.now[path.name] = _File(None, is_synced=True, target=os.readlink(path))
        elif path.is_dir():
            made.now[path.name] = _read_folder(path)
        else:
            made.now[path.name] = _File(path, is_synced=True)
    made.sync()
    return made


def _write_folder(folder: _Folder, target: Path, loss: Loss, chance: random.Random) -> None:
    for name, node in _found_entries(folder, loss, chance).items():
        if isinstance(node, _Folder):
            (target / name).mkdir()
            _write_folder(node, target / name, loss, chance)
        elif node.target is not None:
            (target / name).symlink_to(node.target)
        else:
            _write_file(node, target / name, loss, chance)


def _found_entries(folder: _Folder, loss: Loss, chance: random.Random) -> dict[str, _Node]:
    if loss == "none":
        return folder.now
    found = folder.durable.copy()
    for name, node in folder.unsynced:
        if loss == "all" or chance.random() < 0.5:
            continue
        if node is None:
            found.pop(name, None)
        else:
            found[name] = node
    return found


def _write_file(file: _File, target: Path, loss: Loss, chance: random.Random) -> None:
    if file.is_synced and file.content:
        os.link(file.content, target)
        return
    content = file.content.read_bytes() if file.content else b""
    if loss == "all":
        content = b""
    elif loss == "some":
        content = chance.choice([b"", content[: len(content) // 2], bytes(len(content)), content])
    target.write_bytes(content)
