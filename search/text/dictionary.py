"""Words that exist in Russian or English, whatever the corpus. Loaded once, then read only.

A word that exists is never taken for a misspelt one.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from functools import cache
from pathlib import Path

from search.text import analysis

LANGUAGES = ("ru", "en")


def is_word(word: str) -> bool:
    """True when a folded word stands in a dictionary of its script's language."""
    if word.isascii():
        return word in _english()
    return analysis.is_russian_word(word)


def warm_up() -> None:
    """Load the word lists now rather than with the first query."""
    _english()


@cache
def _english() -> frozenset[str]:
    """The word list that comes with pyspellchecker (docs/decisions/0007-typing.md)."""
    package = importlib.util.find_spec("spellchecker")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pyspellchecker is not installed: see requirements-serve.txt")
    path = Path(package.origin).parent / "resources" / "en.json.gz"
    return frozenset(json.loads(gzip.decompress(path.read_bytes())))
