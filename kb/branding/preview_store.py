"""Preview pictures that were drawn before, as files; the oldest go when there are too many.

What is lost or damaged is drawn again, so nothing here is worth a backup.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

from kb.branding.previews import Preview, draw
from kb.content.files.whole_file import write_whole

MOST_KEPT = 2_000
"""Pictures of about 20 KB: 40 MB."""
START, END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"

log = logging.getLogger(__name__)


class PreviewStore:
    """The pictures in one folder, which processes may share; made when the first is kept."""

    def __init__(self, folder: Path, *, most_kept: int = MOST_KEPT) -> None:
        self._folder = folder
        self._most_kept = most_kept

    def kept(self, preview: Preview) -> bytes | None:
        """The picture's PNG, None when it has to be drawn."""
        try:
            content = self._path(preview).read_bytes()
        except OSError:
            return None
        return content if content.startswith(START) and content.endswith(END) else None

    def drawn(self, preview: Preview) -> bytes:
        """Draw the picture and keep it; when the folder cannot be written it is only drawn."""
        content = draw(preview)
        try:
            write_whole(self._path(preview), content)
            self._tidy()
        except OSError as error:
            log.warning("preview pictures are drawn each time: %s", error)
        return content

    def _path(self, preview: Preview) -> Path:
        return self._folder / f"{preview.digest}.png"

    def _tidy(self) -> None:
        """Delete the oldest files, those of interrupted writes among them, and some to spare:
        so not every new one has to sort them all."""
        files = list(self._folder.iterdir())
        if len(files) <= self._most_kept:
            return
        by_age: list[tuple[float, Path]] = []
        for path in files:
            with suppress(FileNotFoundError):  # another process tidies too
                by_age.append((path.stat().st_mtime, path))
        by_age.sort()
        for _, path in by_age[: len(files) - self._most_kept * 9 // 10]:
            path.unlink(missing_ok=True)
