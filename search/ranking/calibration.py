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
    BasisModel,
    Confidence,
    Model,
    action,
    basis_of,
    confidence,
    default_model,
    model_of,
    prior_shift,
    release,
)

POLICY_VERSION = "p5"
"""Raise it when features, default coefficients or the rules of the decision change."""
DEFAULT_RISK_BUDGET = 0.1
DEFAULT_UNANSWERABLE = 0.5
"""Share of messages that nothing answers, assumed until it is known: of three shops' real chats it
was .42, .54 and .72 (HINT3, EMNLP 2020)."""

CalibrationStatus = Literal["default", "articles", "labels"]
"""Texts that the confidence was fitted to: public libraries, the site's articles, readers' messages
with known answers."""


@dataclass(frozen=True)
class Calibration:
    """Models by language; a language without one of its own gets the release's.

    `encoder` is the fingerprint of the encoder that the models belong to: another encoder has other
    cosines. `labels` counts messages with known answers. `unanswerable` is the share of messages
    that nothing answers at this site, `fitted_unanswerable` that of the messages fitted to.
    """

    status: CalibrationStatus = "default"
    risk_budget: float = DEFAULT_RISK_BUDGET
    made_at: str = ""
    encoder: str = ""
    labels: int = 0
    models: Mapping[str, Model] = field(default_factory=dict)
    policy: str = POLICY_VERSION
    unanswerable: float = DEFAULT_UNANSWERABLE

    def model(self, lang: str) -> Model:
        return self.models.get(lang) or default_model(self.risk_budget)

    def confidence(self, hits: Sequence[Hit], lang: str) -> Confidence:
        """Probabilities for a ranking shown to a reader of `lang`."""
        return confidence(hits, self.model(lang), shift=self.shift)

    @property
    def shift(self) -> float:
        """Log-odds by which an answer is likelier here than among the release's messages."""
        return prior_shift(release().unanswerable, self.unanswerable)

    def action(self, likely: Confidence, lang: str, hits: Sequence[Hit]) -> Action:
        return action(likely, self.model(lang), basis_of(hits))

    def basis(self, hits: Sequence[Hit], lang: str) -> BasisModel | None:
        """Model that a ranking is judged by; None for an empty one."""
        basis = basis_of(hits)
        return None if basis == "none" else self.model(lang).bases[basis]

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
        models = {lang: model_of(values) for lang, values in row["models"].items()}
        return cls(**{**row, "models": models})
