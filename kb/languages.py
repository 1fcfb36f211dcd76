"""Locales that clients name → languages the site has. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def closest(languages: Sequence[str], asked: str | None) -> tuple[str, bool]:
    """The language of the site for a locale such as en-US, and whether the site has it.

    `languages` are those of the site, its default first: the one for no locale, and for any that
    the site does not have.
    """
    if not asked:
        return languages[0], True
    for candidate in (asked.lower(), asked.lower().replace("_", "-").partition("-")[0]):
        if candidate in languages:
            return candidate, True
    return languages[0], False
