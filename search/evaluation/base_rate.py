"""Share of messages that nothing answers, by what customers said of their answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.ranking.confidence import prior_shift

LEAST_VERDICTS = 200
"""With fewer the share that was assumed stays."""
RANGE = (0.05, 0.95)
STEP = 0.05
"""Of what is stated: verdicts come from those who click, and say no more than this."""


def unanswerable_share(
    stated: Sequence[float], solved: Sequence[bool], *, assumed: float
) -> float | None:
    """The share with which confidence would have told how many answers helped.

    `stated` are the probabilities of answers with a verdict, as they were stated while the share
    `assumed` was; None with fewer than LEAST_VERDICTS. Where more answers helped than was stated,
    fewer messages lack an answer than was assumed, and the other way round.
    """
    if len(stated) < LEAST_VERDICTS:
        return None
    kept = np.clip(np.asarray(stated, dtype=float), 1e-6, 1 - 1e-6)
    log_odds = np.log(kept / (1 - kept))
    helped = float(np.mean(solved))

    def excess(share: float) -> float:
        shift = prior_shift(assumed, share)
        return float((1 / (1 + np.exp(-(log_odds + shift)))).mean()) - helped

    low, high = RANGE
    # `excess` falls as the share rises.
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return float(np.clip(round(low / STEP) * STEP, *RANGE).round(2))
