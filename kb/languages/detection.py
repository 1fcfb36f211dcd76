"""The language that a message is written in, told by its script and its words; no model.

A message that is short or could be either keeps the language of the page. Only languages with a
record can be told: search knows their small words, and of some all words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from search.text import analysis, dictionary
from search.text import languages as text_languages
from search.text.languages.record import TextLanguage
from search.text.quantities import quantities
from search.text.words import fold

LATIN = "LATIN"
LEAST_SHARE = 0.5
"""Of a message's words that must be in the script, and of those that must be words."""
LEAST_SURE = 3
"""Words without a small one among them, in a script whose words every language borrows."""
LEAST_SMALL = 2
"""Small words that tell a language from another one in the same script."""
LEAST_DICTIONARY_CHARS = 3

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True)
class LanguageEvidence:
    """For a language: the share of words in its script, those that exist, its small words."""

    share: float
    sure: int
    known_share: float
    """Of the words in its script."""
    small: int


def written_in(message: str, languages: Sequence[str], page_lang: str) -> str:
    """The one of a site's `languages` that a message is in; that of its page when in doubt."""
    words = [fold(word) for word in _WORD.findall(_without_units(analysis.clean(message)))]
    records = text_languages.records()
    here = records.get(page_lang)
    for code in languages:
        other = records.get(code)
        if code != page_lang and other and words and _is_in(words, other, here):
            return code
    return page_lang


def _without_units(message: str) -> str:
    """The message without quantities whose units are abbreviated: 220В is typed in any language."""
    parts: list[str] = []
    at = 0
    for quantity in quantities(message):
        if quantity.is_abbreviated and quantity.is_clear:
            parts.append(message[at : quantity.start])
            at = quantity.end
    return " ".join((*parts, message[at:]))


def _is_in(words: Sequence[str], other: TextLanguage, here: TextLanguage | None) -> bool:
    found = _evidence(words, other)
    if found.share <= LEAST_SHARE or found.known_share < LEAST_SHARE or not found.sure:
        return False
    if here and _script(here.code) == _script(other.code):
        return found.small >= LEAST_SMALL and found.small > _evidence(words, here).small
    if here is None and _script(other.code) == LATIN:  # perhaps the page's own script
        return found.small >= max(LEAST_SMALL, LEAST_SHARE * len(words))
    if _script(other.code) == LATIN:
        return bool(found.small) or (found.sure >= LEAST_SURE and found.share == 1)
    return True


def _evidence(words: Sequence[str], language: TextLanguage) -> LanguageEvidence:
    mine = [word for word in words if _script_of(word[0]) == _script(language.code)]
    small = [word for word in mine if word in language.stop_words]
    sure = [word for word in mine if word in language.stop_words or _is_word(word, language)]
    return LanguageEvidence(
        share=len(mine) / len(words),
        sure=len(sure),
        known_share=len(sure) / len(mine)
        if mine and language.has_dictionary
        else float(bool(small)),
        small=len(small),
    )


def _is_word(word: str, language: TextLanguage) -> bool:
    return (
        language.has_dictionary
        and len(word) >= LEAST_DICTIONARY_CHARS
        and dictionary.is_word(word.replace("’", "'"))
    )


@cache
def _script(code: str) -> str:
    """The script of a language, that of its small words."""
    record = text_languages.records()[code]
    return _script_of(min(record.stop_words)) if record.stop_words else ""


@lru_cache(maxsize=4096)
def _script_of(text: str) -> str:
    """LATIN, CYRILLIC: the script of a text's first letter, as Unicode calls it."""
    return unicodedata.name(text[0], "").partition(" ")[0]
