"""Verdicts: whether a case holds, and what a change of the articles did to it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kb.relevance.cases import ANY_REASON, FIRST, RelevanceCase
from kb.relevance.reply import SiteReply
from search.text.words import fold

State = Literal["failed", "lost", "missing", "worse", "better", "changed", "same"]
"""`failed`: a test does not hold. `lost`: a question is no longer found in the first FIRST, or no
longer answered. `missing`: a question is not found, nor was it before. The others are no faults."""
LOSSES: tuple[State, ...] = ("failed", "lost")

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class CaseVerdict:
    """A case with what became of it, before and now."""

    case: RelevanceCase
    before: SiteReply | None
    """None where there is nothing to compare with."""
    now: SiteReply
    state: State
    reasons: tuple[str, ...] = ()
    """Sentences that say what is at fault; none for what is not."""

    @property
    def is_loss(self) -> bool:
        return self.state in LOSSES

    @property
    def rank(self) -> int | None:
        """Place of the case's article now."""
        return self.now.rank(self.case.article)

    @property
    def rank_before(self) -> int | None:
        return self.before.rank(self.case.article) if self.before else None


def judged(case: RelevanceCase, before: SiteReply | None, now: SiteReply) -> CaseVerdict:
    """Hold what happens now against what is demanded, and against what happened before."""
    faults = tuple(_faults(case, now))
    if case.kind == "test":
        state: State = "failed" if faults else _change(case, before, now)
        return CaseVerdict(case, before, now, state, faults)
    losses = tuple(_losses(case, before, now))
    if losses:
        return CaseVerdict(case, before, now, "lost", losses)
    return CaseVerdict(
        case, before, now, "missing" if faults else _change(case, before, now), faults
    )


def holds(text: str, piece: str) -> bool:
    """True when the words of `piece` stand in `text` in their order, whatever case and marks."""
    return _words(piece) in _words(text)


def _faults(case: RelevanceCase, now: SiteReply) -> Iterator[str]:
    """Sentences for whatever a case demands and does not get."""
    asked = case.expectation
    for article in asked.must_find:
        rank = now.rank(article)
        if rank is None or rank > FIRST:
            yield f"{article} is not among the first {FIRST}: {_place(rank)}"
    for article in asked.must_not_find:
        rank = now.rank(article)
        if rank is not None and rank <= FIRST:
            yield f"{article} must not be found, and is {_place(rank)}"
    if asked.must_answer and not now.is_answered:
        yield f"it is not answered: {described(now)}"
    for piece in asked.must_answer if now.is_answered else ():
        if not holds(now.shown, piece):
            yield f"the answer does not hold “{piece}”"
    if asked.must_hand_off and not _is_handed_off(now, asked.must_hand_off):
        wanted = "" if asked.must_hand_off == ANY_REASON else f" for {asked.must_hand_off}"
        yield f"it is not handed off{wanted}: {described(now)}"


def _is_handed_off(now: SiteReply, reason: str) -> bool:
    return now.action == "handoff" and reason in (ANY_REASON, now.reason)


def _losses(case: RelevanceCase, before: SiteReply | None, now: SiteReply) -> Iterator[str]:
    if before is None:
        return
    was, rank = before.rank(case.article), now.rank(case.article)
    if was is not None and was <= FIRST and (rank is None or rank > FIRST):
        yield f"it was {_place(was)} and is {_place(rank)}"
    if before.is_answered and not now.is_answered:
        yield f"it was answered and is not: {described(now)}"


def _change(case: RelevanceCase, before: SiteReply | None, now: SiteReply) -> State:
    """The direction that a case without a fault has moved in."""
    if before is None:
        return "same"
    was, rank = before.rank(case.article), now.rank(case.article)
    if case.article and was != rank:
        return "better" if was is None or (rank is not None and rank < was) else "worse"
    if now.is_answered != before.is_answered:
        return "better" if now.is_answered else "worse"
    is_same = (now.action, now.shown) == (before.action, before.shown)
    return "same" if is_same else "changed"


def described(outcome: SiteReply) -> str:
    """The decision in words."""
    if outcome.action == "handoff":
        return f"handed off, {outcome.reason}"
    return "answered" if outcome.is_answered else f"offered, {outcome.reason}"


def _place(rank: int | None) -> str:
    return "not found" if rank is None else f"place {rank}"


def _words(text: str) -> str:
    folded = fold(unicodedata.normalize("NFKC", text))
    return f" {' '.join(_WORD.findall(folded))} "
