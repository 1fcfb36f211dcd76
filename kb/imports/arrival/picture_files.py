"""Files of the source that pictures mean: at their place, by their name, or by their number."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from kb.imports.sources.files import SourceFiles

PICTURES = (
    *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".bmp", ".ico"),
    *(".tif", ".tiff"),
)
ATTACHMENT = re.compile(r"/article_attachments/(?:[a-z_]{1,20}/)?(\d{1,30})(?=[/.?#]|$)")
NUMBER = re.compile(r"(?<!\d)\d{3,30}(?!\d)|^\d{1,2}(?=[-_. ]|$)")
"""In the name of a file; a short one only as its beginning."""
OF_PAGES = (".md", ".mdx", ".markdown", ".html", ".htm", ".json", ".jsonl", ".ndjson", ".csv")


class PictureFiles:
    """Finds the file of a picture that does not lie where its address says."""

    def __init__(self, files: SourceFiles, attachments: Mapping[str, str]) -> None:
        """`attachments`: number of each → the name of its file."""
        self._files = files
        self._attachments = attachments
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        self._by_number: dict[str, list[str]] = {}
        for path in files.paths:
            name = posixpath.basename(path).lower()
            if name.endswith(PICTURES):
                self._by_name.setdefault(name, []).append(path)
                self._by_stem.setdefault(posixpath.splitext(name)[0], []).append(path)
            if not name.endswith(OF_PAGES):
                for number in _numbers(path):
                    self._by_number.setdefault(number, []).append(path)

    def at_place(self, candidates: Iterable[str]) -> str | None:
        """The first of the paths that is a file here, whatever its case."""
        return next((it for one in candidates if (it := self._files.named(one)) is not None), None)

    def without_suffix(self, candidates: Iterable[str]) -> str | None:
        """The picture that a path without its suffix means, as Hugo's resources are named."""
        for one in candidates:
            name = posixpath.basename(one).lower()
            folder = posixpath.dirname(one)
            for path in self._by_stem.get(name, ()):
                if posixpath.dirname(path) == folder:
                    return path
        return None

    def named_alike(self, path: str) -> str | None:
        """The one picture with this name, wherever it lies; None for none or several."""
        found = self._by_name.get(posixpath.basename(path).lower(), [])
        return found[0] if len(found) == 1 else None

    def nearest(self, path: str, page: str) -> str | None:
        """The picture that a vault means by its name or the end of its path: one below the
        page's folder before others, then the one with the shortest path."""
        end = f"/{path.strip('/').lower()}"
        folder = f"{posixpath.dirname(page)}/".lstrip("/")
        named = self._by_name.get(posixpath.basename(path).lower(), [])
        found = [it for it in named if f"/{it.lower()}".endswith(end)]
        return min(found, key=lambda it: (not it.startswith(folder), len(it), it), default=None)

    def attached(self, address: str, article: str) -> str | None:
        """The file of an attachment: by its number, else by the name that it had, which may lie
        in a folder with the number of its article."""
        match = ATTACHMENT.search(address)
        if match is None:
            return None
        found = self._by_number.get(match[1], [])
        named = [it for it in found if posixpath.basename(it).lower().endswith(PICTURES)]
        if len(found) == 1 or len(named) == 1:
            return (named or found)[0]
        name = self._attachments.get(match[1], "") or posixpath.basename(unquote(address))
        alike = [it for it in found if posixpath.basename(it).lower() == name.lower()]
        alike += [it for it in self._by_name.get(name.lower(), []) if _folder(it) == article]
        return alike[0] if alike else self.named_alike(name)

    def expected(self, address: str) -> str | None:
        """The path at which an attachment that is not here would be found."""
        match = ATTACHMENT.search(address)
        if match is None:
            return None
        name = self._attachments.get(match[1], "") or posixpath.basename(unquote(address))
        suffix = posixpath.splitext(name)[1].lower()
        return f"attachments/{match[1]}{suffix if suffix in PICTURES else '.png'}"

    def saved(self, address: str) -> str | None:
        """The file of a picture on another host, as those who save pages lay it: below the host's
        name or by its own, where only one has it."""
        parts = urlsplit(address)
        path = unquote(parts.path)
        whole = self.at_place((f"{parts.netloc}{path}", path.lstrip("/")))
        return whole or self.named_alike(path)


def _numbers(path: str) -> set[str]:
    """Numbers that a file's name or its folder tells it by: `5001.png`, `5001/receipt.png`."""
    name = posixpath.basename(path)
    folder = _folder(path)
    return {*NUMBER.findall(name), *((folder,) if folder.isdigit() else ())}


def _folder(path: str) -> str:
    return posixpath.basename(posixpath.dirname(path))
