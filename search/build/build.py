"""Builds a generation: documents → passages, postings, embeddings, completions, manifest.

What did not change since the previous generation is shared with it or taken over: files by hard
link, passages by the fingerprint of their document, embeddings by their text.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from search.build.embeddings import EncoderSource, dimension, share_encoder, write_vectors
from search.build.indexed_document import IndexedDocument, indexed_documents, known_documents
from search.build.postings import write_postings_and_words
from search.build.previous import BuildMemory, Previous, open_previous
from search.build.progress import Progress
from search.build.reader import write_reader
from search.build.shared_files import write_or_share
from search.generation.draft import Draft
from search.generation.files import (
    COMPLETIONS,
    CONTENT,
    DOCUMENTS,
    LABELS,
    PASSAGES,
    PASSAGES_LEVEL,
    SYNONYMS,
    json_bytes,
)
from search.generation.store import Store
from search.generation.unit_store import UNITS, units_bytes
from search.lexical import autocomplete
from search.model import Document, Synonym
from search.ranking.calibration import Calibration
from search.semantic import neighbours
from search.text import analysis
from search.text.synonyms import to_json

CALIBRATION = "calibration"
"""Fact of a manifest: see `search.ranking.calibration`."""


@dataclass(frozen=True)
class Build:
    """The outcome of a build."""

    name: str
    is_new: bool
    """False when nothing had changed and the old generation stays."""
    documents: int
    passages: int
    encoded: int
    """Texts that went through the encoder rather than the cache."""
    pruned: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sources:
    """Everything a generation is made of."""

    documents: Sequence[IndexedDocument]
    content: Mapping[str, bytes]
    synonyms: bytes
    calibration: bytes
    encoder: EncoderSource | None
    cache_file: Path

    @property
    def passages(self) -> int:
        return sum(len(one.passages) for one in self.documents)

    def fingerprints(self) -> dict[str, str]:
        """Digests that are equal for equal generations: of the content, and of the encoder."""
        digest = hashlib.sha256()
        for one in self.documents:
            digest.update(one.fingerprint.encode())
        files = {**self.content, SYNONYMS: self.synonyms, CALIBRATION: self.calibration}
        for name, data in sorted(files.items()):
            digest.update(name.encode() + hashlib.sha256(data).digest())
        encoder = self.encoder.fingerprint if self.encoder else "none"
        reader = self.encoder.reader() if self.encoder else None
        digest.update(f"{encoder} {neighbours.VERSION}".encode())
        return {
            "content": digest.hexdigest(),
            "encoder": encoder,
            "reader": reader.fingerprint if reader else "none",
            "analysis": str(analysis.VERSION),
        }


def build(
    documents: Sequence[Document],
    *,
    store: Store,
    source: EncoderSource | None,
    cache_file: Path,
    content: Mapping[str, bytes],
    now: datetime,
    synonyms: Sequence[Synonym] = (),
    calibration: Calibration | None = None,
    keep: int = 2,
    memory: BuildMemory | None = None,
    progress: Progress = lambda *_: None,
) -> Build:
    """Make a generation of `documents` and switch to it; the old one serves until then.

    `content` is stored beside the index under `content/` (name → bytes).
    Embeddings are kept in `cache_file`. Without `source` the generation is lexical only. With the
    same `memory` a build costs little more than what changed since the last one. Raises
    BuildInProgress, OSError (disk full) and what the encoder raises; nothing is switched then.
    """
    memory = memory or BuildMemory()
    with store.lock():
        previous = open_previous(store, memory)
        try:
            known = previous.documents if previous else {}
            sources = _Sources(
                documents=indexed_documents(documents, known, progress),
                content=content,
                synonyms=to_json(synonyms),
                calibration=json_bytes((calibration or Calibration()).to_dict()),
                encoder=source,
                cache_file=cache_file,
            )
            return _made(
                sources, store, previous, now=now, keep=keep, memory=memory, progress=progress
            )
        finally:
            if previous:
                previous.generation.close()


def _made(
    sources: _Sources,
    store: Store,
    previous: Previous | None,
    *,
    now: datetime,
    keep: int,
    memory: BuildMemory,
    progress: Progress,
) -> Build:
    """Write, publish and prune, unless the previous generation is the same."""
    fingerprints = sources.fingerprints()
    documents, passages = len(sources.documents), sources.passages
    if previous and previous.generation.manifest.fingerprints == fingerprints:
        return Build(previous.generation.manifest.name, False, documents, passages, 0)
    with store.draft() as draft:
        encoded = _write(draft, sources, previous, progress)
        manifest = store.publish(
            draft,
            fingerprints=fingerprints,
            counts={"documents": documents, "passages": passages},
            facts={"dim": dimension(draft), CALIBRATION: json.loads(sources.calibration)},
            now=now,
            known=memory.digests,
        )
    memory.name, memory.documents = manifest.name, known_documents(sources.documents)
    pruned = store.prune(keep=keep)
    return Build(manifest.name, True, documents, passages, encoded, tuple(pruned))


def _write(draft: Draft, sources: _Sources, previous: Previous | None, progress: Progress) -> int:
    """Write every file but the manifest; returns the number of texts that had to be encoded."""
    _write_documents(draft, sources.documents)
    write_postings_and_words(draft, sources.documents, previous, progress)
    draft.write(SYNONYMS, sources.synonyms)
    encoded = 0
    if sources.encoder is not None:
        encoded = write_vectors(
            draft, sources.documents, sources.encoder, previous, sources.cache_file, progress
        )
        share_encoder(draft, sources.encoder, previous)
        if reader := sources.encoder.reader():
            write_reader(draft, sources.documents, reader, previous)
    autocomplete.save_entries(
        draft.folder / COMPLETIONS,
        (entry for one in sources.documents for entry in one.completions),
    )
    for name, data in sources.content.items():
        write_or_share(draft, f"{CONTENT}/{name}", data, previous)
    return encoded


def _write_documents(draft: Draft, indexed: Sequence[IndexedDocument]) -> None:
    """Write documents, their passages, and for each label the number of its document."""
    entries: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    labels: list[int] = []
    units = 0
    for number, one in enumerate(indexed):
        entries.append(_entry(one, first=len(rows), first_unit=units))
        units += len(one.units.units)
        rows.extend(
            {"anchor": p.anchor, "headings": p.headings, "text": p.text} for p in one.passages
        )
        labels.extend([number] * len(one.labels))
    draft.write(DOCUMENTS, json_bytes(entries))
    draft.write(PASSAGES, gzip.compress(json_bytes(rows), PASSAGES_LEVEL, mtime=0))
    draft.write(LABELS, json_bytes(labels))
    draft.write(UNITS, units_bytes(one.units for one in indexed))


def _entry(one: IndexedDocument, *, first: int, first_unit: int) -> dict[str, object]:
    """A document's entry, with the numbers of its first passage and unit."""
    document = one.document
    return {
        "id": document.id,
        "group": document.group,
        "lang": document.lang,
        "section": document.section,
        "category": document.category,
        "title": document.title,
        "tags": document.tags,
        "fingerprint": one.fingerprint,
        "passages": [first, first + len(one.passages)],
        "units": [first_unit, first_unit + len(one.units.units)],
    }
