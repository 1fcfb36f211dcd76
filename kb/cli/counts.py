"""Counts as the command line writes them, which is English: `1 problem`, `2 problems`."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """The number with its noun, which is given as for one and takes a plain s.

    Example: `counted(3, "article")` is `3 articles`.
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
