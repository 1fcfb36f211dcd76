"""New files beside the articles, until all of them go to their places or none does.

They lie in a folder of the same file system, are checked there as the articles they will be, and
are renamed into place with a journal. Who is killed leaves either nothing, or a journal by which
the next import takes everything back.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, KeysView
from contextlib import contextmanager
from pathlib import Path

from kb.content.files.categories import CATEGORIES_FILE
from kb.imports.model import CannotImport

PREFIX = ".import-"
JOURNAL = "journal.json"
STAGED, BEFORE, VIEW = "staged", "before", "view"


class Staging:
    """Files of one import, by their paths below the folder of articles."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder
        self._paths: dict[str, None] = {}

    @property
    def paths(self) -> KeysView[str]:
        """Paths of all files, in the order in which they came."""
        return self._paths.keys()

    def write(self, path: str, content: bytes) -> None:
        """Put a file beside. Raises OSError."""
        target = self._folder / STAGED / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self._paths[path] = None

    def view(self) -> Path:
        """A folder of articles as it will be, to be read only. Made of links where it can be."""
        view = self._folder / VIEW
        view.mkdir(exist_ok=True)
        for folder, names, files in os.walk(self._root):
            names[:] = [name for name in names if not name.startswith(".")]
            for name in files:
                source = Path(folder) / name
                if not name.startswith(".") and source.is_file():
                    _link(source, view / source.relative_to(self._root))
        for path in self.paths:
            (view / path).unlink(missing_ok=True)
            _link(self._folder / STAGED / path, view / path)
        return view

    def land(self) -> None:
        """Rename every file into its place; all or none. Raises OSError."""
        changed = {path: None for path in self.paths if (self._root / path).exists()}
        for path in changed:
            _link(self._root / path, self._folder / BEFORE / path)
        new = [path for path in self.paths if path not in changed]
        journal = json.dumps({"new": new, "changed": list(changed)})
        _write_synced(self._folder / JOURNAL, journal.encode())
        try:
            # Categories last: until they are there, no new article of theirs is shown
            for path in sorted(self.paths, key=lambda it: ("/" not in it, it == CATEGORIES_FILE)):
                target = self._root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(self._folder / STAGED / path, target)
        except BaseException:
            take_back(self._root, self._folder)
            raise
        (self._folder / JOURNAL).unlink()


@contextmanager
def staged(root: Path, *, is_dry: bool = False) -> Iterator[Staging]:
    """A staging for `root`, which is made if need be; what a killed import left is taken back.

    Raises CannotImport while another import runs.
    """
    if is_dry:
        with tempfile.TemporaryDirectory() as name:
            yield Staging(root, Path(name))
        return
    is_new = not root.exists()
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotImport(f"{root}: another import is running") from error
        for left in sorted(root.glob(f"{PREFIX}*")):
            take_back(root, left)
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=root, prefix=PREFIX))
        try:
            yield Staging(root, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
        if is_new and root.exists() and not any(root.iterdir()):
            root.rmdir()


def take_back(root: Path, folder: Path) -> None:
    """Undo what a journal says was begun: former files return, new ones go."""
    try:
        journal = json.loads((folder / JOURNAL).read_text("utf-8"))
    except (OSError, ValueError):
        return  # nothing had been renamed yet
    for path in journal["changed"]:
        if (folder / BEFORE / path).exists():
            os.replace(folder / BEFORE / path, root / path)
    for path in journal["new"]:
        if not (folder / STAGED / path).exists():
            (root / path).unlink(missing_ok=True)
            _remove_empty(root, (root / path).parent)
    (folder / JOURNAL).unlink()


def _remove_empty(root: Path, folder: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
