"""A term of the glossary. Reads nothing: whoever serves may hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class GlossaryTerm:
    """A term with its explanation, in the languages that have one."""

    slug: str
    names: Mapping[str, str]
    texts: Mapping[str, str]
    also: tuple[str, ...] = ()
    article: str = ""
    """Id of where more is said, "" for nowhere."""
