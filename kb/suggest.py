"""A customer's message → what a chat should do before a person is called. No HTTP, no ranking.

The decision is a pure function of the probabilities that `search.confidence` gives. The answer is
a quotation from the passage found; nothing is generated.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from kb.finder import Findings, Found, find
from kb.live import Loaded
from search import analysis
from search.calibration import Calibration
from search.confidence import Action
from search.model import Filters, Hit

Reason = Literal[
    "confident",
    "ambiguous",
    "low_confidence",
    "no_results",
    "too_short",
    "greeting",
    "unsupported_locale",
]

MAX_RESULTS = 5
"""Always this many are ranked: probabilities must not depend on how many a client shows."""
SHORT_TERMS = 3
"""A message with fewer topical terms is read together with the one before it."""
MAX_HISTORY_CHARS = 300
"""Of the earlier message, so that the new one is not cut off by the limit of a query."""
MAX_ANSWER_CHARS = 400

GREETINGS = {
    "en": "hello hi hey hiya greetings good morning afternoon evening day there team everyone all",
    "ru": "привет приветствую здравствуйте здравствуй здрасьте добрый доброе доброго день дня утро"
    " утра вечер вечера ночи времени суток хай всем салют",
}
"""Words that say hello, or nothing, in each language."""

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s)|\n")


@dataclass(frozen=True)
class Decision:
    """What to do and why. `answer` needs a result; an `offer` has at least one."""

    action: Action
    reason: Reason
    confidence: float
    """Probability that the top article answers."""
    list_confidence: float
    """Probability that at least one of the listed articles helps."""


@dataclass(frozen=True)
class Suggested:
    """One article offered, with the probability that it answers."""

    found: Found
    confidence: float


@dataclass(frozen=True)
class Suggestion:
    """The whole reply. `answer` is an exact part of the first result's passage, "" without one."""

    decision: Decision
    answer: str
    results: tuple[Suggested, ...]
    findings: Findings | None
    """None when there was nothing to search for."""

    @property
    def is_degraded(self) -> bool:
        return self.findings is not None and self.findings.is_degraded


def suggest(
    loaded: Loaded,
    message: str,
    *,
    lang: str,
    history: Sequence[str] = (),
    filters: Filters | None = None,
    limit: int = 3,
    is_supported_locale: bool = True,
) -> Suggestion:
    """Decide about `message`; any text is valid.

    `history` holds the customer's earlier messages, newest last. `lang` is a language of the
    site; when the customer's is none of those, articles are offered but none is the answer.
    """
    text = search_text(message, history)
    if is_greeting(message):
        return _nothing("greeting")
    if not _topical_terms(text):
        return _nothing("too_short")
    findings = find(loaded, text, lang=lang, filters=filters, limit=MAX_RESULTS)
    calibration = loaded.searcher.calibration
    decision = decide(
        findings.ranked, calibration, lang=lang, is_supported_locale=is_supported_locale
    )
    shown = findings.hits[:limit]
    answer = ""
    if decision.action == "answer":
        terms = frozenset(analysis.query_terms(findings.query))
        answer = extract(shown[0].passage_text, terms)
    probabilities = _each_confidence(findings.ranked, calibration, lang)
    results = tuple(map(Suggested, shown, probabilities[:limit]))
    return Suggestion(decision, answer, results, findings)


def decide(
    hits: Sequence[Hit], calibration: Calibration, *, lang: str, is_supported_locale: bool = True
) -> Decision:
    """The action for a ranking, by the probabilities of its top and of the whole list."""
    likely = calibration.confidence(hits, lang)

    def decision(action: Action, reason: Reason) -> Decision:
        return Decision(action, reason, likely.top, likely.listed)

    if not hits:
        return decision("handoff", "no_results")
    wanted = calibration.action(likely, lang)
    if wanted == "answer":
        if is_supported_locale:
            return decision("answer", "confident")
        return decision("offer", "unsupported_locale")
    if wanted == "offer":
        return decision("offer", "ambiguous" if is_supported_locale else "unsupported_locale")
    return decision("handoff", "low_confidence" if is_supported_locale else "unsupported_locale")


def search_text(message: str, history: Sequence[str]) -> str:
    """The text to search for: a short follow-up is read after the message before it."""
    if not history or len(_topical_terms(message)) >= SHORT_TERMS:
        return message
    earlier = analysis.clean(history[-1])[-MAX_HISTORY_CHARS:]
    return f"{earlier} {message}".strip()


def is_greeting(message: str) -> bool:
    """Whether a message only says hello, in any language we know the words of."""
    words = _WORD.findall(analysis.clean(message).casefold())
    return bool(words) and all(word in _GREETING_WORDS for word in words)


def extract(passage: str, terms: Collection[str], *, max_chars: int = MAX_ANSWER_CHARS) -> str:
    """The run of whole sentences that holds most of `terms`; always a substring of `passage`.

    A short passage is taken whole. Of equal runs the first wins; a single sentence longer than
    `max_chars` is given in full rather than cut.
    """
    if len(passage) <= max_chars:
        return passage.strip()
    spans = _sentences(passage)
    if not spans:
        return passage[:max_chars].strip()
    held = [{token.term for token in analysis.tokens(passage[a:b])} & set(terms) for a, b in spans]
    best, best_count = (0, 0), -1
    for first in range(len(spans)):
        last = first
        while last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= max_chars:
            last += 1
        count = len(set().union(*held[first : last + 1]))
        if count > best_count:
            best, best_count = (first, last), count
    return passage[spans[best[0]][0] : spans[best[1]][1]].strip()


def _sentences(text: str) -> list[tuple[int, int]]:
    """Spans of sentences and lines that hold more than white space."""
    ends = [*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    spans = pairwise([0, *ends])
    return [(start, end) for start, end in spans if text[start:end].strip()]


def _nothing(reason: Reason) -> Suggestion:
    return Suggestion(Decision("handoff", reason, 0.0, 0.0), "", (), None)


def _topical_terms(text: str) -> list[str]:
    stop = analysis.stop_terms()
    return [term for term in analysis.terms(analysis.clean(text)) if term not in stop]


def _each_confidence(hits: Sequence[Hit], calibration: Calibration, lang: str) -> list[float]:
    """Probability for each hit, as if those above it were not there; never rising."""
    probabilities: list[float] = []
    for position in range(len(hits)):
        own = calibration.confidence(hits[position:], lang).top
        probabilities.append(min([own, *probabilities[-1:]]))
    return probabilities


_GREETING_WORDS = frozenset(word for words in GREETINGS.values() for word in words.split())
