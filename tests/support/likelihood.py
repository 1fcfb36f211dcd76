"""Probabilities that a test decides by, instead of the calibration's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from search.model import Hit
from search.ranking import calibration as calibration_module
from search.ranking.confidence import Confidence, Model


def make_likely(patch: pytest.MonkeyPatch, shown: float, listed: float) -> None:
    """Let what is shown answer with a probability, where there is anything, and the list too."""

    def confidence(hits: Sequence[Hit], model: Model, *, shift: float = 0.0) -> Confidence:
        has_words = bool(hits) and hits[0].quotation is not None
        return Confidence(shown if has_words else 0.0, shown, listed)

    patch.setattr(calibration_module, "confidence", confidence)
