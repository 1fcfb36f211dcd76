"""Synonyms of a site: add to a query what its readers call otherwise. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from search.model import Synonym
from search.text import analysis

MAX_ADDED = 12
"""Meanings added to one query."""


class Synonyms:
    """Synonyms of one generation. Immutable, safe for many threads."""

    def __init__(self, rules: Sequence[Synonym]) -> None:
        self._rules: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for rule in rules:
            phrase = tuple(analysis.terms(rule.phrase))
            if phrase:
                self._rules.setdefault(phrase[0], []).append((phrase, rule.meaning))

    @classmethod
    def from_json(cls, data: bytes) -> Synonyms:
        """Read what `to_json` wrote; raises ValueError or TypeError for anything else."""
        return cls([Synonym(**row) for row in json.loads(data)])

    def meanings(self, query: str) -> tuple[str, ...]:
        """Meanings of phrases of the query, in their order, at most MAX_ADDED."""
        terms = analysis.terms(query)
        found: dict[str, None] = {}
        for at, term in enumerate(terms):
            for phrase, meaning in self._rules.get(term, ()):
                if tuple(terms[at : at + len(phrase)]) == phrase:
                    found[meaning] = None
        return tuple(found)[:MAX_ADDED]


def to_json(rules: Sequence[Synonym]) -> bytes:
    return json.dumps([asdict(rule) for rule in rules], ensure_ascii=False).encode()
