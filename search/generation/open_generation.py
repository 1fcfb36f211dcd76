"""A generation being read: verified, and leased so that nobody deletes it meanwhile."""

from __future__ import annotations

import fcntl
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from search.errors import IndexCorrupt
from search.generation.digests import KnownDigests, verify_file
from search.generation.manifest import MANIFEST, REBUILD, open_manifest, parse_manifest


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
            lease = open_manifest(folder)
        except OSError as error:
            raise IndexCorrupt(f"{folder / MANIFEST}: {error.strerror}; {REBUILD}") from error
        self._close = weakref.finalize(self, lease.close)
        try:
            fcntl.flock(lease, fcntl.LOCK_SH)
            self.manifest = parse_manifest(lease.read(), folder)
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
                verify_file(self.folder / relative, entry, self._known)


@contextmanager
def lease_to_delete(folder: Path) -> Iterator[bool]:
    """True when no OpenGeneration of any process has the folder open, nor can while this lasts."""
    try:
        manifest = open_manifest(folder)
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
