"""Latin words without their accents, as a keyboard types them that has none. Pure."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe"}
)
"""Small letters that Unicode does not take apart."""


def without_accents(word: str) -> str:
    """A short word whose Latin letters lost their accents; other letters keep theirs, as й."""
    if word.isascii():
        return word
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", word.translate(_LETTERS)):
        if not (unicodedata.combining(char) and kept and kept[-1].isascii() and kept[-1].isalpha()):
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))
