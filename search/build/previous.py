"""Takeover from the generation before: everything of documents that are unchanged.

Documents are recognised by their fingerprint, which covers all that is indexed of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from search.errors import IndexCorrupt, IndexMissing, IndexOutdated
from search.generation.digests import KnownDigests
from search.generation.files import (
    COMPLETIONS,
    DOCUMENTS,
    LABEL_VECTORS,
    LABELS,
    PASSAGE_VECTORS,
    PASSAGES,
    WORDS,
    passage_rows,
    passages_of,
)
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.generation.unit_store import UNITS, read_all
from search.lexical.autocomplete import CompletionEntry, read_entries
from search.model import Passage
from search.semantic.vectors import Vectors
from search.text.units import DocumentUnits
from search.text.words import Words


@dataclass(frozen=True)
class KnownDocument:
    """One document as a generation holds it."""

    passages: tuple[Passage, ...]
    completions: Sequence[CompletionEntry]
    units: DocumentUnits
    passage_rows: slice
    label_rows: slice
    unit_rows: slice
    """Places of its embeddings in both matrices, and of its units' tokens."""


KnownDocuments = Mapping[str, KnownDocument]
"""By fingerprint."""


@dataclass
class BuildMemory:
    """Memory of a process that builds again and again: files hashed, and its last generation."""

    digests: KnownDigests = field(default_factory=dict)
    name: str = ""
    documents: KnownDocuments = field(default_factory=dict)


@dataclass(frozen=True)
class Previous:
    """The generation to build on, open until `generation.close`."""

    generation: OpenGeneration
    documents: KnownDocuments

    def words(self) -> Words:
        return Words.load(self.generation.path(WORDS))

    def vectors(self, encoder_fingerprint: str) -> tuple[Vectors, Vectors] | None:
        """Passage and label embeddings; None when they are of another encoder or there are none."""
        if self.generation.manifest.fingerprints["encoder"] != encoder_fingerprint:
            return None
        if not self.generation.paths(PASSAGE_VECTORS):
            return None
        return (
            Vectors.open(self.generation.path(PASSAGE_VECTORS)),
            Vectors.open(self.generation.path(LABEL_VECTORS)),
        )


def open_previous(store: Store, memory: BuildMemory) -> Previous | None:
    """The current generation if it is sound, else none: a damaged one is never built upon."""
    name = store.current_name()
    if name is None:
        return None
    try:
        generation = OpenGeneration(store.path(name), known=memory.digests)
    except (IndexCorrupt, IndexOutdated, IndexMissing):
        return None
    if name != memory.name:
        return Previous(generation, _read_documents(generation))
    return Previous(generation, memory.documents)


def _read_documents(generation: OpenGeneration) -> KnownDocuments:
    completions: dict[str, list[CompletionEntry]] = {}
    for completion in read_entries(generation.path(COMPLETIONS)):
        completions.setdefault(completion.document_id, []).append(completion)
    rows = passage_rows(generation.path(PASSAGES))
    labels: list[int] = json.loads(generation.path(LABELS).read_bytes())
    found: dict[str, KnownDocument] = {}
    first_label = first_unit = 0
    units = read_all(generation.path(UNITS))
    for number, entry in enumerate(json.loads(generation.path(DOCUMENTS).read_bytes())):
        place = slice(*entry["passages"])
        end_label = first_label
        while end_label < len(labels) and labels[end_label] == number:
            end_label += 1
        end_unit = first_unit + len(units[number].units)
        found[entry["fingerprint"]] = KnownDocument(
            passages_of(entry["id"], rows[place]),
            completions.get(entry["id"], []),
            units[number],
            place,
            slice(first_label, end_label),
            slice(first_unit, end_unit),
        )
        first_label, first_unit = end_label, end_unit
    return found
