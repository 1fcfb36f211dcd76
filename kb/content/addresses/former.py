"""Former addresses of articles, as git remembers them: where a file once lay, and its id.

An article's id is permanent and stands in its file, so that a file that is gone tells which article
it was, however much was rewritten when it moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from kb.content import git_history
from kb.content.files.article_file import Place, place_of
from kb.content.files.written_id import written_id
from kb.content.model import FormerAddresses

MOST_REMOVALS = 20_000
"""Files looked at, the last that went first."""
ARTICLES = "*.md"
BLOB = b"blob"


@dataclass
class FormerCache:
    """Former addresses of one folder at one commit."""

    head: str = ""
    found: FormerAddresses = field(default_factory=dict)


def former_addresses(
    folder: Path, languages: Sequence[str], *, cache: FormerCache | None = None
) -> FormerAddresses:
    """(language, address) → id of the article that stood there last and whose file is gone.

    Files that were removed from the folder and not yet from git count too. Nothing without git,
    and no more than a shallow clone knows.
    """
    cache = FormerCache() if cache is None else cache
    head = git_history.head(folder)
    if not head:
        return {}
    if head != cache.head:
        arguments = ("--format=", "--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=D")
        log = git_history.output(
            folder, "log", *arguments, "--relative", "HEAD", "--", ARTICLES
        ).decode("utf-8", "replace")
        cache.head, cache.found = head, _ids_of_removed(folder, log, languages)
    return {**cache.found, **_removed_since(folder, languages)}


def _removed_since(folder: Path, languages: Sequence[str]) -> FormerAddresses:
    arguments = ("--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=D", "--relative")
    diff = git_history.output(folder, "diff", *arguments, "HEAD", "--", ARTICLES)
    return _ids_of_removed(folder, diff.decode("utf-8", "replace"), languages)


def _ids_of_removed(folder: Path, raw: str, languages: Sequence[str]) -> FormerAddresses:
    blobs: dict[Place, str] = {}
    for path, blob in islice(_removals(raw), MOST_REMOVALS):
        place = place_of(path, languages)
        if isinstance(place, Place):
            blobs.setdefault(place, blob)  # the newest comes first
    ids = _ids(folder, tuple(dict.fromkeys(blobs.values())))
    return {
        (place.lang, (place.section, place.category, place.slug)): ids[blob]
        for place, blob in blobs.items()
        if ids.get(blob)
    }


def _removals(raw: str) -> Iterator[tuple[str, str]]:
    """Path and name of the blob of each file that `git … --raw -z` says was removed."""
    parts = iter(raw.split("\0"))
    for part in parts:
        facts = part.strip().removeprefix(":").split(" ")
        if len(facts) == 5:
            yield next(parts, ""), facts[2]


def _ids(folder: Path, blobs: Sequence[str]) -> Mapping[str, str]:
    """Blob → the id that is written in it."""
    if not blobs:
        return {}
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    content = git_history.output(folder, "cat-file", "--batch", given=asked)
    found: dict[str, str] = {}
    at = 0
    while (end := content.find(b"\n", at)) >= 0:
        name, kind, *size = content[at:end].split(b" ")
        length = int(size[0]) if kind == BLOB else -1  # one that is missing has no content
        found[name.decode()] = written_id(content[end + 1 : end + 1 + max(length, 0)])
        at = end + 1 + length + 1
    return found
