"""Names that are nearest to one that does not exist, for remedies."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

NEAREST = 3
MAX_CHARS = 120
MOST_COMPARED = 300
"""Comparing takes time by the letter; of more names those that begin alike are looked at."""


def nearest(name: str, known: Iterable[str], *, least: float = 0.0) -> list[str]:
    """At most three of `known`, the most alike first; `least` is their likeness, 1 is the same."""
    names = sorted(known)
    if len(names) > MOST_COMPARED:
        names = [one for one in names if one[:1] == name[:1]][:MOST_COMPARED]
    return get_close_matches(name[:MAX_CHARS], names, n=NEAREST, cutoff=least)
