"""Documents nearest in meaning, worked out while building. Pure.

A document is the mean of its passages. Embeddings of one language share a large part that says
only which language it is, so each language's own mean is taken off first: cosines then spread from
about 0 for strangers to 0.7 for twins, and one threshold suits languages and libraries alike.

Judged by what the authors of the sample library name as related (118 documents): this finds 71 %
of it among the first four and one of it first in 84 %; the best pairs of passages find 76 % and
81 %, but take the square of all passages, seconds in each build of a thousand articles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.semantic.vectors import FloatArray, Vectors

VERSION = 1
"""Part of a generation's fingerprint: raise it when neighbours come out differently."""
MOST = 8
"""Neighbours kept of a document: more than a page shows beside those its author named."""
LEAST = 0.4
"""Of cosine and bonus. Origin: from here up, more than half of the neighbours in the sample library
are ones its authors name too."""
SHELF_BONUS = 0.1
"""For the same section and category. Origin: 0.0 to 0.15 tried on the sample library."""
ALIKE = 0.94
"""Cosine, with what is common to the language in it, from which two documents say the same: the one
rule of `kb check`, the authors' bar and the editor.

Origin: pairs of three libraries, read by both measures. Of the sample library none has it (.923 at
most: headphones paired with one phone, and with two), of Arduino's 403 articles 7, each of which an
author would want to see (accounts of minors in two places, one firmware update told twice, notices
of the same incident), of VK Cloud's 1,206 51: one instruction for two versions, one question
answered in two places. Less the language, as neighbours are told, the same pairs come first, but
the threshold does not hold: .75 adds to Arduino's 7 two-step verification switched on and off,
other errors of the compiler and security notices about other programs (14 more, five of them
worth it), and to VK Cloud's 51 a hundred more; .85 finds 6 and 34; and among three articles it says
nothing, so that a young library would be told nothing or wrong things."""
_ROWS_AT_ONCE = 512
"""Documents compared with all others at a time, so that memory stays bounded."""


@dataclass(frozen=True)
class DocumentPassages:
    """A document as neighbours are told: translations share the group."""

    id: str
    group: str
    lang: str
    shelf: tuple[str, str]
    passages: slice
    """Rows of the matrix; never empty."""


def nearest(places: Sequence[DocumentPassages], passages: Vectors) -> Mapping[str, tuple[str, ...]]:
    """Id of each document that has any → groups of the nearest, best first, at most MOST.

    A group is judged by its version in the document's own language where there is one, else by
    its nearest. Equal input gives equal output.
    """
    if not places:
        return {}
    rows = _meanings(places, passages)
    shelves = np.unique([repr(place.shelf) for place in places], return_inverse=True)[1]
    rivals = _rivals(places)
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(places), _ROWS_AT_ONCE):
        some = slice(start, start + _ROWS_AT_ONCE)
        scores = rows[some] @ rows.T + SHELF_BONUS * (shelves[some, None] == shelves)
        for place, scored in zip(places[some], scores, strict=True):
            if groups := _best(place, places, scored, rivals[place.lang]):
                found[place.id] = groups
    return found


def alike(
    places: Sequence[DocumentPassages], passages: Vectors
) -> list[tuple[DocumentPassages, DocumentPassages, float]]:
    """Pairs of documents of one language that say the same, with their cosine; likest first."""
    rows = _of_documents(places, _unit(passages.decoded())) if places else passages.decoded()
    found = []
    for start in range(0, len(places), _ROWS_AT_ONCE):
        cosines = rows[start : start + _ROWS_AT_ONCE] @ rows.T
        for first, second in np.argwhere(cosines >= ALIKE).tolist():
            one, other = places[start + first], places[second]
            is_pair = start + first < second and one.group != other.group
            if is_pair and one.lang == other.lang:
                found.append((one, other, float(cosines[first, second])))
    return sorted(found, key=lambda pair: (-round(pair[2], 3), pair[0].id, pair[1].id))


def alike_to(
    place: DocumentPassages, places: Sequence[DocumentPassages], passages: Vectors
) -> list[tuple[DocumentPassages, float]]:
    """Documents of its language that say the same as `place`, which is one of `places`; likest
    first: the pairs of `alike` that it has a part in."""
    rows = _of_documents(places, _unit(passages.decoded()))
    cosines = rows @ rows[list(places).index(place)]
    found = [
        (places[at], float(cosines[at]))
        for at in np.flatnonzero(cosines >= ALIKE).tolist()
        if places[at].lang == place.lang and places[at].group != place.group
    ]
    return sorted(found, key=lambda one: (-round(one[1], 3), one[0].id))


def _meanings(places: Sequence[DocumentPassages], passages: Vectors) -> FloatArray:
    """(n_places, dim) float32 of unit length, or zero where nothing is left but the language."""
    rows = passages.decoded()
    langs = np.array([place.lang for place in places])
    sizes = [place.passages.stop - place.passages.start for place in places]
    of_rows = np.repeat(langs, sizes)
    for lang in np.unique(langs):
        rows[of_rows == lang] -= rows[of_rows == lang].mean(axis=0)
    return _of_documents(places, _unit(rows))


def _of_documents(places: Sequence[DocumentPassages], rows: FloatArray) -> FloatArray:
    """(n_places, dim) float32 of unit length: what the passages of each have in common."""
    return _unit(np.stack([rows[place.passages].sum(axis=0) for place in places]))


def _unit(rows: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > 1e-6, rows / np.maximum(lengths, 1e-6), 0), np.float32)


def _rivals(places: Sequence[DocumentPassages]) -> Mapping[str, npt.NDArray[np.bool_]]:
    """Language → which documents a reader of it is shown: other versions only where it has none."""
    langs = {place.lang for place in places}
    has = {(place.group, place.lang) for place in places}
    return {
        lang: np.array([it.lang == lang or (it.group, lang) not in has for it in places])
        for lang in langs
    }


def _best(
    place: DocumentPassages,
    places: Sequence[DocumentPassages],
    scores: FloatArray,
    rivals: npt.NDArray[np.bool_],
) -> tuple[str, ...]:
    near = np.flatnonzero(rivals & (scores >= LEAST))
    # Rounded, so that the last bits of a sum, which machines differ in, decide no order.
    in_order = near[np.argsort(-np.round(scores[near], 3), kind="stable")]
    groups = dict.fromkeys(places[other].group for other in in_order)
    groups.pop(place.group, None)
    return tuple(groups)[:MOST]
