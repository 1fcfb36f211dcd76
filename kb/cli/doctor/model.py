"""Findings of a check: one line each, good or with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kb.config import Config


@dataclass(frozen=True)
class Finding:
    """A line of the report; `remedy` "" where nothing is to be done."""

    subject: str
    text: str
    remedy: str = ""
    is_good: bool = True
    """False for what stops the site from doing its work; a remedy alone is advice."""


Check = Callable[[Config], Iterator[Finding]]
"""A check of one subject. It changes nothing, makes no file, and raises nothing."""


def bad(subject: str, text: str, remedy: str) -> Finding:
    """The finding of something that must be mended."""
    return Finding(subject, text, remedy, is_good=False)
