"""Fits a site's own confidence: from its articles alone, better with readers' messages.

Articles give what "near" means here (`search.evaluation.probes`) and how often a message that
nothing answers would be answered. Judged messages give coefficients, drawn towards the release's,
and a threshold whose error is bounded. What the data cannot carry is not claimed. Serving never
imports this, only the result, `search.ranking.calibration`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from search.evaluation import metrics
from search.evaluation.judged import LISTED, JudgedQuery, Outcome, run
from search.evaluation.probes import Probe, ask
from search.model import Mode, Results
from search.ranking.calibration import Calibration, CalibrationStatus
from search.ranking.confidence import (
    FEATURES,
    NEVER,
    Coefficients,
    CosineScale,
    Model,
    confidence,
    default_model,
    features,
)
from search.ranking.searcher import Searcher

MIN_PROBES = 30
"""With fewer a language keeps the release's confidence."""
MIN_LABELS = 50
"""Judged messages of a language from which coefficients are fitted."""
FOLDS = 10
RIDGE = 0.3
"""Inverse strength of the pull towards zero, on standardised features. Origin: cross-validation on
the dev queries."""
RIDGE_TO_PRIOR = 0.03
"""Of the pull towards the release's coefficients. Origin: fits to 25, 50 and 100 messages of either
dev library, drawn towards a fit to the other, tested on the rest (docs/relevance.md)."""
BOUNDS: Mapping[str, tuple[float | None, float | None]] = {
    "unknown_share": (None, 0.0),
    "length": (None, None),
}
"""Of coefficients; all others are at least 0: evidence never counts against an answer."""
THRESHOLDS = tuple(n / 100 for n in range(99, 29, -1))
"""Tried from strict to lax."""
LEVEL = 0.95
DRIFTED = 0.25
"""Population stability index from which a distribution counts as another one. Source: usual
practice of credit scoring."""
BINS = 10

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """Effect of a threshold: messages answered, wrong ones among them, bound on their share."""

    threshold: float
    answered: int
    wrong: int
    bound: float


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
    """Language → P(top answers) of its probes."""


def calibrate(
    searcher: Searcher,
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
        scores[lang] = _scores(gaps, models[lang])
    status: CalibrationStatus = "labels" if labels else "articles" if models else "default"
    calibration = Calibration(
        status=status,
        risk_budget=risk_budget,
        made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        encoder=searcher.generation.manifest.fingerprints["encoder"],
        labels=labels,
        models=models,
    )
    return Fitted(calibration, tuple(reports), scores)


def drift(
    searcher: Searcher, calibration: Calibration, probes: Sequence[Probe], scores: Sequence[float]
) -> float:
    """Distance that the scores of the same probes have moved since; compare with DRIFTED."""
    lang = probes[0].lang
    gaps = [results for results in ask(searcher, probes) if results.hits]
    return stability_index(scores, _scores(gaps, calibration.model(lang)))


def stability_index(before: Sequence[float], after: Sequence[float]) -> float:
    """Population stability index of two samples, over tenths of the first; 0 without either."""
    if not before or not after:
        return 0.0
    edges = np.quantile(before, np.linspace(0, 1, BINS + 1)[1:-1])

    def shares(sample: Sequence[float]) -> FloatArray:
        counts = np.bincount(np.searchsorted(edges, sample), minlength=BINS)
        # Half a message more in each tenth: an empty one must not count without limit.
        return np.asarray((counts + 0.5) / (counts + 0.5).sum())

    old, new = shares(before), shares(after)
    return float(((new - old) * np.log(new / old)).sum())


def cosine_scale(gaps: Sequence[Results]) -> CosineScale | None:
    """Mean and deviation of the best cosines; None without an encoder."""
    found = [r.hits[0].signals.cosine for r in gaps if r.hits]
    cosines = np.array([cosine for cosine in found if cosine is not None])
    if len(cosines) < MIN_PROBES:
        return None
    return CosineScale(round(float(cosines.mean()), 4), round(max(float(cosines.std()), 1e-3), 4))


def fit(
    rows: FloatArray,
    happened: npt.NDArray[np.bool_],
    *,
    prior: Coefficients | None = None,
) -> Coefficients:
    """Regularised logistic regression on standardised features, given back in their own units.

    `rows` are (n, len(FEATURES)). With a `prior` the fit is drawn towards it rather than to zero.
    """
    from scipy.optimize import minimize

    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    standardised = (rows - mean) / scale
    signs = np.where(happened, 1.0, -1.0)
    centre = np.zeros(len(FEATURES) + 1)
    ridge = RIDGE
    if prior is not None:
        weights = np.array([getattr(prior, name) for name in FEATURES])
        centre = np.array([prior.intercept + weights @ mean, *(weights * scale)])
        ridge = RIDGE_TO_PRIOR

    def loss(theta: FloatArray) -> float:
        margins = signs * (theta[0] + standardised @ theta[1:])
        apart = theta - centre
        penalty = float(apart[1:] @ apart[1:]) / (2 * ridge)
        if prior is not None:
            penalty += float(apart[0] ** 2) / (20 * ridge)
        return float(np.logaddexp(0.0, -margins).sum()) + penalty

    bounds = [(None, None), *(BOUNDS.get(name, (0.0, None)) for name in FEATURES)]
    found = minimize(loss, centre, bounds=bounds, method="L-BFGS-B").x
    weights = found[1:] / scale
    intercept = float(found[0] - (weights * mean).sum())
    return Coefficients(round(intercept, 3), *(round(float(w), 3) for w in weights))


def feature_rows(results: Sequence[Results], gaps: CosineScale) -> FloatArray:
    """(n, len(FEATURES)) features of rankings."""
    found = [features(one.hits[:LISTED], gaps) for one in results]
    return np.array([[getattr(one, name) for name in FEATURES] for one in found])


def cross_validated(
    rows: FloatArray, happened: npt.NDArray[np.bool_], *, prior: Coefficients | None = None
) -> FloatArray:
    """(n,) probabilities, each from a fit that has not seen its message."""
    order = np.random.default_rng(0).permutation(len(rows))
    unseen = np.empty(len(rows))
    for fold in range(FOLDS):
        asked = order[fold::FOLDS]
        others = np.setdiff1d(order, asked)
        found = fit(rows[others], happened[others], prior=prior)
        unseen[asked] = stated(rows[asked], found)
    return unseen


def risk_curve(
    stated: Sequence[float] | FloatArray, is_right: Sequence[bool] | npt.NDArray[np.bool_]
) -> tuple[Point, ...]:
    """Effect of every threshold of THRESHOLDS, strictest first."""
    probabilities, right = np.asarray(stated), np.asarray(is_right)
    points = []
    for threshold in THRESHOLDS:
        answered = probabilities >= threshold
        total, wrong = int(answered.sum()), int((answered & ~right).sum())
        points.append(Point(threshold, total, wrong, _bound(wrong, total)))
    return tuple(points)


def bounded_threshold(curve: Sequence[Point], risk_budget: float) -> float | None:
    """The laxest threshold whose error is bounded by the budget; None when no claim can be made.

    Fixed-sequence testing: from strict to lax, from the first threshold with enough answers for
    any claim, up to the first whose bound breaks the budget.
    """
    found = None
    for point in curve:
        if _bound(0, point.answered) > risk_budget:
            continue
        if point.bound > risk_budget:
            break
        found = point.threshold
    return found


def _fit_language(
    searcher: Searcher,
    lang: str,
    gaps: Sequence[Results],
    messages: Sequence[JudgedQuery],
    risk_budget: float,
) -> tuple[Model, LanguageReport]:
    model = default_model(risk_budget)
    if scale := cosine_scale(gaps):
        model = replace(model, gaps=scale)
    curve: tuple[Point, ...] = ()
    if len(messages) >= MIN_LABELS:
        model, curve = _fit_messages(searcher, model, messages)
    scores = _scores(gaps, model)
    gap_points = tuple(
        replace(point, bound=_bound(point.answered, len(scores)))
        for point in risk_curve(scores, [False] * len(scores))
    )
    allowed = [point.threshold for point in gap_points if point.bound <= risk_budget]
    claimed = bounded_threshold(curve, risk_budget)
    if curve and claimed is None:
        # Too few messages for a bound. What they do show still counts.
        kept = [p.threshold for p in curve if p.wrong <= risk_budget * p.answered]
        claimed = max(model.answer_from, min(kept, default=NEVER))
    answer_from = max(min(allowed, default=NEVER), claimed or model.answer_from)
    report = LanguageReport(
        lang=lang,
        gaps=len(scores),
        labels=len(messages) if curve else 0,
        threshold=answer_from,
        gap_curve=gap_points,
        curve=curve,
        has_bound=bounded_threshold(curve, risk_budget) is not None,
    )
    return replace(model, answer_from=answer_from), report


def _fit_messages(
    searcher: Searcher, model: Model, messages: Sequence[JudgedQuery]
) -> tuple[Model, tuple[Point, ...]]:
    """Coefficients of every mode and target from judged messages; the curve of the mode served."""
    targets: Mapping[str, Callable[[Outcome], bool]] = {
        "top": lambda outcome: outcome.is_top_right,
        "listed": lambda outcome: outcome.is_listed_right,
    }
    modes: Sequence[Mode] = ("lexical", "hybrid") if searcher.has_vectors else ("lexical",)
    curve: tuple[Point, ...] = ()
    for mode in modes:
        outcomes = run(searcher, messages, mode=mode)
        rows = feature_rows([outcome.results for outcome in outcomes], model.gaps)
        for target, is_right in targets.items():
            happened = np.array([is_right(outcome) for outcome in outcomes])
            name = f"{mode}_{target}"
            prior: Coefficients = getattr(model, name)
            if target == "top":
                curve = risk_curve(cross_validated(rows, happened, prior=prior), happened)
            fitted = {name: fit(rows, happened, prior=prior)}
            model = replace(model, **fitted)  # type: ignore[arg-type]  # names of its coefficients
    return model, curve


def _scores(gaps: Sequence[Results], model: Model) -> tuple[float, ...]:
    return tuple(confidence(results.hits[:LISTED], model).top for results in gaps)


def stated(rows: FloatArray, coefficients: Coefficients) -> FloatArray:
    """(n,) probabilities of rows of features."""
    weights = np.array([getattr(coefficients, name) for name in FEATURES])
    return np.asarray(1.0 / (1.0 + np.exp(-(coefficients.intercept + rows @ weights))))


def _bound(wrong: int, total: int) -> float:
    return metrics.clopper_pearson(wrong, total, level=LEVEL) if total else 1.0
