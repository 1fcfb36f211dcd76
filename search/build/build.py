"""Builds a generation: documents → passages, postings, embeddings, completions, manifest.

What did not change since the previous generation is shared with it or taken over: files by hard
link, passages by the fingerprint of their document, embeddings by their text.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np

from search.build.previous import (
    BuildMemory,
    KnownDocument,
    KnownDocuments,
    Previous,
    open_previous,
)
from search.generation.files import (
    COMPLETIONS,
    CONTENT,
    DOCUMENTS,
    ENCODER,
    LABEL_VECTORS,
    LABELS,
    LEXICAL,
    NEIGHBOURS,
    PASSAGE_VECTORS,
    PASSAGES,
    PASSAGES_LEVEL,
    SYNONYMS,
    WORDS,
)
from search.generation.store import Draft, FileEntry, Store
from search.lexical import autocomplete, whoosh_index
from search.lexical.autocomplete import CompletionEntry, CompletionKind
from search.lexical.bm25 import FIELDS
from search.model import Document, Passage, Synonym
from search.ranking.calibration import Calibration
from search.semantic import neighbours
from search.semantic.embedding_cache import EmbeddingCache
from search.semantic.encoder import Encoder, QuerySettings
from search.semantic.vectors import FloatArray, Vectors
from search.text import analysis, passages
from search.text.html_text import headings
from search.text.synonyms import to_json
from search.text.words import Words

VERSION = 1
"""Part of every document's fingerprint: raise it when passages come out differently."""

EMBEDDINGS = "embeddings.sqlite"
"""Usual name of the embedding cache, in the cache folder; not part of a generation."""

CALIBRATION = "calibration"
"""Fact of a manifest: see `search.ranking.calibration`."""

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
    """A document, the fingerprint of all that is indexed of it, and what that is."""

    document: Document
    fingerprint: str
    passages: tuple[Passage, ...]
    completions: Sequence[CompletionEntry]
    labels: tuple[str, ...]

    def key(self, ordinal: int) -> str:
        return f"{self.fingerprint}:{ordinal}"


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
            return _build(
                documents,
                store,
                previous,
                source,
                cache_file,
                content,
                now,
                synonyms,
                calibration or Calibration(),
                keep,
                memory,
                progress,
            )
        finally:
            if previous:
                previous.generation.close()


def _build(
    documents: Sequence[Document],
    store: Store,
    previous: Previous | None,
    source: EncoderSource | None,
    cache_file: Path,
    content: Mapping[str, bytes],
    now: datetime,
    synonyms: Sequence[Synonym],
    calibration: Calibration,
    keep: int,
    memory: BuildMemory,
    progress: Progress,
) -> Build:
    indexed = _split(documents, previous, progress)
    meanings = to_json(synonyms)
    facts = _json(calibration.to_dict())
    fingerprints = _fingerprints(
        indexed, source, {**content, SYNONYMS: meanings, CALIBRATION: facts}
    )
    total = sum(len(one.passages) for one in indexed)
    if previous and previous.generation.manifest.fingerprints == fingerprints:
        return Build(previous.generation.manifest.name, False, len(indexed), total, 0)
    with store.draft() as draft:
        _write_documents(draft, indexed)
        _write_lexical(draft, indexed, previous, progress)
        draft.write(SYNONYMS, meanings)
        encoded = 0
        if source is not None:
            encoded = _write_vectors(draft, indexed, source, previous, cache_file, progress)
            _share_encoder(draft, source, previous)
        autocomplete.save_entries(
            draft.folder / COMPLETIONS, (entry for one in indexed for entry in one.completions)
        )
        for name, data in content.items():
            _add_content(draft, f"{CONTENT}/{name}", data, previous)
        manifest = store.publish(
            draft,
            fingerprints=fingerprints,
            counts={"documents": len(indexed), "passages": total},
            facts={"dim": _dim(draft), CALIBRATION: json.loads(facts)},
            now=now,
            known=memory.digests,
        )
    memory.name, memory.documents = manifest.name, _known_documents(indexed)
    pruned = store.prune(keep=keep)
    return Build(manifest.name, True, len(indexed), total, encoded, tuple(pruned))


def _known_documents(indexed: Sequence[_Indexed]) -> KnownDocuments:
    """What the next build can take over from this one."""
    found: dict[str, KnownDocument] = {}
    row = label = 0
    for one in indexed:
        rows = slice(row, row + len(one.passages))
        labels = slice(label, label + len(one.labels))
        found[one.fingerprint] = KnownDocument(one.passages, one.completions, rows, labels)
        row, label = rows.stop, labels.stop
    return found


def _split(
    documents: Sequence[Document], previous: Previous | None, progress: Progress
) -> list[_Indexed]:
    known = previous.documents if previous else {}
    indexed = []
    for number, document in enumerate(sorted(documents, key=lambda d: d.id), start=1):
        fingerprint = _document_fingerprint(document)
        labels = passages.label_texts(document)
        if old := known.get(fingerprint):
            one = _Indexed(document, fingerprint, old.passages, old.completions, labels)
        else:
            completions = tuple(_completions(document))
            one = _Indexed(document, fingerprint, passages.split(document), completions, labels)
        indexed.append(one)
        progress("passages", number, len(documents))
    return indexed


def _document_fingerprint(document: Document) -> str:
    fields = _json([VERSION, analysis.VERSION, sorted(vars(document).items())])
    return hashlib.sha256(fields).hexdigest()[:20]


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
    digest.update(f"{encoder} {neighbours.VERSION}".encode())
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
        labels.extend([number] * len(one.labels))
    draft.write(DOCUMENTS, _json(entries))
    draft.write(PASSAGES, gzip.compress(_json(rows), PASSAGES_LEVEL, mtime=0))
    draft.write(LABELS, _json(labels))


def _write_lexical(
    draft: Draft, indexed: Sequence[_Indexed], previous: Previous | None, progress: Progress
) -> None:
    """Take over the previous index and its words, then remove and add what differs."""
    old: set[str] = set()
    words = Words({})
    if previous and _share_folder(draft, previous, LEXICAL):
        old = set(previous.documents)
        words = previous.words()
    new = {one.fingerprint for one in indexed}
    added = [one for one in indexed if one.fingerprint not in old]
    whoosh_index.update(
        draft.folder / LEXICAL,
        removed=sorted(old - new),
        added=_lexical_passages(added, progress),
    )
    for lang in sorted({one.document.lang for one in added}):
        texts = (text for one in added if one.document.lang == lang for text in _texts(one))
        words = words.joined(Words.of(texts, lang))
    words.save(draft.folder / WORDS)


def _lexical_passages(
    added: Sequence[_Indexed], progress: Progress
) -> Iterable[whoosh_index.LexicalPassage]:
    for number, one in enumerate(added, start=1):
        document = one.document
        lang = document.lang
        title = tuple(analysis.terms(document.title, lang))
        labels = tuple(analysis.terms("\n".join((*document.tags, *document.questions)), lang))
        for passage in one.passages:
            headings_ = tuple(analysis.terms("\n".join(passage.headings), lang))
            by_field = {
                "title": title,
                "headings": headings_,
                "labels": labels,
                "body": tuple(analysis.terms(passage.text, lang)),
            }
            terms = tuple(by_field[field] for field in FIELDS)
            yield whoosh_index.LexicalPassage(one.key(passage.ordinal), one.fingerprint, terms)
        progress("words", number, len(added))


def _texts(one: _Indexed) -> Iterable[str]:
    """Everything of a document that has terms."""
    yield from (one.document.title, *one.document.tags, *one.document.questions)
    for passage in one.passages:
        yield from (*passage.headings, passage.text)


def _write_vectors(
    draft: Draft,
    indexed: Sequence[_Indexed],
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
    texts = [text for one in new for text in (*_passage_texts(one), *one.labels)]
    rows, encoded = _embeddings(texts, source, cache, progress)

    def coded(texts: Sequence[str]) -> Vectors:
        return Vectors.of(np.stack([rows[text] for text in texts]))

    nothing = Vectors.of(np.zeros((0, settings.dim), dtype=np.float32))
    of_passages, of_labels = [nothing], [nothing]
    for one in indexed:
        old = known.get(one.fingerprint)
        if old and kept:
            of_passages.append(kept[0].part(old.passage_rows))
            of_labels.append(kept[1].part(old.label_rows))
        else:
            of_passages.append(coded(_passage_texts(one)))
            of_labels.append(coded(one.labels))
    all_passages = Vectors.joined(of_passages)
    all_passages.save(draft.folder / PASSAGE_VECTORS)
    draft.write(NEIGHBOURS, _json(neighbours.nearest(_places(indexed), all_passages)))
    Vectors.joined(of_labels).save(draft.folder / LABEL_VECTORS)
    return encoded


def _places(indexed: Sequence[_Indexed]) -> list[neighbours.DocumentPassages]:
    places: list[neighbours.DocumentPassages] = []
    row = 0
    for one in indexed:
        rows = slice(row, row + len(one.passages))
        of = one.document
        shelf = of.section, of.category
        places.append(neighbours.DocumentPassages(of.id, of.group, of.lang, shelf, rows))
        row = rows.stop
    return places


def _passage_texts(one: _Indexed) -> list[str]:
    return [passages.embedding_text(one.document.title, passage) for passage in one.passages]


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


def _share_encoder(draft: Draft, source: EncoderSource, previous: Previous | None) -> None:
    same = previous and previous.generation.manifest.fingerprints["encoder"] == source.fingerprint
    if previous and same and _share_folder(draft, previous, ENCODER):
        return
    folder = source.query_encoder_folder()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        draft.share(path, f"{ENCODER}/{path.relative_to(folder).as_posix()}")


def _share_folder(draft: Draft, previous: Previous, folder: str) -> bool:
    """Link every file of the previous generation under `folder`; False when it has none."""
    entries = {
        path: entry
        for path, entry in previous.generation.manifest.files.items()
        if path.startswith(f"{folder}/")
    }
    for path, entry in entries.items():
        draft.share(previous.generation.path(path), path, entry)
    return bool(entries)


def _add_content(draft: Draft, relative: str, data: bytes, previous: Previous | None) -> None:
    """Write one content file, or share it with the previous generation where it is the same."""
    entry = FileEntry(hashlib.sha256(data).hexdigest(), len(data))
    if previous and previous.generation.manifest.files.get(relative) == entry:
        draft.share(previous.generation.path(relative), relative, entry)
    else:
        draft.write(relative, data)


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


def _dim(draft: Draft) -> int:
    folder = draft.folder / PASSAGE_VECTORS
    return Vectors.open(folder).dim if folder.exists() else 0


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
