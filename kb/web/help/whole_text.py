"""All articles as one text, made once a generation and kept in files, as it is and compressed.

Every reader of it would else cost the work of a build: rendering all articles to Markdown, and
compressing megabytes. The files are shared by the worker processes and sent from the disk. Without
room for them a process keeps the text in its memory, and tries again later.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kb.content.files.whole_file import write_whole

FOLDER = Path("run", "whole-text")
"""In the data folder; emptied at each start, as another release may write another text."""
LEVEL = 6
MOST_KEPT = 4
"""Texts in the folder: of generations that are served while one takes over from another, and of
the addresses a site without `KB_PUBLIC_URL` is asked by."""
RETRY_S = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MadeText:
    """A text in UTF-8: the content, or the files that hold it."""

    plain: bytes | Path
    gzipped: bytes | Path


class WholeText:
    """Finds or makes the text. Thread-safe: while it is made others wait for it."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Path, tuple[bytes, bytes]] = {}
        """The last text that found no room on the disk."""
        self._retry_at = 0.0

    def get(self, folder: Path, key: tuple[str, ...], make: Callable[[], str]) -> MadeText:
        """The text for a key that tells everything it depends on."""
        name = hashlib.sha256("\0".join(key).encode()).hexdigest()[:32]
        plain = folder / f"{name}.txt"
        gzipped = plain.with_suffix(".txt.gz")
        with self._lock:
            if plain.exists() and gzipped.exists():
                self._kept.clear()
                return MadeText(plain, gzipped)
            if plain not in self._kept:
                self._kept = {plain: _packed(make())}
                self._retry_at = 0.0
            contents = self._kept[plain]
            if self._clock() < self._retry_at or not self._written(plain, gzipped, contents):
                return MadeText(*contents)
            self._kept.clear()
            return MadeText(plain, gzipped)

    def _written(self, plain: Path, gzipped: Path, contents: tuple[bytes, bytes]) -> bool:
        try:
            write_whole(gzipped, contents[1])
            write_whole(plain, contents[0])
            _drop_oldest(plain.parent)
        except OSError as error:
            log.warning("the text of all articles is kept in memory: %s", error)
            self._retry_at = self._clock() + RETRY_S
            return False
        return True


def _packed(text: str) -> tuple[bytes, bytes]:
    plain = text.encode()
    return plain, gzip.compress(plain, LEVEL, mtime=0)


def _drop_oldest(folder: Path) -> None:
    """Drop all but the newest texts; who is being sent one keeps it to its end."""
    written = sorted(folder.glob("*.txt"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in written[MOST_KEPT:]:
        with suppress(OSError):
            path.unlink()
            path.with_suffix(".txt.gz").unlink()
