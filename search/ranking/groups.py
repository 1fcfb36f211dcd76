"""Groups: of the translations of one article one is shown, and they stand in one order."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from search.generation.corpus import BoolArray, Corpus
from search.ranking.weights import OTHER_LANGUAGE_PENALTY

FloatArray = npt.NDArray[np.float32]

MAX_HITS = 200


def grouped(
    candidates: Iterable[int], total: FloatArray, *, corpus: Corpus, allowed: BoolArray, lang: str
) -> list[int]:
    """Documents to show, best first, one a group, at most MAX_HITS.

    `total` (n_documents,) are the fused scores; those of documents shown become what they are
    ordered by: the best of their group, less OTHER_LANGUAGE_PENALTY in another language.
    """
    documents = corpus.documents
    numbers = list(candidates)
    best_by_group: dict[str, float] = {}
    for number, score in zip(numbers, total[numbers].tolist(), strict=True):
        group = documents[number].group
        best_by_group[group] = max(best_by_group.get(group, -np.inf), score)
    placed = []
    for group, score in best_by_group.items():
        number = _version(corpus, group, total, allowed, lang)
        if documents[number].lang != lang:
            score -= OTHER_LANGUAGE_PENALTY
        placed.append((-score, documents[number].id, number))
    placed.sort()
    ranking = [number for _, _, number in placed]
    total[ranking] = [-score for score, _, _ in placed]
    return ranking[:MAX_HITS]


def _version(corpus: Corpus, group: str, total: FloatArray, allowed: BoolArray, lang: str) -> int:
    """The language version to show: the reader's, else the best allowed one."""
    versions = corpus.groups[group]
    if len(versions) == 1:
        return versions[0]
    versions = tuple(d for d in versions if allowed[d])
    own = [d for d in versions if corpus.documents[d].lang == lang]
    return own[0] if own else max(versions, key=lambda d: float(total[d]))
