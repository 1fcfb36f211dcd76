"""Matters for a person and thanks told by what a message means, beside the lists of words.

Lists know the words that somebody thought of; people tell of the same danger in words of their own.
A small classifier of the query's vector, which a search needs anyway, hears these. It belongs to
the encoder that comes with the release: with another, or without one, the lists decide alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from kb.catalog.generation import Loaded
from kb.suggestions.reasons import DecisionReason
from search.errors import EncoderUnavailable
from search.text.analysis import clean

FloatArray = npt.NDArray[np.float32]
MessageKind = Literal["danger", "sensitive", "person", "thanks", "ordinary"]

KINDS: tuple[MessageKind, ...] = ("danger", "sensitive", "person", "thanks", "ordinary")
MATTERS: dict[MessageKind, DecisionReason] = {
    "danger": "safety",
    "sensitive": "sensitive_topic",
    "person": "user_requested",
}
"""Kinds that a person must have, with their reasons."""
RELEASE_FILE = Path(__file__).with_name("message_kinds.npz")
"""Trained by `bench/relevance/message_kinds.py`."""


@dataclass(frozen=True)
class MeaningModel:
    """A network of one hidden layer from a query's vector to a softmax of KINDS."""

    encoder: str
    """Fingerprint of the encoder whose vectors it knows."""
    hidden: FloatArray
    """(units, dim + 1): weights and bias of rectified linear units."""
    output: FloatArray
    """(kinds, units + 1): weights and bias."""
    matter_from: float
    """Least probability that a person must have the message."""
    thanks_from: float

    def reason(self, vector: FloatArray) -> DecisionReason | None:
        """The reason that a vector of shape (dim,) tells; None when articles decide."""
        share = dict(zip(KINDS, self.probabilities(vector[np.newaxis])[0].tolist(), strict=True))
        if sum(share[kind] for kind in MATTERS) >= self.matter_from:
            return MATTERS[max(MATTERS, key=lambda kind: share[kind])]
        return "thanks" if share["thanks"] >= self.thanks_from else None

    def probabilities(self, vectors: FloatArray) -> FloatArray:
        """(n, kinds) for vectors of shape (n, dim)."""
        inner = np.maximum(vectors @ self.hidden[:, :-1].T + self.hidden[:, -1], 0)
        logits = inner @ self.output[:, :-1].T + self.output[:, -1]
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: FloatArray = shares / shares.sum(axis=1, keepdims=True)
        return found

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            encoder=np.array(self.encoder),
            hidden=self.hidden.astype(np.float16),
            output=self.output.astype(np.float16),
            limits=np.array([self.matter_from, self.thanks_from]),
        )

    @classmethod
    def load(cls, path: Path) -> MeaningModel:
        with np.load(path, allow_pickle=False) as held:
            matter_from, thanks_from = held["limits"].tolist()
            return cls(
                str(held["encoder"]),
                held["hidden"].astype(np.float32),
                held["output"].astype(np.float32),
                matter_from,
                thanks_from,
            )


@cache
def release_model() -> MeaningModel:
    return MeaningModel.load(RELEASE_FILE)


def meant(loaded: Loaded, message: str) -> DecisionReason | None:
    """The reason that a message's meaning tells; None too when its meaning cannot be had in time.

    Costs nothing beside the search for the same words: the encoder keeps their vector.
    """
    searcher, model = loaded.searcher, release_model()
    text = clean(message)
    if searcher.encoder is None or not text:
        return None
    if searcher.generation.manifest.fingerprints["encoder"] != model.encoder:
        return None
    try:
        return model.reason(searcher.encoder.encode_query(text))
    except EncoderUnavailable:
        return None
