"""Messages that nothing answers, made of a library itself: leave one article out.

A title, question or heading is asked with its article left out. What then comes first is wrong, and
as near as wrong answers of this library get: gaps within its own subject, harder than messages from
elsewhere. Needs no readers. The idea and what else was tried: docs/relevance.md.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.answers.answer_searcher import AnswerSearcher
from search.lexical.autocomplete import CompletionEntry
from search.model import Filters, Results
from search.ranking.options import SearchOptions
from search.text import analysis

MIN_TERMS = 2
"""A shorter text, such as "Overview", is nobody's question."""
MAX_PROBES = 300
"""Of one language: enough for a bound on one answer in fifty, and some seconds of searching."""


@dataclass(frozen=True)
class Probe:
    """A text of the article `group`, asked by a reader of `lang`."""

    text: str
    lang: str
    group: str


def probes(entries: Iterable[CompletionEntry], *, limit: int = MAX_PROBES) -> list[Probe]:
    """At most `limit` texts of each language, drawn by their hash; the same for the same library.

    Texts that several articles share say nothing and are left out.
    """
    found = {Probe(entry.text, entry.lang, entry.group) for entry in entries}
    owners = Counter(key for key, _ in {(_key(probe), probe.group) for probe in found})
    own = [p for p in found if owners[_key(p)] == 1 and _has_content(p.text)]
    own.sort(key=lambda probe: hashlib.sha256(f"{probe.lang}\n{probe.text}".encode()).digest())
    taken: Counter[str] = Counter()
    chosen = []
    for probe in own:
        if taken[probe.lang] < limit:
            taken[probe.lang] += 1
            chosen.append(probe)
    return chosen


def ask(searcher: AnswerSearcher, found: Sequence[Probe], *, limit: int = 10) -> list[Results]:
    """Results of each probe with its article left out."""

    def results(probe: Probe) -> Results:
        others = Filters(exclude_groups=frozenset({probe.group}))
        options = SearchOptions(lang=probe.lang, filters=others, limit=limit)
        return searcher.search(probe.text, options)

    return [results(probe) for probe in found]


def _key(probe: Probe) -> str:
    return " ".join(analysis.terms(probe.text))


def _has_content(text: str) -> bool:
    stop = analysis.stop_terms()
    return sum(term not in stop for term in set(analysis.terms(text))) >= MIN_TERMS
