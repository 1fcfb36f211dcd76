"""Generation folders: drafting, manifest, atomic switch, verified opening, pruning.

A generation is a folder that is never changed once its manifest is written. `current` is a
symbolic link to the serving one and the only thing that is ever replaced. No ranking here.

    <root>/lock                       held while building
    <root>/current → generations/<name>
    <root>/generations/<name>/manifest.json, …
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from search.errors import BuildInProgress, IndexCorrupt, IndexMissing, IndexOutdated

FORMAT = 3
"""Version of the layout of a generation; another one needs a rebuild."""
MANIFEST = "manifest.json"
REBUILD = "run `python -m kb build`"

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{3}Z-[0-9a-f]{12}(-[0-9]+)?")
_DRAFT_PREFIX = ".draft-"
_PIECE_BYTES = 16 * 1024 * 1024
_NOTE_BYTES = 80
"""Room for the lock's note: padded, so that one write replaces an older one whole."""


@dataclass(frozen=True)
class FileEntry:
    """What a file must be."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """Contents list of a generation: what must match before anything in it is opened."""

    name: str
    created_at: str
    fingerprints: Mapping[str, str]
    counts: Mapping[str, int]
    files: Mapping[str, FileEntry]
    facts: Mapping[str, Any]


class Store:
    """The generations under one folder. Cheap to make; holds no handle."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._generations = root / "generations"
        self._current = root / "current"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the build lock; raises BuildInProgress naming the holder. The dead hold nothing.

        Removes what killed builds left behind: nobody else builds now.
        """
        self._generations.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = _read_note(descriptor)
                raise BuildInProgress(f"another build is in progress ({holder})") from None
            note = f"pid {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
            os.pwrite(descriptor, note.ljust(_NOTE_BYTES).encode(), 0)
            self._sweep()
            try:
                yield
            finally:
                os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)

    def current_name(self) -> str | None:
        """Name of the serving generation; one `readlink`, fit for polling."""
        try:
            return Path(os.readlink(self._current)).name
        except OSError:
            return None

    def path(self, name: str) -> Path:
        return self._generations / name

    def names(self) -> list[str]:
        """Finished generations, newest first."""
        try:
            found = [p.name for p in self._generations.iterdir() if _NAME.fullmatch(p.name)]
        except FileNotFoundError:
            return []
        return sorted(found, reverse=True)

    def candidates(self) -> list[str]:
        """Generations to try in order: the current one, then the others, newest first."""
        current = self.current_name()
        if current is None and not self.names():
            raise IndexMissing(f"no index in {self.root}: {REBUILD}")
        others = [name for name in self.names() if name != current]
        return [current, *others] if current else others

    def draft(self) -> Draft:
        """Start a generation; needs the lock."""
        folder = self._generations / f"{_DRAFT_PREFIX}{os.getpid()}"
        folder.mkdir(mode=0o700)
        return Draft(folder)

    def publish(
        self,
        draft: Draft,
        *,
        fingerprints: Mapping[str, str],
        counts: Mapping[str, int],
        facts: Mapping[str, Any],
        now: datetime,
        known: KnownDigests | None = None,
    ) -> Manifest:
        """Write the manifest last, make everything durable, then switch the pointer.

        What was hashed is added to `known`.
        """
        at = f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03d}Z"
        name = self._free_name(f"{at}-{fingerprints['content'][:12]}")
        manifest = Manifest(
            name=name,
            created_at=now.isoformat(timespec="seconds"),
            fingerprints=dict(fingerprints),
            counts=dict(counts),
            files=draft.digests({} if known is None else known),
            facts=dict(facts),
        )
        _sync_tree(draft.folder)
        _write_durably(draft.folder / MANIFEST, _manifest_text(manifest))
        _sync_folder(draft.folder)
        draft.folder.rename(self.path(name))
        _sync_folder(self._generations)
        self.switch(name)
        return manifest

    def switch(self, name: str) -> None:
        """Point `current` at a finished generation, atomically and durably."""
        fresh = self.root / ".current-fresh"  # one name: a killed build's link is replaced
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("generations") / name)
        os.replace(fresh, self._current)
        _sync_folder(self.root)

    def prune(self, *, keep: int) -> list[str]:
        """Delete generations beyond the `keep` newest, never the current or an opened one.

        What cannot be deleted now stays for the next time: the new generation serves already.
        """
        current = self.current_name()
        return [n for n in self.names()[keep:] if n != current and self._delete(n)]

    def _delete(self, name: str) -> bool:
        """Delete a generation unless somebody has it open; True when it is gone."""
        doomed = self._generations / f"{_DRAFT_PREFIX}old-{name}"
        with _lease_to_delete(self.path(name)) as is_free:
            if not is_free:
                return False
            try:
                self.path(name).rename(doomed)
            except OSError:
                return False
            shutil.rmtree(doomed, ignore_errors=True)
        return True

    def _sweep(self) -> None:
        for orphan in self._generations.glob(f"{_DRAFT_PREFIX}*"):
            shutil.rmtree(orphan, ignore_errors=True)

    def _free_name(self, wanted: str) -> str:
        taken = set(self.names())
        names = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, 1000))
        return next(name for name in names if name not in taken)


KnownDigests = dict[tuple[int, int, int], str]
"""(device, inode, mtime_ns) → digest of files this process has hashed."""


class Draft:
    """A generation being written. Leaving the `with` block without publishing removes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, FileEntry] = {}

    def __enter__(self) -> Draft:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def share(self, source: Path, relative: str, entry: FileEntry | None = None) -> None:
        """Add a file of another generation or a cache: a hard link, else a copy.

        `entry` is its known digest; without it the file is hashed when publishing.
        """
        target = self.folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
        if entry is not None:
            self._known[relative] = entry

    def write(self, relative: str, content: bytes) -> None:
        target = self.folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def digests(self, known: KnownDigests) -> dict[str, FileEntry]:
        """Digest of every file; files shared unchanged keep the digest they came with."""
        found = {}
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            relative = path.relative_to(self.folder).as_posix()
            entry = self._known.get(relative) or _digest(path)
            found[relative] = entry
            known[_identity(path.stat())] = entry.sha256
        return found


class OpenGeneration:
    """A verified generation, kept from being pruned while this object lives.

    Every file but those under `lazy` is checked before anything is read; the holder calls
    `verify` for those before using them. Raises IndexCorrupt or IndexOutdated. `known` spares
    hashing a file again that generations share.
    """

    def __init__(
        self, folder: Path, *, lazy: tuple[str, ...] = (), known: KnownDigests | None = None
    ) -> None:
        self.folder = folder
        self._known: KnownDigests = {} if known is None else known
        try:
            lease = _open_manifest(folder)
        except OSError as error:
            raise IndexCorrupt(f"{folder / MANIFEST}: {error.strerror}; {REBUILD}") from error
        self._close = weakref.finalize(self, lease.close)
        try:
            fcntl.flock(lease, fcntl.LOCK_SH)
            self.manifest = _parse_manifest(lease.read(), folder)
            self._verify(lambda path: not path.startswith(lazy) if lazy else True)
        except BaseException:
            self._close()
            raise

    def path(self, relative: str) -> Path:
        return self.folder / relative

    def paths(self, prefix: str) -> list[Path]:
        """The generation's files whose path starts with `prefix`; no others that lie there."""
        return [
            self.folder / name for name in sorted(self.manifest.files) if name.startswith(prefix)
        ]

    def verify(self, prefix: str) -> None:
        """Check the files whose path starts with `prefix`; raises IndexCorrupt."""
        self._verify(lambda path: path.startswith(prefix))

    def close(self) -> None:
        """Give up the lease; maps of files stay valid."""
        self._close()

    def _verify(self, is_wanted: Callable[[str], bool]) -> None:
        for relative, entry in self.manifest.files.items():
            if is_wanted(relative):
                _verify_file(self.folder / relative, entry, self._known)


def _verify_file(path: Path, entry: FileEntry, known: KnownDigests) -> None:
    try:
        status = path.stat()
        # Only regular files are read: opening a pipe would wait for ever.
        is_whole = stat.S_ISREG(status.st_mode) and status.st_size == entry.bytes
        key = _identity(status)
        digest = is_whole and (known.get(key) or _digest(path).sha256)
    except OSError as error:
        raise IndexCorrupt(f"{path}: {error.strerror}; {REBUILD}") from error
    if digest != entry.sha256:
        raise IndexCorrupt(f"{path} differs from its manifest; {REBUILD}")
    known[key] = entry.sha256


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _manifest_text(manifest: Manifest) -> bytes:
    body = {
        "format": FORMAT,
        "name": manifest.name,
        "created_at": manifest.created_at,
        "fingerprints": manifest.fingerprints,
        "counts": manifest.counts,
        "facts": manifest.facts,
        "files": {
            path: {"sha256": entry.sha256, "bytes": entry.bytes}
            for path, entry in manifest.files.items()
        },
    }
    return (json.dumps({"sha256": _body_digest(body), "body": body}, indent=1) + "\n").encode()


def _body_digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _parse_manifest(content: bytes, folder: Path) -> Manifest:
    """Raise IndexCorrupt for a damaged manifest, IndexOutdated for another format."""
    where = folder / MANIFEST
    try:
        whole = json.loads(content)
        body = whole["body"]
        is_sound = whole["sha256"] == _body_digest(body)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexCorrupt(f"{where} cannot be read; {REBUILD}") from error
    if not is_sound:
        raise IndexCorrupt(f"{where} was changed; {REBUILD}")
    if body["format"] != FORMAT:
        raise IndexOutdated(f"{where} has format {body['format']}, not {FORMAT}; {REBUILD}")
    files = {path: FileEntry(e["sha256"], e["bytes"]) for path, e in body["files"].items()}
    return Manifest(
        body["name"], body["created_at"], body["fingerprints"], body["counts"], files, body["facts"]
    )


def _open_manifest(folder: Path) -> BinaryIO:
    """Open to read; a pipe put in its place must not hold the server up."""
    return open(folder / MANIFEST, "rb", opener=lambda p, flags: os.open(p, flags | os.O_NONBLOCK))


@contextmanager
def _lease_to_delete(folder: Path) -> Iterator[bool]:
    """True when no OpenGeneration of any process has the folder open, nor can while this lasts."""
    try:
        manifest = _open_manifest(folder)
    except OSError:  # damaged: nobody can open it
        yield True
        return
    with manifest:
        try:
            fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _read_note(descriptor: int) -> str:
    """Who holds the lock; waits a moment for a holder that has only just taken it."""
    for _ in range(20):
        if note := os.pread(descriptor, _NOTE_BYTES, 0).decode(errors="replace").strip():
            return note
        time.sleep(0.01)
    return "holder unknown"


def _digest(path: Path) -> FileEntry:
    """Hash a file in large pieces: after each a thread may wait for its turn to go on."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return FileEntry(digest.hexdigest(), path.stat().st_size)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_tree(folder: Path) -> None:
    """Force the files and folders under `folder` to disk."""
    for path in folder.rglob("*"):
        if path.is_dir():
            _sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
