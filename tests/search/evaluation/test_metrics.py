"""Numbers worked by hand."""

import math

import pytest

from search.evaluation import metrics

GRADES = {"a": 2, "b": 1}


def test_ndcg_discounts_by_rank() -> None:
    ideal = 3 / math.log2(2) + 1 / math.log2(3)
    found = 1 / math.log2(2) + 3 / math.log2(4)
    assert metrics.ndcg(["b", "x", "a"], GRADES) == pytest.approx(found / ideal)
    assert metrics.ndcg(["a", "b"], GRADES) == pytest.approx(1.0)
    assert metrics.ndcg(["x"], {}) == 0.0


def test_success_needs_a_document_that_answers() -> None:
    assert metrics.success(["b", "a"], GRADES, k=1) == 0.0
    assert metrics.success(["b", "a"], GRADES, k=2) == 1.0


def test_reciprocal_rank_of_first_answer() -> None:
    assert metrics.reciprocal_rank(["b", "x", "a"], GRADES) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank(["x"] * 10 + ["a"], GRADES, k=10) == 0.0


def test_recall_counts_helping_documents() -> None:
    assert metrics.recall(["b", "x"], GRADES, k=2) == 0.5


def test_auroc_counts_ties_half() -> None:
    assert metrics.auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)
    assert math.isnan(metrics.auroc([], [0.1]))


def test_calibration_error_is_weighted_gap() -> None:
    stated = [0.95, 0.95, 0.15, 0.15]
    happened = [True, False, False, False]
    expected = 0.5 * abs(0.95 - 0.5) + 0.5 * 0.15
    assert metrics.expected_calibration_error(stated, happened) == pytest.approx(expected)


def test_percentile_is_a_value_that_occurred() -> None:
    assert metrics.percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert metrics.percentile([4.0, 1.0, 3.0, 2.0], 0.99) == 4.0
