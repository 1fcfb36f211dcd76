"""The share of messages without an answer, estimated from verdicts."""

from __future__ import annotations

import numpy as np
import pytest

from search.evaluation.base_rate import LEAST_VERDICTS, unanswerable_share
from search.ranking.confidence import prior_shift


def _verdicts(share: float, *, assumed: float, count: int = 4000) -> tuple[list[float], list[bool]]:
    """Answers stated for `assumed` at a site where `share` of the messages have none."""
    chance = np.random.default_rng(3)
    stated = chance.uniform(0.5, 0.98, count)
    log_odds = np.log(stated / (1 - stated)) + prior_shift(assumed, share)
    solved = chance.uniform(size=count) < 1 / (1 + np.exp(-log_odds))
    return stated.tolist(), solved.tolist()


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_the_share_behind_the_verdicts_is_found(share: float) -> None:
    stated, solved = _verdicts(share, assumed=0.5)

    assert unanswerable_share(stated, solved, assumed=0.5) == pytest.approx(share, abs=0.05)


def test_few_verdicts_say_nothing() -> None:
    stated, solved = _verdicts(0.5, assumed=0.5, count=LEAST_VERDICTS - 1)

    assert unanswerable_share(stated, solved, assumed=0.5) is None


@pytest.mark.parametrize(("helped", "share"), [(True, 0.05), (False, 0.95)])
def test_unanimous_verdicts_stop_at_the_rim(helped: bool, share: float) -> None:
    stated = [0.9] * LEAST_VERDICTS

    assert unanswerable_share(stated, [helped] * LEAST_VERDICTS, assumed=0.5) == share
