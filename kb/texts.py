"""Texts of the interface that stand in code: marked where they are written, translated where they
are shown. Reads no catalogues: these are `kb.branding.translations`.
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
