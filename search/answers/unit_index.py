"""A generation's units as reading sees them: text, embeddings, tokens. Immutable, thread-safe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.answers.unit_reader import UnitKey
from search.errors import IndexCorrupt, ReaderUnavailable
from search.generation.corpus import Corpus, CorpusDocument
from search.generation.files import READER, UNIT_TOKENS, UNIT_VECTORS
from search.generation.manifest import REBUILD
from search.generation.open_generation import OpenGeneration
from search.generation.unit_store import UNITS, UnitStore
from search.generation.unit_tokens import UnitTokens
from search.semantic.reader import TokenArray
from search.semantic.vectors import Vectors
from search.text.units import DocumentUnits

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class UnitPlace:
    """A unit by its document's number and its own in it."""

    document: int
    unit: int


class UnitIndex:
    """Raises IndexCorrupt when the parts of a generation do not fit together."""

    def __init__(self, generation: OpenGeneration, corpus: Corpus) -> None:
        self._documents = corpus.documents
        count = corpus.documents[-1].end_unit if corpus.documents else 0
        try:
            self._store = UnitStore(generation.path(UNITS), len(corpus.documents))
            has_vectors = bool(generation.paths(UNIT_VECTORS))
            self.vectors = Vectors.open(generation.path(UNIT_VECTORS)) if has_vectors else None
            has_tokens = bool(generation.paths(f"{READER}/"))
            self._tokens = UnitTokens.open(generation.path(UNIT_TOKENS)) if has_tokens else None
        except (ValueError, TypeError, OSError, KeyError) as error:
            raise IndexCorrupt(f"{generation.folder}: {error}; {REBUILD}") from error
        for part in (self.vectors, self._tokens):
            if part is not None and len(part) != count:
                raise IndexCorrupt(f"{generation.folder} has {count} units; {REBUILD}")

    @property
    def has_tokens(self) -> bool:
        return self._tokens is not None

    def units(self, document: int) -> DocumentUnits:
        return self._store.document(document)

    def cosines(self, document: int, vector: FloatArray) -> FloatArray:
        """(n_units,) cosine of each unit of a document to a query of unit length."""
        place = self._documents[document]
        if self.vectors is None:
            return np.zeros(place.end_unit - place.first_unit, dtype=np.float32)
        rows = self.vectors.decoded(slice(place.first_unit, place.end_unit))
        return np.asarray(rows @ vector, dtype=np.float32)

    def tokens(self, place: UnitPlace) -> TokenArray:
        if self._tokens is None:
            raise ReaderUnavailable("the index was built without a reader")
        return self._tokens[self._documents[place.document].first_unit + place.unit]

    def key(self, place: UnitPlace) -> UnitKey:
        document: CorpusDocument = self._documents[place.document]
        return UnitKey(document.fingerprint, place.unit)
