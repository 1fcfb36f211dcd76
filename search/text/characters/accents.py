"""Latin words without their accents, as a keyboard types them that has none. Pure."""

from __future__ import annotations

import unicodedata


def without_accents(word: str) -> str:
    """A short word whose Latin letters lost their accents; other letters keep theirs, as й."""
    if word.isascii():
        return word
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", word):
        if not (unicodedata.combining(char) and kept and kept[-1].isascii() and kept[-1].isalpha()):
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))
