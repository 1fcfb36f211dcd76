"""Zip archives of strangers: everything is judged by the list of contents before a byte is read."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.imports.model import CannotImport
from kb.imports.sources import zip_names
from kb.imports.sources.names import fault_of_name

MAX_ENTRIES = 50_000
MAX_TOTAL_BYTES = 2 * 10**9
MAX_RATIO = 200
"""Ten times what text compresses to; drawings and logs of zeros lie above."""
RATIO_FROM_BYTES = 1_000_000
"""Smaller files may be as empty as they like."""
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".jar")
ENCRYPTED = 0x1


@dataclass(frozen=True)
class CheckedArchive:
    """An archive that may be read, while it is open; paths lack a folder that all of them share."""

    path: Path
    files: Mapping[str, zipfile.ZipInfo]
    opened: zipfile.ZipFile
    """Open throughout: opening it for each file would read the whole list of contents again."""

    def read(self, path: str) -> bytes:
        """Bytes of a file. Raises CannotImport where the archive is damaged."""
        info = self.files[path]
        try:
            with self.opened.open(info) as file:
                data = file.read(info.file_size + 1)
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise CannotImport(f"{self.path}: {path} cannot be read: {error}") from error
        except Exception as error:  # zlib, lzma and bz2 have errors of their own
            raise CannotImport(f"{self.path}: {path} is damaged") from error
        if len(data) != info.file_size:
            raise CannotImport(f"{self.path}: {path} is not as large as the archive says")
        return data


@contextmanager
def checked(source: Path) -> Iterator[CheckedArchive]:
    """An archive that was judged. Raises CannotImport with the first fault."""
    try:
        opened = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise CannotImport(f"{source}: is not a zip archive that can be read: {error}") from error
    with opened:
        files = _judged(source, opened.infolist())
        yield CheckedArchive(source, _without_shared_folder(files), opened)


def _judged(source: Path, entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The files of an archive by their names. Raises CannotImport with the first fault."""
    if len(entries) > MAX_ENTRIES:
        raise CannotImport(f"{source}: holds more than {MAX_ENTRIES:,} entries")
    zip_names.mend(entries)
    files: dict[str, zipfile.ZipInfo] = {}
    seen: dict[str, str] = {}
    for entry in entries:
        if fault := _fault(entry) or _twin(entry, seen):
            raise CannotImport(f"{source}: {_shown(entry)} {fault}")
        if not entry.is_dir():
            files[entry.filename] = entry
    _require_size(source, entries)
    return files


def _fault(entry: zipfile.ZipInfo) -> str:
    # `filename` ends at a NUL; the original name tells
    if "\0" in entry.orig_filename:
        return "has a NUL in its name"
    if fault := fault_of_name(entry.filename.removesuffix("/")):
        return fault
    if entry.flag_bits & ENCRYPTED:
        return "is encrypted"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device"
    if entry.filename.lower().endswith(ARCHIVES):
        return "is an archive in the archive"
    if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * entry.compress_size:
        return f"unpacks to more than {MAX_RATIO} times its size"
    return ""


def _twin(entry: zipfile.ZipInfo, seen: dict[str, str]) -> str:
    """The fault of a name that another entry has, by case or Unicode form; folders above too."""
    parts = entry.filename.rstrip("/").split("/")
    for end in range(1, len(parts) + 1):
        name = "/".join(parts[:end])
        is_leaf = end == len(parts) and not entry.is_dir()
        key = unicodedata.normalize("NFC", name).casefold()
        written = f"{name}\0" if is_leaf else name
        if seen.setdefault(key, written) != written or (is_leaf and key + "\0" in seen):
            return "has the name of another entry, or differs from it by case only"
        if is_leaf:
            seen[key + "\0"] = ""
    return ""


def _require_size(source: Path, entries: list[zipfile.ZipInfo]) -> None:
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL_BYTES:
        raise CannotImport(f"{source}: unpacks to more than {MAX_TOTAL_BYTES:,} bytes")
    size = source.stat().st_size
    if total > RATIO_FROM_BYTES and total > MAX_RATIO * size:
        raise CannotImport(f"{source}: unpacks to more than {MAX_RATIO} times its size")


def _without_shared_folder(files: dict[str, zipfile.ZipInfo]) -> Mapping[str, zipfile.ZipInfo]:
    """`files` without the one folder that archives of repositories put around everything."""
    first = {path.split("/", 1)[0] for path in files if not path.startswith("__MACOSX/")}
    if len(first) != 1:
        return files
    prefix = f"{first.pop()}/"
    if any(not path.startswith((prefix, "__MACOSX/")) for path in files):
        return files
    return {path.removeprefix(prefix): info for path, info in files.items()}


def _shown(entry: zipfile.ZipInfo) -> str:
    return ascii(entry.orig_filename[:120])
