"""Candidates of a query: the documents that retrievers propose; only proposed ones are hits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from search.generation.corpus import BoolArray, Corpus, CorpusDocument
from search.ranking.index_reader import Scores
from search.text.words import key

FloatArray = npt.NDArray[np.float32]

CANDIDATES = 50
"""Documents each retriever proposes."""
MAX_PHRASES = 3

_PHRASE = re.compile(r"[\"“„«]([^\"“”„«»]{2,})[\"”“»]")


def candidates(scores: Scores, allowed: BoolArray) -> set[int]:
    """Numbers of the allowed documents that any retriever puts among its CANDIDATES best."""
    bm25 = np.where(allowed, scores.document_bm25, 0.0)
    proposed = {d for d in _best(bm25, CANDIDATES) if bm25[d] > 0}
    for similarity in (scores.document_cosine, scores.label_cosine):
        if similarity is not None:
            nearest = _best(np.where(allowed, similarity, -2.0), CANDIDATES)
            proposed.update(d for d in nearest if allowed[d])
    return proposed


def phrase_holders(query: str, corpus: Corpus, documents: Sequence[int]) -> Iterator[list[int]]:
    """For each phrase that a query has in quotes, those of `documents` that hold it."""
    for phrase in [key(p).strip() for p in _PHRASE.findall(query)[:MAX_PHRASES]]:
        yield [d for d in documents if _holds(corpus, corpus.documents[d], phrase)]


def _holds(corpus: Corpus, document: CorpusDocument, phrase: str) -> bool:
    if phrase in key(document.title):
        return True
    passages = corpus.passages[document.first : document.end]
    return any(phrase in key(text) for p in passages for text in (*p.headings, p.text))


def _best(values: FloatArray, count: int) -> list[int]:
    """Numbers of the `count` highest values, in no order."""
    if len(values) <= count:
        return list(range(len(values)))
    return [int(number) for number in np.argpartition(-values, count)[:count]]
