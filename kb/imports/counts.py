"""Counts as reports of an import write them, nouns without a plain s too: `1 old address`."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun; `many` for a noun that takes no plain s.

    Example: `counted(3, "article")` is `3 articles`.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
