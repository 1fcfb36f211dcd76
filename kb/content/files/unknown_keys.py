"""Remarks on keys of front matter that nothing reads: one a key, however many files have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from kb.content.fault_kinds import FaultKind
from kb.content.files.article_file import KEYS
from kb.content.model import Problem

MIN_LIKENESS = 0.8
"""Of a key to one that it is taken for a misspelling of; 1 is the same."""


def remarks(unknown: Mapping[str, Mapping[str, int]]) -> Iterator[Problem]:
    """Remark on each key where it stands first by path.

    `unknown` has, by path, the keys that nothing reads with their lines.
    """
    places: dict[str, list[tuple[str, int]]] = {}
    for path, keys in sorted(unknown.items()):
        for key, line in keys.items():
            places.setdefault(key, []).append((path, line))
    for key, ((path, line), *others) in places.items():
        more = f", here and in {len(others)} more files" if others else ""
        message = f"nothing reads the key `{key[:60]}`{more}"
        yield Problem(path, line, message, _remedy(key), FaultKind.UNKNOWN_KEY)


def _remedy(key: str) -> str:
    near = get_close_matches(key.lower()[:60], KEYS, n=1, cutoff=MIN_LIKENESS)
    return f"Write `{near[0]}` if you mean that" if near else "It is kept; remove it if you like"
