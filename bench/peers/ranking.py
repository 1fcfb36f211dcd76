"""Passages → documents, before indexing or after it, and fusion by rank. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from bench.peers.model import PeerPassage

RRF_K = 60
"""Source: Cormack, Clarke, Büttcher, SIGIR 2009."""


def whole_documents(passages: Sequence[PeerPassage]) -> list[PeerPassage]:
    """Each document as one long passage, for engines that rank words: most gain by it.

    Passages of a document stand together. The vector is the first one's and is not to be used.
    """
    together = [list(group) for _, group in groupby(passages, key=lambda it: it.document_id)]
    return [replace(group[0], text="\n".join(it.text for it in group)) for group in together]


def best_documents(ranking: Iterable[int], passages: Sequence[PeerPassage]) -> tuple[str, ...]:
    """Documents of passage numbers, best first: each document where its best passage is."""
    return tuple(dict.fromkeys(passages[number].document_id for number in ranking))


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]], *, k: int = RRF_K) -> list[int]:
    """Join rankings of passage numbers into one, best first; ties keep first-seen order.

    A passage at rank r (from 1) earns 1 / (k + r) in each ranking.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, start=1):
            scores[number] = scores.get(number, 0.0) + 1 / (k + rank)
    return sorted(scores, key=lambda number: -scores[number])
