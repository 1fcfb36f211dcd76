"""Files of a source by their paths, read when asked for. A folder or a checked zip archive."""

from __future__ import annotations

import os
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kb.content import git_history
from kb.content.files.text import MAX_BYTES
from kb.imports.model import CannotImport, ImportFinding
from kb.imports.sources import archive
from kb.imports.sources.charsets import decoded
from kb.imports.sources.names import fault_of_name

MAX_FILES = 50_000
MAX_DEPTH = 30
SKIPPED = frozenset({".git", ".github", ".hg", ".svn", "node_modules", "__MACOSX", ".venv"})
KEPT_DOTS = frozenset({".obsidian", ".vitepress", ".vuepress", ".pages"})
TEXT_LIMIT = 20 * MAX_BYTES
"""Exports hold all articles in one file of JSON."""


class SourceFiles:
    """Paths (posix, relative) with a reader of bytes, and what was left out."""

    def __init__(
        self, label: str, sizes: Mapping[str, int], read: Callable[[str], bytes], /
    ) -> None:
        self.label = label
        self.sizes = sizes
        self._read = read
        self.findings: list[ImportFinding] = []
        self.days: Mapping[str, str] = {}
        """Days of the last commits of files, as 2026-11-30, where git knows them."""
        self._folded = {path.casefold(): path for path in sizes}

    def __contains__(self, path: object) -> bool:
        return path in self.sizes

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""
        return tuple(self.sizes)

    def named(self, path: str) -> str | None:
        """The path as it is written here, whatever the case it is asked in."""
        return path if path in self.sizes else self._folded.get(path.casefold())

    def data(self, path: str) -> bytes:
        """Bytes of a file. Raises CannotImport for a damaged archive."""
        return self._read(path)

    def text(self, path: str, *, limit: int = MAX_BYTES) -> str | None:
        """Text of a file, line ends as \\n; None, and a finding, for what is no text."""
        if self.sizes[path] > limit:
            self._note(path, f"is larger than {limit:,} bytes", "Split it")
            return None
        data = self._read(path)
        text = decoded(path, data)
        if text is None:
            self._note(path, "is not UTF-8", "Save it as UTF-8")
            return None
        if "\0" in text:
            self._note(path, "holds a NUL character", "Save it as UTF-8 text")
            return None
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))

    def _note(self, path: str, message: str, remedy: str) -> None:
        self.findings.append(
            ImportFinding("Files that could not be read", path, 1, message, remedy)
        )


@contextmanager
def opened_source(source: Path) -> Iterator[SourceFiles]:
    """The files of a folder, a zip archive or a single file. Raises CannotImport."""
    if source.is_file() and zipfile.is_zipfile(source):
        with archive.checked(source) as opened:
            yield _zip(source, opened)
    else:
        yield _plain(source)


def _plain(source: Path) -> SourceFiles:
    """Raises CannotImport."""
    if source.is_dir():
        return _folder(source)
    if not source.is_file():
        raise CannotImport(f"{source}: no folder and no file")
    if source.suffix.lower() in (".md", ".mdx", ".markdown", ".html", ".htm", ".json"):
        size = source.stat().st_size
        return SourceFiles(source.stem, {source.name: size}, lambda _: source.read_bytes())
    raise CannotImport(f"{source}: neither a folder, nor a zip archive, nor a page or export")


def _folder(root: Path) -> SourceFiles:
    sizes: dict[str, int] = {}
    odd: list[ImportFinding] = []
    _walk(root, "", sizes, odd, 0)
    files = SourceFiles(root.resolve().name, dict(sorted(sizes.items())), _reader(root))
    files.findings += odd
    changed = git_history.change_dates(root)
    files.days = {path: f"{dates[0]:%Y-%m-%d}" for path, dates in changed.items()}
    return files


def _reader(root: Path) -> Callable[[str], bytes]:
    def read(path: str) -> bytes:
        try:
            handle = os.open(root / path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError as error:
            raise CannotImport(f"{path}: {error.strerror}") from error
        with open(handle, "rb") as file:
            return file.read(TEXT_LIMIT + 1)

    return read


def _walk(
    root: Path, folder: str, sizes: dict[str, int], odd: list[ImportFinding], depth: int
) -> None:
    """Regular files below; links and what is no file are told, never followed."""
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        raise CannotImport(f"{folder or root}: {error.strerror}") from error
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.name in SKIPPED or (entry.name.startswith(".") and entry.name not in KEPT_DOTS):
            continue
        status = entry.stat(follow_symlinks=False)
        if fault := fault_of_name(path) or _fault_of_kind(status, depth):
            shown = path.encode("utf-8", "backslashreplace").decode()
            odd.append(ImportFinding("Files left out", shown, 1, fault, "Put a plain file there"))
        elif stat.S_ISDIR(status.st_mode):
            _walk(root, path, sizes, odd, depth + 1)
        else:
            sizes[path] = status.st_size
            if len(sizes) > MAX_FILES:
                raise CannotImport(f"{root}: more than {MAX_FILES:,} files")


def _fault_of_kind(status: os.stat_result, depth: int) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "is a link, which is not followed"
    if stat.S_ISDIR(status.st_mode):
        return f"lies deeper than {MAX_DEPTH} folders" if depth >= MAX_DEPTH else ""
    return "" if stat.S_ISREG(status.st_mode) else "is not a regular file"


def _zip(source: Path, opened: archive.CheckedArchive) -> SourceFiles:
    sizes = {path: info.file_size for path, info in sorted(opened.files.items())}
    wanted = {
        path: size
        for path, size in sizes.items()
        if not any(
            part in SKIPPED or (part.startswith(".") and part not in KEPT_DOTS)
            for part in path.split("/")
        )
    }
    return SourceFiles(source.stem, wanted, opened.read)
