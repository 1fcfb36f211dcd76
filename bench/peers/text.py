"""Text for engines that bring no analysis of their own, and queries for those that parse them."""

from __future__ import annotations

import re
from functools import cache

import Stemmer
from whoosh.lang.stopwords import stoplists

SNOWBALL = {"en": "english", "ru": "russian"}
"""Language → name that Snowball, PostgreSQL, tantivy and the JavaScript engines give it."""

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Lower-case words without any sign that a query parser could read as an operator."""
    return _WORD.findall(text.lower())


def stems(text: str, lang: str) -> list[str]:
    """Snowball stems of the words that are not stop words (Whoosh's list of the language)."""
    stemmer = _stemmer(lang)
    kept = (word for word in words(text) if word not in stoplists[lang])
    return [str(stemmer.stemWord(word)) for word in kept]


@cache
def _stemmer(lang: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(SNOWBALL[lang])
