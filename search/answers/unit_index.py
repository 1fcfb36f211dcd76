"""A generation's units as reading sees them: text and tokens. Immutable, thread-safe."""

from __future__ import annotations

from dataclasses import dataclass

from search.answers.unit_reader import UnitKey
from search.errors import IndexCorrupt, ReaderUnavailable
from search.generation.corpus import Corpus, CorpusDocument
from search.generation.files import READER, UNIT_TOKENS
from search.generation.manifest import REBUILD
from search.generation.open_generation import OpenGeneration
from search.generation.unit_store import UNITS, UnitStore
from search.generation.unit_tokens import UnitTokens
from search.semantic.reader import TokenArray
from search.text.units import DocumentUnits


@dataclass(frozen=True)
class UnitPlace:
    """A unit by its document's number and its own in it."""

    document: int
    unit: int


class UnitIndex:
    """Raises IndexCorrupt when the parts of a generation do not fit together."""

    def __init__(self, generation: OpenGeneration, corpus: Corpus) -> None:
        self._documents = corpus.documents
        self._numbers = {document.id: n for n, document in enumerate(corpus.documents)}
        count = corpus.documents[-1].end_unit if corpus.documents else 0
        try:
            self._store = UnitStore(generation.path(UNITS), len(corpus.documents))
            has_tokens = bool(generation.paths(f"{READER}/"))
            self._tokens = UnitTokens.open(generation.path(UNIT_TOKENS)) if has_tokens else None
        except (ValueError, TypeError, OSError, KeyError) as error:
            raise IndexCorrupt(f"{generation.folder}: {error}; {REBUILD}") from error
        if self._tokens is not None and len(self._tokens) != count:
            raise IndexCorrupt(f"{generation.folder} has {count} units; {REBUILD}")

    @property
    def has_tokens(self) -> bool:
        return self._tokens is not None

    def number(self, document_id: str) -> int:
        """The document's place in the corpus, by which all else is asked for."""
        return self._numbers[document_id]

    def units(self, document: int) -> DocumentUnits:
        return self._store.document(document)

    def tokens(self, place: UnitPlace) -> TokenArray:
        if self._tokens is None:
            raise ReaderUnavailable("the index was built without a reader")
        return self._tokens[self._documents[place.document].first_unit + place.unit]

    def key(self, place: UnitPlace) -> UnitKey:
        document: CorpusDocument = self._documents[place.document]
        return UnitKey(document.fingerprint, place.unit)
