"""Documents as they are indexed: passages, completions and labels, made or taken over.

The fingerprint of a document covers all that is indexed of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search.build.previous import KnownDocument, KnownDocuments
from search.build.progress import Progress
from search.generation.files import json_bytes
from search.lexical.autocomplete import CompletionEntry, CompletionKind
from search.model import Document, Passage
from search.text import analysis, passages
from search.text.html_text import headings
from search.text.units import DocumentUnits, document_units

VERSION = 4
"""Part of every document's fingerprint: raise it when passages or units come out differently."""


@dataclass(frozen=True)
class IndexedDocument:
    """A document, the fingerprint of all that is indexed of it, and what that is."""

    document: Document
    fingerprint: str
    passages: tuple[Passage, ...]
    completions: Sequence[CompletionEntry]
    labels: tuple[str, ...]
    units: DocumentUnits

    def key(self, ordinal: int) -> str:
        """Key of a passage in the postings."""
        return f"{self.fingerprint}:{ordinal}"

    def texts(self) -> Iterable[str]:
        """Everything that has terms."""
        yield from (self.document.title, *self.document.tags, *self.document.questions)
        for passage in self.passages:
            yield from (*passage.headings, passage.text)

    def embedding_texts(self) -> list[str]:
        """Texts that the encoder reads, one a passage."""
        return [passages.embedding_text(self.document.title, one) for one in self.passages]

    def readings(self) -> list[str]:
        """Texts of the units, as encoder and reader see them."""
        return [self.units.reading(number) for number in range(len(self.units.units))]


def indexed_documents(
    documents: Sequence[Document], known: KnownDocuments, progress: Progress
) -> list[IndexedDocument]:
    """Split documents into passages, in the order of their ids; `known` ones are taken over."""
    indexed = []
    for number, document in enumerate(sorted(documents, key=lambda d: d.id), start=1):
        indexed.append(_indexed(document, known))
        progress("passages", number, len(documents))
    return indexed


def known_documents(indexed: Sequence[IndexedDocument]) -> KnownDocuments:
    """Everything that the next build can take over from this one."""
    found: dict[str, KnownDocument] = {}
    row = label = unit = 0
    for one in indexed:
        rows = slice(row, row + len(one.passages))
        labels = slice(label, label + len(one.labels))
        units = slice(unit, unit + len(one.units.units))
        found[one.fingerprint] = KnownDocument(
            one.passages, one.completions, one.units, rows, labels, units
        )
        row, label, unit = rows.stop, labels.stop, units.stop
    return found


def _indexed(document: Document, known: Mapping[str, KnownDocument]) -> IndexedDocument:
    fingerprint = _fingerprint(document)
    labels = passages.label_texts(document)
    if old := known.get(fingerprint):
        return IndexedDocument(
            document, fingerprint, old.passages, old.completions, labels, old.units
        )
    return IndexedDocument(
        document,
        fingerprint,
        passages.split(document),
        tuple(_completions(document)),
        labels,
        document_units(document),
    )


def _fingerprint(document: Document) -> str:
    fields = json_bytes([VERSION, analysis.VERSION, sorted(vars(document).items())])
    return hashlib.sha256(fields).hexdigest()[:20]


def _completions(document: Document) -> Iterable[CompletionEntry]:
    def entry(text: str, anchor: str, kind: CompletionKind) -> CompletionEntry:
        return CompletionEntry(
            text=text,
            lang=document.lang,
            document_id=document.id,
            group=document.group,
            anchor=anchor,
            kind=kind,
        )

    yield entry(document.title, "", "title")
    for question in document.questions:
        yield entry(question, "", "question")
    for heading in headings(document.html):
        yield entry(heading.text, heading.anchor, "heading")
