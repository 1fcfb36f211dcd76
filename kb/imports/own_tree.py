"""A folder or zip of our own, as `kb export` packs it: taken in byte for byte.

What is here already stays as it is: a file that differs is told, for nobody knows which is newer.
Old addresses and retired ids are joined.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kb.content.files import front_matter, redirects_file
from kb.content.files.article_file import Place, place_of
from kb.content.files.categories import CATEGORIES_FILE
from kb.content.files.front_matter import Node
from kb.content.files.redirects_file import REDIRECTS_FILE
from kb.content.files.retired_ids import RETIRED_FILE
from kb.content.files.text import MAX_BYTES, BadFile, read_bytes
from kb.content.files.written_id import written_id
from kb.content.media import MEDIA_DIR
from kb.imports.arrival.staged_files import Staging, staged
from kb.imports.model import CannotImport, ImportFinding, ImportOptions, ImportResult
from kb.imports.outcome import verdict
from kb.imports.sources.files import SourceFiles

FORMAT = "otvet"
OF_AUTHORS = re.compile(r"[a-z-]+\.(?:yml|txt)|_[a-z-]+/[a-z0-9._/-]+\.(?:md|yml)")
"""Files beside the articles that authors keep."""
STAYS = "Files that differ from those here, which stay"


def is_own(files: SourceFiles, options: ImportOptions) -> bool:
    """True for a tree with our categories, all of whose articles have an id of ours."""
    if options.format or CATEGORIES_FILE not in files:
        return False
    articles = _articles(files, options)
    return bool(articles) and all(written_id(files.data(path)) for path in articles)


def take(files: SourceFiles, root: Path, options: ImportOptions, *, is_dry: bool) -> ImportResult:
    """Put every file where it was. Raises CannotImport, or OSError; nothing has changed then."""
    with staged(root, is_dry=is_dry) as staging:
        work = _Arrival(files, root, staging)
        for path in _paths(files, options):
            work.bring(path)
        told = verdict.problems(staging, options)
        if not is_dry and staging.paths:
            staging.land()
        return work.result(_articles(files, options), told)


def _articles(files: SourceFiles, options: ImportOptions) -> list[str]:
    return [path for path in files.paths if isinstance(place_of(path, options.languages), Place)]


def _paths(files: SourceFiles, options: ImportOptions) -> Iterator[str]:
    """Files that belong to a folder of articles."""
    names = {f"{lang}/{CATEGORIES_FILE}" for lang in options.languages}
    for path in files.paths:
        is_picture = path.startswith(f"{MEDIA_DIR}/") and path.count("/") == 1
        is_article = isinstance(place_of(path, options.languages), Place)
        if is_article or is_picture or path in names or OF_AUTHORS.fullmatch(path):
            yield path


class _Arrival:
    """Files of one source on their way."""

    def __init__(self, files: SourceFiles, root: Path, staging: Staging) -> None:
        self._files = files
        self._root = root
        self._staging = staging
        self._findings: list[ImportFinding] = list(files.findings)
        self._redirects = 0

    def bring(self, path: str) -> None:
        """Stage a file, joined with the one here where both can be kept."""
        content = self._files.data(path)
        try:
            known = read_bytes(self._root, path) if (self._root / path).exists() else None
            if known is not None and path in (REDIRECTS_FILE, RETIRED_FILE):
                content = self._joined(path, known.decode(), content.decode())
            elif known is not None and known != content:
                remedy = "Compare the two, and keep one"
                self._findings.append(ImportFinding(STAYS, path, 1, "stays as it is here", remedy))
                return
        except (BadFile, UnicodeDecodeError) as error:
            raise CannotImport(f"{path}: {error}") from error
        if content != known:
            self._staging.write(path, content)

    def _joined(self, path: str, known: str, new: str) -> bytes:
        """Raises BadFile."""
        if path == REDIRECTS_FILE:
            keys, _ = front_matter.read_mapping(new, path, max_chars=MAX_BYTES)
            entries = {old: _text(node) for old, node in keys.items() if _text(node)}
            return redirects_file.added(known, entries).encode()
        missing = [line for line in new.splitlines() if line not in set(known.splitlines())]
        return (
            "\n".join([*known.splitlines(), *missing, ""]).encode() if missing else known.encode()
        )

    def result(self, articles: list[str], told: list[ImportFinding]) -> ImportResult:
        staged_paths = set(self._staging.paths)
        new = [path for path in articles if path in staged_paths]
        shared = Counter(path.partition("/")[2] for path in new)
        return ImportResult(
            format=FORMAT,
            new=len(new),
            unchanged=len(articles) - len(new),
            translations=sum(count - 1 for count in shared.values()),
            pictures=sum(path.startswith(f"{MEDIA_DIR}/") for path in staged_paths),
            is_changed=bool(staged_paths),
            findings=(*self._findings, *told),
        )


def _text(node: Node) -> str:
    return node.value if isinstance(node.value, str) else ""
