"""Bundles of Hugo: folders that are one page, `index.md`, also as `index.ru.md`."""

from __future__ import annotations

import posixpath

from kb.imports.sources.files import SourceFiles

SECTIONS = frozenset({"_index", "readme"})


class PageBundles:
    """Knows the bundles of a site."""

    def __init__(self, files: SourceFiles) -> None:
        names = (it.rpartition("/") for it in files.paths if it.lower().endswith(".md"))
        self._folders = {folder for folder, _, name in names if _stem(name) == "index"}

    def has_resource(self, path: str) -> bool:
        """True for a file in a bundle that is not its page in any language."""
        folder, name = posixpath.split(path)
        return folder in self._folders and _stem(name) not in {"index", *SECTIONS}


def _stem(name: str) -> str:
    """A file's name without suffix and language."""
    return name.lower().partition(".")[0]
