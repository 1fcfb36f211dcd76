"""The semantic part of a generation: embeddings, what is near, the query encoder's files.

Embeddings of unchanged documents are taken over from the previous generation, of other known texts
from the cache; only the rest goes through the encoder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from search.build.indexed_document import IndexedDocument
from search.build.previous import Previous
from search.build.progress import Progress
from search.build.reader import ReaderSource
from search.build.shared_files import share_folder
from search.generation.draft import Draft
from search.generation.files import (
    ENCODER,
    LABEL_VECTORS,
    NEIGHBOURS,
    PASSAGE_VECTORS,
    json_bytes,
)
from search.semantic import neighbours
from search.semantic.embedding_cache import EmbeddingCache
from search.semantic.encoder import Encoder, QuerySettings
from search.semantic.vectors import FloatArray, Vectors

EMBEDDINGS = "embeddings.sqlite"
"""Usual name of the embedding cache, in the cache folder; not part of a generation."""

ENCODED_AT_ONCE = 128
"""Texts encoded before their embeddings are stored: what a killed build loses at most."""


class EncoderSource(Protocol):
    """Source of the encoders of a build. Both methods are slow; they run only when needed."""

    @property
    def fingerprint(self) -> str: ...

    def passage_encoder(self) -> Encoder: ...

    def query_encoder_folder(self) -> Path:
        """Folder of the exported query encoder: model, tokenizer, description."""

    def reader(self) -> ReaderSource | None:
        """The reader that goes with it; None for a generation without."""


def write_vectors(
    draft: Draft,
    indexed: Sequence[IndexedDocument],
    source: EncoderSource,
    previous: Previous | None,
    cache_file: Path,
    progress: Progress,
) -> int:
    """Write both matrices and what is near; returns the number of texts that had to be encoded."""
    settings = QuerySettings.from_folder(source.query_encoder_folder())
    cache = EmbeddingCache(
        cache_file,
        fingerprint=source.fingerprint,
        prompt=settings.passage_prompt,
        dim=settings.dim,
    )
    kept = previous.vectors(source.fingerprint) if previous else None
    known = previous.documents if previous and kept else {}
    new = [one for one in indexed if one.fingerprint not in known]
    texts = [text for one in new for text in (*one.embedding_texts(), *one.labels)]
    rows, encoded = _embeddings(texts, source, cache, progress)
    nothing = Vectors.of(np.zeros((0, settings.dim), dtype=np.float32))
    of_passages, of_labels = [nothing], [nothing]
    for one in indexed:
        old = known.get(one.fingerprint)
        if old and kept:
            of_passages.append(kept[0].part(old.passage_rows))
            of_labels.append(kept[1].part(old.label_rows))
        else:
            of_passages.append(_coded(one.embedding_texts(), rows))
            of_labels.append(_coded(one.labels, rows))
    all_passages = Vectors.joined(of_passages)
    all_passages.save(draft.folder / PASSAGE_VECTORS)
    draft.write(NEIGHBOURS, json_bytes(neighbours.nearest(_places(indexed), all_passages)))
    Vectors.joined(of_labels).save(draft.folder / LABEL_VECTORS)
    return encoded


def share_encoder(draft: Draft, source: EncoderSource, previous: Previous | None) -> None:
    """Add the query encoder's files, those of the previous generation where it has the same."""
    same = previous and previous.generation.manifest.fingerprints["encoder"] == source.fingerprint
    if previous and same and share_folder(draft, previous, ENCODER):
        return
    folder = source.query_encoder_folder()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        draft.share(path, f"{ENCODER}/{path.relative_to(folder).as_posix()}")


def dimension(draft: Draft) -> int:
    """Dimension of the embeddings in a draft; 0 without any."""
    folder = draft.folder / PASSAGE_VECTORS
    return Vectors.open(folder).dim if folder.exists() else 0


def _coded(texts: Sequence[str], rows: Mapping[str, FloatArray]) -> Vectors:
    return Vectors.of(np.stack([rows[text] for text in texts]))


def _places(indexed: Sequence[IndexedDocument]) -> list[neighbours.DocumentPassages]:
    places: list[neighbours.DocumentPassages] = []
    row = 0
    for one in indexed:
        rows = slice(row, row + len(one.passages))
        of = one.document
        shelf = of.section, of.category
        places.append(neighbours.DocumentPassages(of.id, of.group, of.lang, shelf, rows))
        row = rows.stop
    return places


def _embeddings(
    texts: Sequence[str], source: EncoderSource, cache: EmbeddingCache, progress: Progress
) -> tuple[Mapping[str, FloatArray], int]:
    """Text → (dim,) embedding, from the cache where it has it; and how many were not there."""
    known = cache.get_many(texts)
    # Longest first: batches of like length waste no padding, and time left is not overstated.
    missing = sorted({text for text in texts if text not in known}, key=len, reverse=True)
    for start in range(0, len(missing), ENCODED_AT_ONCE):
        slab = missing[start : start + ENCODED_AT_ONCE]
        progress("meaning", start, len(missing))
        rows = source.passage_encoder().encode_passages(slab)
        fresh = dict(zip(slab, rows, strict=True))
        cache.put_many(fresh)
        known.update(fresh)
    if missing:
        progress("meaning", len(missing), len(missing))
    return known, len(missing)
