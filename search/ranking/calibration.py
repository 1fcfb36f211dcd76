"""Confidence that a generation answers with: the release's, or one fitted to the site. Pure.

Stored in the manifest of every generation, so that a decision can be traced to what made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from search.model import Hit
from search.ranking.confidence import (
    Action,
    Coefficients,
    Confidence,
    CosineScale,
    Model,
    action,
    confidence,
    default_model,
)

POLICY_VERSION = "p3"
"""Raise it when features, default coefficients or the rules of the decision change."""
DEFAULT_RISK_BUDGET = 0.1

CalibrationStatus = Literal["default", "articles", "labels"]
"""Texts that the confidence was fitted to: public libraries, the site's articles, readers' messages
with known answers."""


@dataclass(frozen=True)
class Calibration:
    """Models by language; a language without one of its own gets the release's.

    `encoder` is the fingerprint of the encoder that the models belong to: another encoder has other
    cosines. `labels` counts messages with known answers.
    """

    status: CalibrationStatus = "default"
    risk_budget: float = DEFAULT_RISK_BUDGET
    made_at: str = ""
    encoder: str = ""
    labels: int = 0
    models: Mapping[str, Model] = field(default_factory=dict)
    policy: str = POLICY_VERSION

    def model(self, lang: str) -> Model:
        return self.models.get(lang) or default_model(self.risk_budget)

    def confidence(self, hits: Sequence[Hit], lang: str) -> Confidence:
        """Probabilities for a ranking shown to a reader of `lang`."""
        return confidence(hits, self.model(lang))

    def action(self, likely: Confidence, lang: str) -> Action:
        return action(likely, self.model(lang))

    def fits(self, encoder: str) -> bool:
        """True when the models may be used with an encoder and with this version of the code."""
        if self.status == "default":
            return True
        return self.encoder == encoder and self.policy == POLICY_VERSION

    def in_force(self) -> Calibration:
        """The same; the release's where the models are of another version of the code.

        With a site's own encoder the release's would claim too much, so that it answers nothing
        until the next build has chosen between the two.
        """
        if self.status == "default" or self.policy == POLICY_VERSION:
            return self
        return Calibration(risk_budget=0.0)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `from_dict` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Calibration:
        """Read it; one of another policy comes without its models, whose features may be others.

        Raises KeyError, TypeError or ValueError for anything that `to_dict` did not write.
        """
        if row["policy"] != POLICY_VERSION:
            known = {one.name: row[one.name] for one in fields(cls) if one.name in row}
            return cls(**{**known, "models": {}})
        models = {lang: _model(values) for lang, values in row["models"].items()}
        return cls(**{**row, "models": models})


def _model(row: Mapping[str, Any]) -> Model:
    coefficients = {
        name: Coefficients(**row[name])
        for name in ("hybrid_top", "hybrid_listed", "lexical_top", "lexical_listed")
    }
    return Model(
        gaps=CosineScale(**row["gaps"]),
        answer_from=float(row["answer_from"]),
        offer_from=float(row["offer_from"]),
        **coefficients,
    )
