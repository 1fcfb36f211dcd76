"""Quality of rankings and of confidence. Pure functions, checked against numbers worked by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

ANSWERS = 2
"""Grade of a document that answers a judged query; 1 helps, 0 does not."""


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], *, k: int = 10) -> float:
    """nDCG@k with gain 2^grade - 1; 0 when nothing is relevant.

    Source: Burges et al. 2005, the usual form on the web.
    """
    gains = [2 ** grades.get(document, 0) - 1 for document in ranking[:k]]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:k]
    best = _discounted(ideal)
    return _discounted(gains) / best if best else 0.0


def success(ranking: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """1 when a document that answers is among the first k."""
    return float(any(grades.get(document, 0) >= ANSWERS for document in ranking[:k]))


def reciprocal_rank(ranking: Sequence[str], grades: Mapping[str, int], *, k: int = 10) -> float:
    """1 / rank of the first document that answers, 0 when none is among the first k."""
    for rank, document in enumerate(ranking[:k], start=1):
        if grades.get(document, 0) >= ANSWERS:
            return 1.0 / rank
    return 0.0


def recall(ranking: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Share of the relevant documents (grade 1 or 2) among the first k."""
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranking[:k])) / len(relevant) if relevant else 0.0


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Probability that a positive scores above a negative, ties half; NaN without both."""
    if not positives or not negatives:
        return math.nan
    wins = sum((p > n) + 0.5 * (p == n) for p in positives for n in negatives)
    return wins / (len(positives) * len(negatives))


def expected_calibration_error(
    probabilities: Sequence[float], outcomes: Sequence[bool], *, bins: int = 10
) -> float:
    """Mean gap between stated and actual frequency over equal-width bins, weighted by size.

    Source: Naeini et al. 2015.
    """
    total, error = len(probabilities), 0.0
    for number in range(bins):
        inside = [i for i, p in enumerate(probabilities) if min(int(p * bins), bins - 1) == number]
        if inside:
            stated = sum(probabilities[i] for i in inside) / len(inside)
            actual = sum(outcomes[i] for i in inside) / len(inside)
            error += len(inside) / total * abs(stated - actual)
    return error


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank); NaN without values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def clopper_pearson(errors: int, total: int, *, level: float = 0.95) -> float:
    """Upper bound of an error rate of which `errors` in `total` were seen; 1 for none seen.

    One-sided, exact. Source: Clopper & Pearson 1934.
    """
    from scipy.stats import beta

    if errors >= total:
        return 1.0
    return float(beta.ppf(level, errors + 1, total - errors))
