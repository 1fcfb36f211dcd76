"""Probabilities and thresholds that a test fixes, so that no release's fit decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from search.model import Hit
from search.ranking import calibration
from search.ranking.confidence import Confidence, Model, release

ANSWER_FROM, OFFER_FROM = 0.8, 0.45
_FITTED = release().model
MODEL = replace(
    _FITTED,
    stages={
        stage: replace(of, answer_from=ANSWER_FROM, offer_from=OFFER_FROM)
        for stage, of in _FITTED.stages.items()
    },
)
"""The release's, with thresholds that are the same at every stage."""


def fix_confidence(patch: pytest.MonkeyPatch, shown: float, listed: float) -> None:
    """Give every ranking with hits these probabilities, and decide them by MODEL."""

    def confidence(hits: Sequence[Hit], model: Model, *, shift: float = 0.0) -> Confidence:
        return Confidence(shown, shown, listed) if hits else Confidence(0.0, 0.0, 0.0)

    patch.setattr(calibration, "confidence", confidence)
    patch.setattr(calibration, "default_model", lambda _: MODEL)
