"""Words of the articles that answer a message, and whether a text shown holds them. Pure."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> str:
    """The words of a text as they are compared: case-folded, ё as е, letters and digits only."""
    folded = text.casefold().replace("ё", "е")
    return f" {' '.join(_WORD.findall(folded))} "


def holds(text: str, piece: str) -> bool:
    """True when the words of `piece` stand in `text`, itself from `words`, in their order."""
    return words(piece) in text
