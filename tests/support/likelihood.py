"""Probabilities and thresholds that a test decides by, instead of the calibration's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from search.model import Hit
from search.ranking import calibration as calibration_module
from search.ranking.confidence import Confidence, Model, release

ANSWER_FROM, OFFER_FROM = 0.8, 0.45
_FITTED = release().model
MODEL = replace(
    _FITTED,
    bases={
        basis: replace(of, answer_from=ANSWER_FROM, offer_from=OFFER_FROM)
        for basis, of in _FITTED.bases.items()
    },
)
"""The release's, with the same thresholds at every basis, so that no new fit decides a test."""


def make_likely(patch: pytest.MonkeyPatch, shown: float, listed: float) -> None:
    """Let what is shown answer with a probability, where there is anything, and the list too.

    What comes of it is decided by MODEL.
    """

    def confidence(hits: Sequence[Hit], model: Model, *, shift: float = 0.0) -> Confidence:
        has_words = bool(hits) and hits[0].quotation is not None
        return Confidence(shown if has_words else 0.0, shown, listed)

    patch.setattr(calibration_module, "confidence", confidence)
    patch.setattr(calibration_module, "default_model", lambda _: MODEL)
