"""`kb export FILE.zip`: what authors wrote, as it lies in their folder, to be read in again.

Articles are their files byte for byte. What readers cannot see stays out unless it is asked for:
drafts and internal articles, pictures, categories and products that only these use.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from kb.content import media
from kb.content.files import front_matter, redirects_file
from kb.content.files.article_file import Place, place_of
from kb.content.files.categories import CATEGORIES_FILE
from kb.content.files.front_matter import Node
from kb.content.files.redirects_file import REDIRECTS_FILE
from kb.content.files.text import read_bytes
from kb.content.files.tree import walk
from kb.content.media import MEDIA_DIR
from kb.content.model import Article, ArticleStatus, FormerAddresses, Library
from kb.content.products import MAX_CHARS as MAX_PRODUCTS_CHARS
from kb.content.products import PRODUCTS_FILE
from kb.content.render import CannotRender, LinkResolver, render

FIRST_OF_ZIP = datetime(1980, 1, 1, tzinfo=UTC)
"""The first moment that a zip can name; files without a date of their own get it."""
TEXTS = (".md", ".txt", ".yml", ".yaml")
"""Suffixes of files that authors keep beside their articles."""


@dataclass(frozen=True)
class Archive:
    """A zip, and how much is in it."""

    content: bytes
    articles: int
    pictures: int
    left_out: int
    """Articles that are broken, or that were not asked for."""


def archive(
    root: Path, library: Library, former: FormerAddresses, *, statuses: Collection[ArticleStatus]
) -> Archive:
    """Pack the articles of these statuses and all that belongs to them. Raises BadFile, OSError."""
    chosen = {it.path: it for it in library.articles if it.status in statuses}
    pictures = _pictures_of(root, library, tuple(chosen.values()))
    files = [path for path, _ in walk(root, "", [])]
    languages = tuple({it.lang for it in library.articles})
    packed: dict[str, tuple[bytes, datetime]] = {}
    left_out = 0
    for path in files:
        if isinstance(place_of(path, languages), Place):
            article = chosen.get(path)
            left_out += article is None
            if article:
                packed[path] = read_bytes(root, path), article.ordering_date
        elif _belongs(path, pictures):
            packed[path] = _trimmed(root, path, tuple(chosen.values())), FIRST_OF_ZIP
    listed = _with_former(root, former, {it.id for it in chosen.values()} | library.retired)
    if listed:
        packed[REDIRECTS_FILE] = listed, FIRST_OF_ZIP
    return Archive(_zipped(packed), len(chosen), len(pictures), left_out)


def _pictures_of(root: Path, library: Library, chosen: Sequence[Article]) -> frozenset[str]:
    """Paths of the pictures that these articles show."""
    found = media.read(root)
    by_url = {file.url: name for name, file in found.files.items()}
    resolver = LinkResolver(library, found)
    shown: set[str] = set()
    for article in chosen:
        try:
            html = render(article, resolver).html
        except CannotRender:
            continue
        shown.update(f"{MEDIA_DIR}/{name}" for url, name in by_url.items() if url in html)
    return frozenset(shown)


def _belongs(path: str, pictures: Collection[str]) -> bool:
    """True for a file beside the articles: texts in folders of authors, and pictures in use."""
    first, _, rest = path.partition("/")
    if first == MEDIA_DIR:
        return path in pictures
    if path.endswith(".md"):
        return first.startswith("_")
    return path.endswith(TEXTS) and (not rest or first.startswith("_") or rest == CATEGORIES_FILE)


def _trimmed(root: Path, path: str, chosen: Sequence[Article]) -> bytes:
    """The file's bytes, without categories and products that none of the articles needs."""
    content = read_bytes(root, path)
    if path.rpartition("/")[2] == CATEGORIES_FILE:
        wanted = {(it.section, it.category) for it in chosen}
        sections = front_matter.read_file(root, path).keys
        entries = [
            (inner.line, (section, slug) in wanted)
            for section, node in sections.items()
            for slug, inner in _mapping(node).items()
        ]
        return _without(content, entries, [node.line for node in sections.values()])
    if path == PRODUCTS_FILE:
        named = {slug for article in chosen for slug in article.products}
        products = front_matter.read_file(root, path, max_chars=MAX_PRODUCTS_CHARS).keys
        return _without(content, [(it.line, slug in named) for slug, it in products.items()], [])
    return content


def _mapping(node: Node) -> Mapping[str, Node]:
    return node.value if isinstance(node.value, Mapping) else {}


def _without(content: bytes, entries: Sequence[tuple[int, bool]], others: Sequence[int]) -> bytes:
    """The lines of a YAML file without entries that are not wanted, each (line, is wanted)."""
    lines = content.splitlines(keepends=True)
    starts = sorted([*(line for line, _ in entries), *others, len(lines) + 1])
    unwanted = {line for line, is_wanted in entries if not is_wanted}
    if len({*starts}) < len(starts):  # several on one line: none can be taken out alone
        return content
    kept = lines[: starts[0] - 1]
    for start, end in pairwise(starts):
        kept += [] if start in unwanted else lines[start - 1 : end - 1]
    return b"".join(kept)


def _with_former(root: Path, former: FormerAddresses, ids: Collection[str]) -> bytes:
    """The file of old addresses with those that generations and git remember; b"" without any."""
    known = {
        f"/{lang}/{'/'.join(address)}": f"{article_id}/{lang}"
        for (lang, address), article_id in sorted(former.items())
        if article_id in ids
    }
    has_file = (root / REDIRECTS_FILE).exists()
    if not known:
        return read_bytes(root, REDIRECTS_FILE) if has_file else b""
    text = read_bytes(root, REDIRECTS_FILE).decode() if has_file else ""
    return redirects_file.added(text, known).encode()


def _zipped(files: Mapping[str, tuple[bytes, datetime]]) -> bytes:
    """A zip of these files, by name: equal files give equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, (content, moment) in sorted(files.items()):
            entry = zipfile.ZipInfo(path, max(moment, FIRST_OF_ZIP).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content)
    return made.getvalue()
