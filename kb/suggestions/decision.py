"""A customer's message → what a chat should do before a person is called. No HTTP, no ranking.

What a person must handle is told first; for the rest the decision is a pure function of the
probabilities that `search.ranking.confidence` gives. The answer is a quotation
(`search/answers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kb.catalog.finder import ArticleHit, ArticleResults, find
from kb.catalog.generation import Loaded
from kb.content.model import FAQ, GUIDES, SectionName
from kb.suggestions.follow_up import best, is_elliptical, last_question, readings
from kb.suggestions.message_kinds import Heard, hear, meant
from kb.suggestions.precedence import SAFETY, matter_for_a_person, reason_without_search
from kb.suggestions.reasons import DecisionReason
from search.model import Filters, Hit, Quotation, Stage
from search.ranking.calibration import Calibration
from search.ranking.confidence import Action
from search.ranking.options import SearchOptions
from search.ranking.searcher import WHOLE
from search.text.analysis import clean

Audience = Literal["visitor", "customer"]

AUDIENCE_SECTIONS: dict[Audience, SectionName] = {"visitor": FAQ, "customer": GUIDES}
"""The section that each kind of reader sees first."""
RIVAL = 0.5
"""An offer is ambiguous when the second article is at least this likely, relative to the first."""

NEAR_FROM = 0.15
"""Probability that one of the listed articles helps, below which readers are told that nothing was
found. Of 60 queries to the sample articles, nonsense and other subjects had up to 0.14 with few
exceptions (0.30), real questions 0.21 and more."""

SURE = 0.9
"""Probability from which a subject named without a question is answered nevertheless: "and pick-up
points?" is asked for what there is to know of them."""

MAX_RESULTS = 5
"""Always this many are ranked: probabilities must not depend on how many a client shows."""
MAX_MESSAGE_CHARS = 2000
SEARCH_RESERVE_S = 0.05
"""With no more time left than this and the encoder's own deadline, the encoder is not asked."""


@dataclass(frozen=True)
class Question:
    """A message and what is known of who wrote it.

    `history` holds the customer's earlier messages, newest last. `lang` is a language of the
    site; when the customer's is none of those, articles are offered but none is the answer.
    """

    message: str
    lang: str
    history: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    audience: Audience | None = None
    limit: int = 3
    is_supported_locale: bool = True
    rejected: int = 0
    """Suggestions that did not help, in this conversation."""
    is_held_out: bool = False
    """A person answers, so that it can be counted how many would have asked one."""


@dataclass(frozen=True)
class Decision:
    """The action and its reason. `answer` needs a result; an `offer` has at least one."""

    action: Action
    reason: DecisionReason
    confidence: float
    """Probability that what is shown, or would be, answers."""
    list_confidence: float
    """Probability that at least one of the listed articles helps."""


@dataclass(frozen=True)
class Suggested:
    """One article offered, with the probability that it answers."""

    found: ArticleHit
    confidence: float


@dataclass(frozen=True)
class Suggestion:
    """The whole reply. `answer` quotes the first result's article."""

    decision: Decision
    answer: Quotation | None
    results: tuple[Suggested, ...]
    findings: ArticleResults | None
    """None when there was nothing to search for."""

    is_hurried: bool = False
    """No query vector was asked for: too little time was left, or the encoder was late already."""
    is_unread: bool = False
    """The reader was there, and did not come in time."""

    @property
    def is_degraded(self) -> bool:
        """True when more time, a working encoder or reader might have led to another decision."""
        if self.findings is None:
            return self.decision.reason == "unavailable"
        return self.is_hurried or self.is_unread or self.findings.is_degraded

    @property
    def stage(self) -> Stage:
        """The furthest stage that the search reached."""
        return self.findings.results.stage if self.findings else "none"


def suggest(loaded: Loaded, asked: Question, *, is_hurried: bool = False) -> Suggestion:
    """Decide about a message; any text is valid. In a hurry the encoder is not asked."""
    heard = Heard() if is_hurried else hear(loaded, asked.message)
    is_hurried = is_hurried or heard.is_missed
    reason = person_first(loaded, asked, heard.reason)
    if reason and (reason != SAFETY or asked.is_held_out):
        return nothing(reason)
    findings = _found(loaded, asked, is_hurried=is_hurried)
    calibration = loaded.searcher.calibration
    probabilities = _each_confidence(findings.ranked, calibration, asked.lang)
    decision = decide(
        findings.ranked,
        calibration,
        lang=asked.lang,
        is_supported_locale=asked.is_supported_locale,
        is_held_out=asked.is_held_out,
        has_rival=len(probabilities) > 1 and probabilities[1] >= RIVAL * probabilities[0],
    )
    if decision.action == "answer" and _asks_nothing(asked, findings, decision):
        decision = replace(decision, action="offer", reason="ambiguous")
    if reason:  # articles stand below the way to a person, and none of them answers
        decision = replace(decision, action="handoff", reason=reason)
    is_kept_back = decision.reason == "holdout" or (
        reason is not None and is_far_off(loaded, findings, asked.lang)
    )
    shown = () if is_kept_back else findings.hits[: asked.limit]
    answer = None
    if decision.action == "answer":
        answer = _quoted(findings)
    results = tuple(map(Suggested, shown, probabilities[: len(shown)]))
    is_unread = _is_unread(loaded, findings)
    return Suggestion(decision, answer, results, findings, is_hurried, is_unread)


def _found(loaded: Loaded, asked: Question, *, is_hurried: bool) -> ArticleResults:
    """The results of the likeliest reading; in a hurry of one that holds all that was said."""
    calibration = loaded.searcher.calibration

    options = SearchOptions(
        lang=asked.lang,
        filters=asked.filters,
        limit=MAX_RESULTS,
        mode="lexical" if is_hurried else "hybrid",
        preferred_section=AUDIENCE_SECTIONS[asked.audience] if asked.audience else "",
    )

    def search(text: str) -> ArticleResults:
        return find(loaded, text, options)

    def confidence(found: ArticleResults) -> float:
        return calibration.confidence(found.ranked, asked.lang).top

    texts = readings(asked.message, asked.history, loaded.catalog.product_names)
    if is_hurried:
        return search(texts[-1])
    return best(
        texts,
        last_question(asked.history),
        search,
        confidence,
        asks_nothing=is_elliptical(asked.message, asked.history),
    )


def _is_unread(loaded: Loaded, findings: ArticleResults) -> bool:
    """True when there was something to read, and a reader, and nothing was read."""
    if not (loaded.answers.has_reader and findings.hits):
        return False
    return findings.results.stage == "hybrid" and not findings.hits[0].signals.is_bare


def _asks_nothing(asked: Question, findings: ArticleResults, decision: Decision) -> bool:
    """True for a subject that was looked up alone, without the question it was tied to."""
    is_alone = findings.query == clean(asked.message)
    return is_alone and decision.confidence < SURE and is_elliptical(asked.message, asked.history)


def answer_for_reader(loaded: Loaded, findings: ArticleResults, lang: str) -> Quotation | None:
    """Quote what a search page may answer from its first hit; None when it had better not.

    `findings` are those of a first page without filters: probabilities rest on the whole ranking.
    """
    decision = decide(findings.ranked, loaded.searcher.calibration, lang=lang)
    if decision.action != "answer" or person_needed(loaded, findings.query):
        return None
    return _quoted(findings)


def _quoted(findings: ArticleResults) -> Quotation | None:
    """The words of the first hit that answer, as they were read."""
    return findings.hits[0].hit.quotation


def is_far_off(loaded: Loaded, findings: ArticleResults, lang: str) -> bool:
    """Tell whether nothing found is likely to help: everything resembles a query a little.

    `findings` are those of a first page. What holds all the words is never far.
    """
    if not findings.ranked:
        return True
    if findings.mode == "lexical" or findings.ranked[0].signals.matched_share >= WHOLE:
        return False
    return loaded.searcher.calibration.confidence(findings.ranked, lang).listed < NEAR_FROM


def person_needed(loaded: Loaded, message: str) -> DecisionReason | None:
    """The reason for which a person must have a message, by its words and its meaning."""
    return matter_for_a_person(loaded.topics, message, meant(loaded, message))


def person_first(
    loaded: Loaded, asked: Question, meant: DecisionReason | None = None
) -> DecisionReason | None:
    """The reason for which no article answers, by words and what was `meant`; None when one may."""
    return reason_without_search(
        loaded.topics, asked.message, asked.history, rejected=asked.rejected, meant=meant
    )


def decide(
    hits: Sequence[Hit],
    calibration: Calibration,
    *,
    lang: str,
    is_supported_locale: bool = True,
    is_held_out: bool = False,
    has_rival: bool = False,
) -> Decision:
    """The action for a ranking, by the probabilities of its top and of the whole list.

    `has_rival`: a second article is nearly as likely as the first.
    """
    likely = calibration.confidence(hits, lang)

    def decision(action: Action, reason: DecisionReason) -> Decision:
        return Decision(action, reason, likely.shown, likely.listed)

    if not hits:
        return decision("handoff", "no_results")
    wanted = calibration.action(likely, lang, hits)
    if is_held_out and wanted != "handoff":
        return decision("handoff", "holdout")
    if wanted == "answer":
        if is_supported_locale:
            return decision("answer", "confident")
        return decision("offer", "unsupported_locale")
    if wanted == "offer":
        if is_supported_locale:
            return decision("offer", "ambiguous" if has_rival else "partial")
        return decision("offer", "unsupported_locale")
    return decision("handoff", "low_confidence" if is_supported_locale else "unsupported_locale")


def out_of_time(loaded: Loaded, asked: Question) -> Suggestion:
    """The decision when no time is left for a search: what a person must handle is known anyway."""
    return nothing(matter_for_a_person(loaded.topics, asked.message) or "unavailable")


def nothing(reason: DecisionReason) -> Suggestion:
    """A hand-off, or a word in passing, without articles."""
    return Suggestion(Decision("handoff", reason, 0.0, 0.0), None, (), None)


def _each_confidence(hits: Sequence[Hit], calibration: Calibration, lang: str) -> list[float]:
    """Probability for each hit, as if those above it were not there; never rising."""
    probabilities: list[float] = []
    for position in range(len(hits)):
        own = calibration.confidence(hits[position:], lang).top
        probabilities.append(min([own, *probabilities[-1:]]))
    return probabilities
