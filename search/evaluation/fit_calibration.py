"""Fits a site's own confidence: from its articles alone, better with readers' messages.

Articles give what "near" means here (`search.evaluation.probes`) and how often a message that
nothing answers would be answered. Judged messages give coefficients, drawn towards the release's,
and a threshold whose error is bounded. What the data cannot carry is not claimed. Serving never
imports this, only the result, `search.ranking.calibration`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from search.answers.answer_searcher import AnswerSearcher
from search.evaluation.drift import scores_of
from search.evaluation.judged import JudgedQuery, Outcome, run
from search.evaluation.logistic import FloatArray, cross_validated, feature_rows, fit
from search.evaluation.probes import Probe, ask
from search.evaluation.risk import Point, bounded_threshold, error_bound, risk_curve
from search.model import Mode, Results, Stage
from search.ranking.calibration import Calibration, CalibrationStatus
from search.ranking.confidence import (
    NEVER,
    Basis,
    BasisModel,
    Coefficients,
    CosineScale,
    Model,
    Target,
    basis_of,
    default_model,
    prior_shift,
    release,
)

MIN_PROBES = 30
"""With fewer a language keeps the release's confidence."""
MIN_LABELS = 50
"""Judged messages of a language from which coefficients are fitted."""


@dataclass(frozen=True)
class LanguageReport:
    """Grounds of the calibration of one language.

    `gaps` counts messages that nothing answers, `gap_curve` what thresholds do to them (every
    answer is wrong, `bound` is that on the share of them answered). `curve` is that of judged
    messages, cross-validated, empty without enough of them.
    """

    lang: str
    gaps: int
    labels: int
    worded: int
    """Labels that say which words answer; the others say only which article does."""
    threshold: float
    gap_curve: tuple[Point, ...]
    curve: tuple[Point, ...]
    has_bound: bool
    """True when the threshold's error on judged messages is bounded by the risk budget."""


@dataclass(frozen=True)
class Fitted:
    """A calibration, its grounds, and the scores that drift is measured against."""

    calibration: Calibration
    reports: tuple[LanguageReport, ...]
    scores: Mapping[str, tuple[float, ...]]
    """Language → P(what is shown answers) of its probes."""


def calibrate(
    searcher: AnswerSearcher,
    probes: Sequence[Probe],
    judged: Sequence[JudgedQuery] = (),
    *,
    risk_budget: float,
    now: datetime,
) -> Fitted:
    """Fit every language that has enough probes. Takes some ten seconds."""
    models: dict[str, Model] = {}
    reports: list[LanguageReport] = []
    scores: dict[str, tuple[float, ...]] = {}
    labels = 0
    for lang in sorted({probe.lang for probe in probes}):
        own = [probe for probe in probes if probe.lang == lang]
        messages = [query for query in judged if query.lang == lang]
        if len(own) < MIN_PROBES:
            continue
        gaps = [results for results in ask(searcher, own) if results.hits]
        models[lang], report = _fit_language(searcher, lang, gaps, messages, risk_budget)
        labels += report.labels
        reports.append(report)
        scores[lang] = scores_of(gaps, models[lang])
    status: CalibrationStatus = "labels" if labels else "articles" if models else "default"
    calibration = Calibration(
        status=status,
        risk_budget=risk_budget,
        made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        encoder=searcher.searcher.generation.manifest.fingerprints["encoder"],
        labels=labels,
        models=models,
    )
    return Fitted(calibration, tuple(reports), scores)


def cosine_scale(gaps: Sequence[Results]) -> CosineScale | None:
    """Mean and deviation of the best cosines; None without an encoder."""
    found = [r.hits[0].signals.nearness for r in gaps if r.hits]
    cosines = np.array([cosine for cosine in found if cosine is not None])
    if len(cosines) < MIN_PROBES:
        return None
    return CosineScale(round(float(cosines.mean()), 4), round(max(float(cosines.std()), 1e-3), 4))


def _fit_language(
    searcher: AnswerSearcher,
    lang: str,
    gaps: Sequence[Results],
    messages: Sequence[JudgedQuery],
    risk_budget: float,
) -> tuple[Model, LanguageReport]:
    model = default_model(risk_budget)
    if scale := cosine_scale(gaps):
        model = replace(model, gaps=scale)
    curve: tuple[Point, ...] = ()
    served = Counter(basis_of(results.hits) for results in gaps).most_common(1)[0][0]
    if len(messages) >= MIN_LABELS:
        model, curve = _fit_messages(searcher, model, messages, served)
    scores = scores_of([r for r in gaps if basis_of(r.hits) == served], model)
    gap_points = tuple(
        replace(point, bound=error_bound(point.answered, len(scores)))
        for point in risk_curve(scores, [False] * len(scores))
    )
    allowed = [point.threshold for point in gap_points if point.bound <= risk_budget]
    claimed = bounded_threshold(curve, risk_budget)
    if curve and claimed is None:
        # Too few messages for a bound. What they do show still counts.
        kept = [p.threshold for p in curve if p.wrong <= risk_budget * p.answered]
        claimed = max(model.bases[served].answer_from, min(kept, default=NEVER))
    of = model.bases[served]
    answer_from = max(min(allowed, default=NEVER), claimed or of.answer_from)
    report = LanguageReport(
        lang=lang,
        gaps=len(scores),
        labels=len(messages) if curve else 0,
        worded=sum(query.evidence is not None for query in messages) if curve else 0,
        threshold=answer_from,
        gap_curve=gap_points,
        curve=curve,
        has_bound=bounded_threshold(curve, risk_budget) is not None,
    )
    bases = {**model.bases, served: replace(of, answer_from=answer_from)}
    return replace(model, bases=bases), report


def _fit_messages(
    searcher: AnswerSearcher, model: Model, messages: Sequence[JudgedQuery], served: Basis
) -> tuple[Model, tuple[Point, ...]]:
    """Models of every basis with enough messages; the curve of the one that is served."""
    curve: tuple[Point, ...] = ()
    unanswerable = sum(not query.grades for query in messages) / len(messages)
    back = prior_shift(unanswerable, release().unanswerable)
    bases = dict(model.bases)
    for stage in _reached(searcher):  # the furthest last: its fit to the basis "asked" is kept
        for basis, outcomes in _by_basis(searcher, stage, messages).items():
            rows = feature_rows([outcome.results for outcome in outcomes], model.gaps)
            bases[basis] = _fit_basis(bases[basis], rows, outcomes, back)
            if basis == served:
                happened = np.array([outcome.is_shown_right for outcome in outcomes])
                prior = model.bases[basis].shown
                curve = risk_curve(cross_validated(rows, happened, prior=prior), happened)
    return replace(model, bases=bases), curve


def _by_basis(
    searcher: AnswerSearcher, stage: Stage, messages: Sequence[JudgedQuery]
) -> Mapping[Basis, Sequence[Outcome]]:
    """Outcomes at a stage, of every basis that has enough of them."""
    found: dict[Basis, list[Outcome]] = {}
    for outcome in run(_at(searcher, stage), messages, mode=_mode(stage)):
        found.setdefault(basis_of(outcome.results.hits), []).append(outcome)
    # A message that finds nothing is decided already: no basis learns from it.
    return {b: some for b, some in found.items() if b != "none" and len(some) >= MIN_LABELS}


def _fit_basis(
    of: BasisModel, rows: FloatArray, outcomes: Sequence[Outcome], back: float
) -> BasisModel:
    """`of` with coefficients drawn from it towards what happened.

    `back` is added to the log-odds: as the release's, it speaks of messages of which as many are
    answerable as there.
    """
    fitted: dict[Target, Coefficients] = {}
    for target, is_right in HAPPENED.items():
        happened = np.array([is_right(outcome) for outcome in outcomes])
        found = fit(rows, happened, prior=getattr(of, target))
        fitted[target] = replace(found, intercept=round(found.intercept + back, 3))
    return replace(of, shown=fitted["shown"], top=fitted["top"], listed=fitted["listed"])


HAPPENED: Mapping[Target, Callable[[Outcome], bool]] = {
    "shown": lambda outcome: outcome.is_shown_right,
    "top": lambda outcome: outcome.is_top_right,
    "listed": lambda outcome: outcome.is_listed_right,
}


def _reached(searcher: AnswerSearcher) -> tuple[Stage, ...]:
    """Stages that a searcher can reach, the furthest last."""
    found: list[Stage] = ["lexical"]
    if searcher.searcher.has_vectors:
        found.append("hybrid")
        if searcher.has_reader:
            found.append("reader")
    return tuple(found)


def _at(searcher: AnswerSearcher, stage: Stage) -> AnswerSearcher:
    """A searcher that goes no further than a stage."""
    return searcher if stage == "reader" else searcher.without_reader()


def _mode(stage: Stage) -> Mode:
    return "lexical" if stage == "lexical" else "hybrid"
