"""Regular expressions mean the same to every Python that the program runs on."""

from __future__ import annotations

import re
from importlib import import_module

from tests.support.growth.expressions import expressions

POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+|\(\?>")


def test_no_group_is_possessive() -> None:
    """Python before 3.11.5, as Debian 12 has it, matches such a group wrongly (gh-106052)."""
    patterns = {name: text for name in expressions() if (text := _text(name))}
    assert len(patterns) > 300
    assert [name for name, text in patterns.items() if POSSESSIVE_GROUP.search(text)] == []


def _text(name: str) -> str:
    """An expression as it is compiled; "" for one that is made inside a function."""
    module, _, path = name.partition(":")
    found: object = import_module(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    pattern = getattr(found, "pattern", "")
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else str(pattern)
