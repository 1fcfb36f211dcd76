"""Best values of groups against the plain way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.ranking.aggregation import PassageAggregator


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40), st.integers(0, 99))
def test_agrees_with_sorting_each_group(counts: list[int], seed: int) -> None:
    first = np.cumsum([0, *counts[:-1]])
    values = np.random.default_rng(seed).normal(size=sum(counts)).astype(np.float32)
    groups = PassageAggregator(first, len(values))
    parts = [np.sort(part) for part in np.split(values, first[1:])]
    assert groups.maxima(values) == pytest.approx([part[-1] for part in parts])
    expected = [float(part[-2:].mean()) for part in parts]
    assert groups.means_of_two_best(values) == pytest.approx(expected, abs=1e-6)


def test_no_documents_have_no_values() -> None:
    groups = PassageAggregator(np.zeros(0, dtype=np.int64), 0)
    nothing = np.zeros(0, dtype=np.float32)
    assert groups.maxima(nothing).shape == groups.means_of_two_best(nothing).shape == (0,)
