"""Standardised scores."""

import numpy as np
import pytest

from search.ranking.fusion import FLOOR, standardise, weighted


def scores(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_standardise_gives_mean_zero_and_deviation_one() -> None:
    found = standardise(scores(1, 2, 3))
    assert found == pytest.approx([-(1.5**0.5), 0, 1.5**0.5])


def test_only_the_best_set_the_scale() -> None:
    found = standardise(scores(1, 2, 3, -100), top=3)
    assert found[:3] == pytest.approx([-(1.5**0.5), 0, 1.5**0.5])
    assert found[3] == FLOOR


def test_equal_scores_say_nothing() -> None:
    assert standardise(scores(0, 0, 0)).tolist() == [0, 0, 0]
    assert standardise(scores()).tolist() == []


def test_weights_are_shares() -> None:
    parts = weighted({"words": (3.0, scores(1, 0)), "meaning": (1.0, scores(0, 1))})
    assert parts["words"] == pytest.approx([0.75, 0.0])
    assert parts["meaning"] == pytest.approx([0.0, 0.25])
