"""Texts that stand in code: those of the interface, marked where they are written and translated
where they are shown, and counts of the command line, which is English.

Reads no catalogues: these are `kb.branding.translations`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """An English text of ours, as the catalogues know it.

    `context` tells apart what is one text in English and several in other languages.
    """

    english: str
    context: str = ""


Translate = Callable[[Text], str]
"""A text → its words in one language, placeholders unfilled."""


def N_(english: str) -> Text:
    """Mark a text for the catalogues without translating it, as gettext's `N_` does."""
    return Text(english)


def NP_(context: str, english: str) -> Text:
    """Mark a text for the catalogues, with its context, as gettext's `NP_` does."""
    return Text(english, context)


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its English noun; `many` for a noun that takes no plain s.

    Example: `counted(3, "article")` is `3 articles`.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
