"""Postings as files and arrays: written for each segment, read back without dead passages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FrequencyArray = npt.NDArray[np.uint16]
"""(n, len(FIELDS)) frequencies of a term in each field."""

FIELDS = ("title", "headings", "labels", "body")
"""Columns of term frequencies. `labels` are tags and questions of the article."""
POSTINGS, POSTINGS_SUFFIX = "postings", ".npz"
"""Folder of the arrays in that of the index, and how their files end."""


class IndexSegment(NamedTuple):
    """Live postings of one segment; `passages` are numbers in the whole corpus."""

    terms: list[str]
    counts: IntArray
    passages: IntArray
    frequencies: FrequencyArray


def write_postings(
    path: Path, *, keys: Sequence[str], postings: Mapping[str, Mapping[int, Sequence[int]]]
) -> None:
    """Write one segment: passage keys by local number, and term → {passage: frequency by field}."""
    terms = sorted(postings)
    ordered = [sorted(postings[term].items()) for term in terms]
    offsets = np.cumsum([0, *map(len, ordered)], dtype=np.int64)
    flat = [pair for pairs in ordered for pair in pairs]
    passages = np.array([passage for passage, _ in flat], dtype=np.int32)
    counts = np.array([counts for _, counts in flat], dtype=np.int64).reshape(-1, len(FIELDS))
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            keys=_packed(keys),
            terms=_packed(terms),
            offsets=offsets,
            passages=passages,
            frequencies=np.minimum(counts, np.iinfo(np.uint16).max).astype(np.uint16),
        )


def read_segments(files: Iterable[Path], keys: Sequence[str]) -> list[IndexSegment]:
    """Read segments' postings for the passages `keys`; others in them are dead.

    Raises ValueError when a passage of `keys` is in no segment.
    """
    numbers = {key: number for number, key in enumerate(keys)}
    segments, seen = [], np.zeros(len(keys), dtype=bool)
    for path in files:
        with np.load(path) as arrays:
            local = np.array(
                [numbers.get(k, -1) for k in _unpacked(arrays["keys"])], dtype=np.int64
            )
            # An article edited and edited back is in two segments, with equal postings.
            is_live = local >= 0
            local[is_live] = np.where(seen[local[is_live]], -1, local[is_live])
            seen[local[local >= 0]] = True
            segments.append(_live_segment(arrays, local))
    if not seen.all():
        raise ValueError(f"the index lacks {int((~seen).sum())} of {len(keys)} passages")
    return segments


def joined(
    segments: Sequence[IndexSegment], vocabulary: dict[str, int]
) -> tuple[IntArray, IntArray, FrequencyArray]:
    """Term, passage and frequencies of every posting, ordered by term.

    Terms are numbers in `vocabulary`, which gets those it lacks.
    """
    numbers = [
        np.array([vocabulary.setdefault(t, len(vocabulary)) for t in s.terms], int)
        for s in segments
    ]
    terms = _flat([np.repeat(n, s.counts) for n, s in zip(numbers, segments, strict=True)])
    passages = _flat([s.passages for s in segments])
    nothing = np.zeros((0, len(FIELDS)), np.uint16)
    frequencies = np.concatenate([nothing, *(s.frequencies for s in segments)])
    order = np.lexsort((passages, terms))
    return terms[order], passages[order], frequencies[order]


def _live_segment(arrays: Mapping[str, npt.NDArray[np.generic]], local: IntArray) -> IndexSegment:
    """Drop postings of passages that are no longer in the corpus (number -1)."""
    passages = local[arrays["passages"].astype(np.int64)]
    is_live = passages >= 0
    live_before = np.concatenate([[0], np.cumsum(is_live)])
    counts = np.diff(live_before[arrays["offsets"].astype(np.int64)])
    frequencies = arrays["frequencies"].astype(np.uint16)[is_live]
    has_any = counts > 0
    terms = [t for t, keep in zip(_unpacked(arrays["terms"]), has_any, strict=True) if keep]
    return IndexSegment(terms, counts[has_any], passages[is_live], frequencies)


def _flat(arrays: list[IntArray]) -> IntArray:
    return np.concatenate(arrays or [np.zeros(0, dtype=np.int64)]).astype(np.int64)


def _packed(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _unpacked(packed: npt.NDArray[np.generic]) -> list[str]:
    text = packed.tobytes().decode()
    return text.split("\n") if text else []
