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
from search.text.analysis import MAX_NORMALISED_CHARS, clean

FloatArray = npt.NDArray[np.float32]
MessageKind = Literal["danger", "sensitive", "person", "thanks", "ordinary"]

KINDS: tuple[MessageKind, ...] = ("danger", "sensitive", "person", "thanks", "ordinary")
MATTERS: dict[MessageKind, DecisionReason] = {
    "danger": "safety",
    "sensitive": "sensitive_topic",
    "person": "user_requested",
}
"""Kinds that a person must have, with their reasons."""
MAX_READ_CHARS, MOST_PARTS = 2000, 5
"""Read of a message: as much as lists read."""
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


@dataclass(frozen=True)
class Heard:
    """The reason that a message's meaning tells; None when articles decide."""

    reason: DecisionReason | None = None
    is_missed: bool = False
    """The encoder was there, and gave no vector in time: it need not be asked again so soon."""


def hear(loaded: Loaded, message: str) -> Heard:
    """Hear what a message means; nothing without the encoder that the model knows.

    Costs nothing beside the search for the same words: the encoder keeps their vector. Of a long
    message, whose meaning is a mixture, every part is heard and the gravest counts.
    """
    searcher, model = loaded.searcher, release_model()
    if searcher.encoder is None:
        return Heard()
    if searcher.generation.manifest.fingerprints["encoder"] != model.encoder:
        return Heard()
    try:
        told = {model.reason(searcher.encoder.encode_query(part)) for part in parts(message)}
    except EncoderUnavailable:
        return Heard(is_missed=True)
    grave = (reason for reason in MATTERS.values() if reason in told)
    return Heard(next(grave, _only(told)))


def meant(loaded: Loaded, message: str) -> DecisionReason | None:
    """The reason that a message's meaning tells; None too when it cannot be had in time."""
    return hear(loaded, message).reason


def parts(message: str) -> list[str]:
    """A message cleaned, in parts of whole words, each no longer than a query; none if empty."""
    words = " ".join(message[:MAX_READ_CHARS].split())
    found: list[str] = []
    while words and len(found) < MOST_PARTS:
        end = len(words)
        if end > MAX_NORMALISED_CHARS:
            space = words.rfind(" ", 1, MAX_NORMALISED_CHARS)
            end = space if space > 0 else MAX_NORMALISED_CHARS
        found.append(clean(words[:end]))
        words = words[end:].strip()
    return [part for part in found if part]


def _only(told: set[DecisionReason | None]) -> DecisionReason | None:
    """The reason of all parts; None where they differ."""
    return next(iter(told)) if len(told) == 1 else None
