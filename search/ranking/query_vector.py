"""The vector of a query, or its absence: no search fails for want of an encoder."""

from __future__ import annotations

import logging
import math
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from search.errors import EncoderUnavailable
from search.generation.manifest import REBUILD
from search.ranking.interpretation import InterpretedQuery

log = logging.getLogger(__name__)

FloatArray = npt.NDArray[np.float32]

MORE_READINGS_S = 0.1
"""An encoder that is slower reads a query in one way only, so that nobody waits for it."""
UNHURRIED_S = math.inf
"""The same where nobody waits, and results must not depend on how quick the machine is."""


class QueryEncoding(Protocol):
    """Gives a query vector or raises EncoderUnavailable, in bounded time."""

    def encode_query(self, text: str) -> FloatArray: ...


@dataclass(frozen=True)
class QueryVector:
    """(dim,) float32 of unit length, or None; `is_degraded` when one was wanted in vain."""

    values: FloatArray | None = None
    is_degraded: bool = False
    encode_ms: float = 0.0


def encode(
    encoder: QueryEncoding | None,
    query: InterpretedQuery,
    *,
    dim: int,
    more_readings_s: float = MORE_READINGS_S,
) -> QueryVector:
    """Encode a query for an index of `dim` dimensions. Never raises for what an encoder does.

    Further readings of the query are encoded while no more than `more_readings_s` have passed.
    """
    if encoder is None:
        return QueryVector(is_degraded=True)
    started = time.perf_counter()
    try:
        vector = _encoded(encoder, query, more_readings_s)
    except EncoderUnavailable as error:
        log.warning("search is lexical only: %s", error)
        return QueryVector(is_degraded=True, encode_ms=_ms_since(started))
    encode_ms = _ms_since(started)
    if vector.shape != (dim,):
        log.error("query encoder and index differ in dimension; %s", REBUILD)
        return QueryVector(is_degraded=True, encode_ms=encode_ms)
    return QueryVector(vector, encode_ms=encode_ms)


def _encoded(encoder: QueryEncoding, query: InterpretedQuery, more_readings_s: float) -> FloatArray:
    """The meaning of a query; of one in doubt, between its readings."""
    first, *more = _readings(query)
    started = time.perf_counter()
    vectors = [encoder.encode_query(first)]
    for reading in more:
        # Others refine the first: they may neither fail a search nor add their own deadlines to it.
        if time.perf_counter() - started > more_readings_s:
            break
        with suppress(EncoderUnavailable):
            vectors.append(encoder.encode_query(reading))
    if len(vectors) == 1:
        return vectors[0]
    total = np.sum(vectors, axis=0)
    return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


def _readings(query: InterpretedQuery) -> list[str]:
    """Texts that may be what was meant, the likeliest first.

    An encoder reads small errors well, and a repair can be wrong; a word of the site may be one
    that it does not know, or knows otherwise.
    """
    readings = [query.text]
    if query.repair and set(query.repair.kinds) <= {"spelling", "spacing"}:
        readings.append(query.query)
    if query.meanings:
        readings.append(" ".join((query.text, *query.meanings)))
    return readings


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
