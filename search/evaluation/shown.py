"""Measures of what a reader is shown: whether it holds the words that answer. Pure.

A message counts with what the site would do about it; the share of errors is that of all answers,
those to messages which nothing answers included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from search.evaluation import metrics
from search.evaluation.evidence import Evidence, answers
from search.evaluation.judged import JudgedQuery

ERRORS = (0.03, 0.05, 0.1, 0.2)
"""Shares of wrong answers at which it is reported how much can be answered."""
RESAMPLES = 1000
FOLDS = 5


@dataclass(frozen=True)
class ShownOutcome:
    """Action of the site on one message; `shown` is what it would quote if it answered."""

    qid: str
    set: str
    """"in_scope" or "out_of_scope"."""
    action: str
    reason: str
    confidence: float
    list_confidence: float
    article: str
    heading: str
    anchor: str
    shown: str
    shown_chars: int
    """Of what is no steps and no table."""
    kind: str
    """Kind of the message."""
    passage: str
    ranking: tuple[str, ...]
    stage: str

    def to_row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Judged:
    """An outcome held against what is known of its message.

    `holds` and `passage_holds` are None without evidence: there the article decides alone.
    """

    outcome: ShownOutcome
    is_in_scope: bool
    is_article_right: bool
    holds: bool | None
    passage_holds: bool | None

    @property
    def is_right(self) -> bool:
        """True when what is shown answers; by the article where no words are known."""
        return self.is_article_right if self.holds is None else self.holds


def judged(
    outcome: ShownOutcome, query: JudgedQuery, evidence: Mapping[str, Evidence] | None
) -> Judged | None:
    """Hold an outcome against labels; None for a message that only a picture or link answers."""
    is_right = query.grades.get(outcome.article, 0) > 1
    if not query.grades:
        return Judged(outcome, False, False, False, False)
    if evidence is None:
        return Judged(outcome, True, is_right, None, None)
    known = evidence.get(query.id)
    if known is None or not known.alternatives:
        return None
    return Judged(
        outcome,
        True,
        is_right,
        answers(outcome.shown, known),
        answers(outcome.passage, known),
    )


def figures(outcomes: Sequence[Judged], *, seed: int = 0) -> dict[str, Any]:
    """Figures of some messages, each with its 95 % interval from a bootstrap over messages."""
    measures: dict[str, Callable[[Sequence[Judged]], float | None]] = {
        "passage_holds": lambda some: _share(some, lambda j: j.passage_holds),
        "shown_holds": lambda some: _share(some, lambda j: j.holds),
        "shown_holds_article_right": lambda some: _share(
            [j for j in some if j.is_article_right], lambda j: j.holds
        ),
        "article_right": lambda some: _share(some, lambda j: j.is_article_right),
        "answered": lambda some: _share(some, lambda j: j.outcome.action == "answer"),
        "shown_error": _error,
        **{f"answered_at_{most:.2f}": _answered_at(most) for most in ERRORS},
    }
    found: dict[str, Any] = {
        name: {"value": measure(outcomes), "interval": _interval(outcomes, measure, seed)}
        for name, measure in measures.items()
    }
    found["auroc_shown"] = metrics.auroc(
        [j.outcome.confidence for j in outcomes if j.is_right],
        [j.outcome.confidence for j in outcomes if not j.is_right],
    )
    found["ece_shown"] = metrics.expected_calibration_error(
        [j.outcome.confidence for j in outcomes], [j.is_right for j in outcomes]
    )
    chars = [j.outcome.shown_chars for j in outcomes if j.outcome.shown_chars]
    found["shown_chars"] = {
        "p50": metrics.percentile(chars, 0.5) if chars else None,
        "p90": metrics.percentile(chars, 0.9) if chars else None,
        "most": max(chars, default=None),
    }
    found["n"] = {
        "in_scope": sum(j.is_in_scope for j in outcomes),
        "out_of_scope": sum(not j.is_in_scope for j in outcomes),
    }
    return found


def answered_at(outcomes: Sequence[Judged], most: float) -> float:
    """Share of in-scope messages rightly answered when the laxest threshold is taken down to which
    no larger share of the answers than `most` is wrong."""
    inside = sum(j.is_in_scope for j in outcomes)
    if not inside:
        return 0.0
    order = sorted(outcomes, key=lambda j: -j.outcome.confidence)
    right = np.cumsum([j.is_right for j in order])
    wrong = np.cumsum([not j.is_right for j in order])
    confidences = np.array([j.outcome.confidence for j in order])
    # A threshold takes all messages of one confidence or none.
    is_last = np.append(confidences[1:] < confidences[:-1], True)
    kept = np.flatnonzero(is_last & (wrong <= most * (right + wrong)))
    return float(right[kept].max() / inside) if len(kept) else 0.0


def threshold_at(outcomes: Sequence[Judged], most: float) -> float:
    """The confidence from which no larger share than `most` of the answers is wrong; above 1 when
    there is none."""
    order = sorted(outcomes, key=lambda j: -j.outcome.confidence)
    wrong, best = 0, 1.01
    for place, one in enumerate(order, start=1):
        wrong += not one.is_right
        is_last = place == len(order) or order[place].outcome.confidence < one.outcome.confidence
        if is_last and wrong <= most * place:
            best = one.outcome.confidence
    return best


def answered_cross_validated(
    outcomes: Sequence[Judged], most: float, *, seed: int = 0
) -> dict[str, float | None]:
    """Share rightly answered, and the error, when thresholds are chosen on the other folds."""
    order = np.random.default_rng(seed).permutation(len(outcomes))
    answered: list[Judged] = []
    for fold in range(FOLDS):
        own = set(order[fold::FOLDS].tolist())
        others = [j for n, j in enumerate(outcomes) if n not in own]
        threshold = threshold_at(others, most)
        answered += [outcomes[n] for n in own if outcomes[n].outcome.confidence >= threshold]
    inside = sum(j.is_in_scope for j in outcomes)
    right = sum(j.is_right for j in answered)
    return {
        "rightly_answered": right / inside if inside else None,
        "error": 1 - right / len(answered) if answered else None,
    }


def _answered_at(most: float) -> Callable[[Sequence[Judged]], float | None]:
    return lambda outcomes: answered_at(outcomes, most)


def _share(outcomes: Sequence[Judged], measure: Callable[[Judged], bool | None]) -> float | None:
    """Share of in-scope messages of which it is known."""
    values = [measure(j) for j in outcomes if j.is_in_scope]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _error(outcomes: Sequence[Judged]) -> float | None:
    """Share of wrong ones among all answers."""
    answered = [j for j in outcomes if j.outcome.action == "answer"]
    return sum(not j.is_right for j in answered) / len(answered) if answered else None


def _interval(
    outcomes: Sequence[Judged], measure: Callable[[Sequence[Judged]], float | None], seed: int
) -> tuple[float, float] | None:
    chance = np.random.default_rng(seed)
    values = []
    for _ in range(RESAMPLES):
        drawn = chance.integers(0, len(outcomes), len(outcomes))
        value = measure([outcomes[n] for n in drawn])
        if value is not None:
            values.append(value)
    if not values:
        return None
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)
