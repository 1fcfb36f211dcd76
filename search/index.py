"""Builds a generation: documents → passages, postings, embeddings, completions, manifest.

What did not change since the previous generation is shared with it or taken over: files by hard
link, passages by the fingerprint of their document, embeddings by their text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np

from search import analysis, autocomplete, lexical, passages
from search.bm25 import FIELDS
from search.embedding_cache import EmbeddingCache
from search.encoder import Encoder, QuerySettings
from search.errors import IndexCorrupt, IndexMissing, IndexOutdated
from search.layout import (
    COMPLETIONS,
    CONTENT,
    DOCUMENTS,
    ENCODER,
    LABEL_VECTORS,
    LABELS,
    LEXICAL,
    PASSAGE_VECTORS,
    PASSAGES,
    passages_of,
)
from search.markup import headings
from search.model import Document, Passage
from search.store import Draft, FileEntry, KnownDigests, OpenGeneration, Store
from search.vectors import FloatArray, save_matrix

VERSION = 1
"""Part of every document's fingerprint: raise it when passages come out differently."""

EMBEDDINGS = "embeddings.sqlite"
"""Usual name of the embedding cache, in the cache folder; not part of a generation."""

ENCODED_AT_ONCE = 128
"""Texts encoded before their embeddings are stored: what a killed build loses at most."""

Progress = Callable[[str, int, int], None]
"""Called with the step, what is done and what there is to do."""


class EncoderSource(Protocol):
    """Where embeddings come from. Both methods are slow; they run only when needed."""

    @property
    def fingerprint(self) -> str: ...

    def passage_encoder(self) -> Encoder: ...

    def query_encoder_folder(self) -> Path:
        """Folder of the exported query encoder: model, tokenizer, description."""


@dataclass(frozen=True)
class Build:
    """What a build did."""

    name: str
    is_new: bool
    """False when nothing had changed and the old generation stays."""
    documents: int
    passages: int
    encoded: int
    """Texts that went through the encoder rather than the cache."""
    pruned: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Indexed:
    """A document with its passages and the fingerprint of all that was indexed of it."""

    document: Document
    fingerprint: str
    passages: tuple[Passage, ...]

    def key(self, ordinal: int) -> str:
        return f"{self.fingerprint}:{ordinal}"


@dataclass(frozen=True)
class _Previous:
    """The generation to build on."""

    generation: OpenGeneration
    passages: Mapping[str, tuple[Passage, ...]]
    """By fingerprint of the document."""


def build(
    documents: Sequence[Document],
    *,
    store: Store,
    source: EncoderSource | None,
    cache_file: Path,
    content: Mapping[str, bytes],
    now: datetime,
    keep: int = 2,
    known: KnownDigests | None = None,
    progress: Progress = lambda *_: None,
) -> Build:
    """Make a generation of `documents` and switch to it; the old one serves until then.

    `content` is stored beside the index under `content/` (name → bytes).
    Embeddings are kept in `cache_file`. Without `source` the generation is lexical only. `known`
    spares a process that builds again hashing files a second time. Raises BuildInProgress, OSError
    (disk full) and what the encoder raises; nothing is switched then.
    """
    with store.lock():
        previous = _open_previous(store, known)
        try:
            return _build(
                documents, store, previous, source, cache_file, content, now, keep, progress
            )
        finally:
            if previous:
                previous.generation.close()


def _build(
    documents: Sequence[Document],
    store: Store,
    previous: _Previous | None,
    source: EncoderSource | None,
    cache_file: Path,
    content: Mapping[str, bytes],
    now: datetime,
    keep: int,
    progress: Progress,
) -> Build:
    indexed = _split(documents, previous, progress)
    fingerprints = _fingerprints(indexed, source, content)
    total = sum(len(one.passages) for one in indexed)
    if previous and previous.generation.manifest.fingerprints == fingerprints:
        return Build(previous.generation.manifest.name, False, len(indexed), total, 0)
    with store.draft() as draft:
        _write_documents(draft, indexed)
        _write_lexical(draft, indexed, previous, progress)
        encoded = 0
        if source is not None:
            encoded = _write_vectors(draft, indexed, source, cache_file, progress)
            _share_encoder(draft, source, previous)
        _write_completions(draft, indexed)
        for name, data in content.items():
            _add_content(draft, f"{CONTENT}/{name}", data, previous)
        manifest = store.publish(
            draft,
            fingerprints=fingerprints,
            counts={"documents": len(indexed), "passages": total},
            facts={"dim": _dim(draft)},
            now=now,
        )
    pruned = store.prune(keep=keep)
    return Build(manifest.name, True, len(indexed), total, encoded, tuple(pruned))


def _open_previous(store: Store, known: KnownDigests | None) -> _Previous | None:
    """The current generation if it is sound, else none: a damaged one is never built upon."""
    name = store.current_name()
    if name is None:
        return None
    try:
        generation = OpenGeneration(store.path(name), known=known)
    except (IndexCorrupt, IndexOutdated, IndexMissing):
        return None
    by_fingerprint = {}
    rows = json.loads(generation.path(PASSAGES).read_bytes())
    for entry in json.loads(generation.path(DOCUMENTS).read_bytes()):
        first, end = entry["passages"]
        by_fingerprint[entry["fingerprint"]] = passages_of(entry["id"], rows[first:end])
    return _Previous(generation, by_fingerprint)


def _split(
    documents: Sequence[Document], previous: _Previous | None, progress: Progress
) -> list[_Indexed]:
    known = previous.passages if previous else {}
    indexed = []
    for number, document in enumerate(sorted(documents, key=lambda d: d.id), start=1):
        fingerprint = _document_fingerprint(document)
        found = known.get(fingerprint) or passages.split(document)
        indexed.append(_Indexed(document, fingerprint, found))
        progress("passages", number, len(documents))
    return indexed


def _document_fingerprint(document: Document) -> str:
    fields = json.dumps([VERSION, analysis.VERSION, asdict(document)], sort_keys=True)
    return hashlib.sha256(fields.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _fingerprints(
    indexed: Sequence[_Indexed], source: EncoderSource | None, content: Mapping[str, bytes]
) -> dict[str, str]:
    """What makes two generations equal: same content and encoder, same fingerprints."""
    digest = hashlib.sha256()
    for one in indexed:
        digest.update(one.fingerprint.encode())
    for name, data in sorted(content.items()):
        digest.update(name.encode() + hashlib.sha256(data).digest())
    encoder = source.fingerprint if source else "none"
    digest.update(encoder.encode())
    return {"content": digest.hexdigest(), "encoder": encoder, "analysis": str(analysis.VERSION)}


def _write_documents(draft: Draft, indexed: Sequence[_Indexed]) -> None:
    entries: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    labels: list[int] = []
    for number, one in enumerate(indexed):
        document = one.document
        entries.append(
            {
                "id": document.id,
                "group": document.group,
                "lang": document.lang,
                "section": document.section,
                "category": document.category,
                "title": document.title,
                "tags": document.tags,
                "fingerprint": one.fingerprint,
                "passages": [len(rows), len(rows) + len(one.passages)],
            }
        )
        rows.extend(
            {"anchor": p.anchor, "headings": p.headings, "text": p.text} for p in one.passages
        )
        labels.extend([number] * len(passages.label_texts(document)))
    draft.write(DOCUMENTS, _json(entries))
    draft.write(PASSAGES, _json(rows))
    draft.write(LABELS, _json(labels))


def _write_lexical(
    draft: Draft, indexed: Sequence[_Indexed], previous: _Previous | None, progress: Progress
) -> None:
    """Take over the previous index, then remove and add what differs."""
    old: set[str] = set()
    if previous and _share_folder(draft, previous, LEXICAL):
        old = set(previous.passages)
    new = {one.fingerprint for one in indexed}
    added = [one for one in indexed if one.fingerprint not in old]
    lexical.update(
        draft.folder / LEXICAL,
        removed=sorted(old - new),
        added=_lexical_passages(added, progress),
    )


def _lexical_passages(
    added: Sequence[_Indexed], progress: Progress
) -> Iterable[lexical.LexicalPassage]:
    for number, one in enumerate(added, start=1):
        document = one.document
        title = tuple(analysis.terms(document.title))
        labels = tuple(analysis.terms("\n".join((*document.tags, *document.questions))))
        for passage in one.passages:
            headings_ = tuple(analysis.terms("\n".join(passage.headings)))
            by_field = {
                "title": title,
                "headings": headings_,
                "labels": labels,
                "body": tuple(analysis.terms(passage.text)),
            }
            terms = tuple(by_field[field] for field in FIELDS)
            yield lexical.LexicalPassage(one.key(passage.ordinal), one.fingerprint, terms)
        progress("words", number, len(added))


def _write_vectors(
    draft: Draft,
    indexed: Sequence[_Indexed],
    source: EncoderSource,
    cache_file: Path,
    progress: Progress,
) -> int:
    """Write both matrices; returns the number of texts that had to be encoded."""
    settings = QuerySettings.from_folder(source.query_encoder_folder())
    cache = EmbeddingCache(
        cache_file,
        fingerprint=source.fingerprint,
        prompt=settings.passage_prompt,
        dim=settings.dim,
    )
    passage_texts = [
        passages.embedding_text(one.document.title, p) for one in indexed for p in one.passages
    ]
    label_texts = [text for one in indexed for text in passages.label_texts(one.document)]
    rows, encoded = _embeddings([*passage_texts, *label_texts], source, cache, progress)
    save_matrix(draft.folder / PASSAGE_VECTORS, rows[: len(passage_texts)])
    save_matrix(draft.folder / LABEL_VECTORS, rows[len(passage_texts) :])
    return encoded


def _embeddings(
    texts: Sequence[str], source: EncoderSource, cache: EmbeddingCache, progress: Progress
) -> tuple[FloatArray, int]:
    """(len(texts), dim) rows, from the cache where it has them."""
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
    rows = np.stack([known[text] for text in texts]) if texts else np.zeros((0, 1), np.float32)
    return rows, len(missing)


def _share_encoder(draft: Draft, source: EncoderSource, previous: _Previous | None) -> None:
    same = previous and previous.generation.manifest.fingerprints["encoder"] == source.fingerprint
    if previous and same and _share_folder(draft, previous, ENCODER):
        return
    folder = source.query_encoder_folder()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        draft.share(path, f"{ENCODER}/{path.relative_to(folder).as_posix()}")


def _share_folder(draft: Draft, previous: _Previous, folder: str) -> bool:
    """Link every file of the previous generation under `folder`; False when it has none."""
    entries = {
        path: entry
        for path, entry in previous.generation.manifest.files.items()
        if path.startswith(f"{folder}/")
    }
    for path, entry in entries.items():
        draft.share(previous.generation.path(path), path, entry)
    return bool(entries)


def _add_content(draft: Draft, relative: str, data: bytes, previous: _Previous | None) -> None:
    """Write one content file, or share it with the previous generation where it is the same."""
    entry = FileEntry(hashlib.sha256(data).hexdigest(), len(data))
    if previous and previous.generation.manifest.files.get(relative) == entry:
        draft.share(previous.generation.path(relative), relative, entry)
    else:
        draft.write(relative, data)


def _write_completions(draft: Draft, indexed: Sequence[_Indexed]) -> None:
    entries = (entry for one in indexed for entry in _completion_entries(one.document))
    autocomplete.save_entries(draft.folder / COMPLETIONS, entries)


def _completion_entries(document: Document) -> Iterable[autocomplete.Entry]:
    def entry(text: str, anchor: str, kind: autocomplete.Kind) -> autocomplete.Entry:
        return autocomplete.Entry(
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


def _dim(draft: Draft) -> int:
    path = draft.folder / PASSAGE_VECTORS
    return int(np.load(path, mmap_mode="r").shape[1]) if path.exists() else 0


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
