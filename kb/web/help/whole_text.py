"""All articles as one text, made once a generation and kept, as it is and compressed.

Every reader of it would else cost the work of a build: rendering all articles to Markdown, and
compressing megabytes.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass

LEVEL = 6


@dataclass(frozen=True)
class MadeText:
    """A text in UTF-8."""

    plain: bytes
    gzipped: bytes


class WholeText:
    """Keeps the last text made. Thread-safe: while it is made others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[str, ...] = ()
        self._made = MadeText(b"", b"")

    def get(self, key: tuple[str, ...], make: Callable[[], str]) -> MadeText:
        """The text for a key that tells everything it depends on."""
        with self._lock:
            if key != self._key:
                plain = make().encode()
                self._made = MadeText(plain, gzip.compress(plain, LEVEL, mtime=0))
                self._key = key
            return self._made
