"""Languages: one module a language, found by its name, and locales that clients name.

A module says what the release knows of a language beyond its catalogue in `kb/translations`. A site
may have any other: it lacks what the record would tell.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache

from kb.languages.record import USUAL_DATE, Language

__all__ = ["USUAL_DATE", "Language", "closest", "records"]

_SHAPES = ("detection", "lists", "record")
"""The modules that are no languages."""


@cache
def records() -> Mapping[str, Language]:
    """Code → the language, for those that have a module; in order of codes."""
    names = sorted(it.name for it in pkgutil.iter_modules(__path__) if it.name not in _SHAPES)
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    found: list[Language] = [module.LANGUAGE for module in modules]
    return {language.code: language for language in found}


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
