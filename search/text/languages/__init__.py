"""Languages as search knows them: one module a language, found by its name.

A language without a module is searched too: by its stemmer, where Snowball has one.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache

from search.text.languages.record import TextLanguage

STEMMERS: Mapping[str, str] = dict(
    pair.split(":")
    for pair in """ca:catalan cs:czech da:danish de:german eo:esperanto es:spanish et:estonian
    eu:basque fi:finnish fr:french ga:irish hu:hungarian id:indonesian it:italian lt:lithuanian
    nb:norwegian nl:dutch no:norwegian pl:polish pt:portuguese ro:romanian sv:swedish tr:turkish
    ar:arabic el:greek fa:persian hy:armenian yi:yiddish""".split()
)
"""Language → its Snowball stemmer. English and Russian words need no language to be known."""
NOT_LATIN = frozenset({"arabic", "greek", "persian", "armenian", "yiddish"})
"""Of these languages, Latin words are foreign ones."""

_SHAPES = "record"
"""The module that is no language."""


@cache
def records() -> Mapping[str, TextLanguage]:
    """Code → what is known of the language, for those that have a module; in order of codes."""
    names = sorted(it.name for it in pkgutil.iter_modules(__path__) if it.name != _SHAPES)
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    found: list[TextLanguage] = [module.TEXT_LANGUAGE for module in modules]
    return {language.code: language for language in found}


@cache
def stop_words() -> frozenset[str]:
    """Those of all languages: texts and queries mix them."""
    return frozenset().union(*(language.stop_words for language in records().values()))


@cache
def anaphors() -> frozenset[str]:
    """Words of all languages, alone or up to three, with which a sentence rests on another."""
    return frozenset().union(*(language.anaphors for language in records().values()))


@cache
def points_ahead() -> re.Pattern[str]:
    """Words of all languages with which a sentence points at the list that follows it."""
    patterns = (language.points_ahead for language in records().values())
    return re.compile("|".join(filter(None, patterns)) or r"(?!)")
