"""Times searching as a library grows: `python -m bench.speed.growth FOLDER --passages 5000 100000`.

A library of the wanted size is a seeded mixture of real articles: the first half of one under its
title, then the second half of another. Embeddings are seeded mixtures of real ones, because
encoding 100,000 passages would take hours and its time is not what is measured. Queries are the
judged ones, their vectors made beforehand. The index is built by the code the site uses.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import resource
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench import machine
from bench.relevance.tune import Remembering
from search.build.build import build
from search.evaluate import open_corpus, read_corpus
from search.evaluation.judged import JudgedQuery, read_queries
from search.evaluation.metrics import percentile
from search.generation.files import ENCODER, PASSAGE_VECTORS
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.model import Document
from search.ranking.options import SearchOptions
from search.ranking.searcher import Searcher
from search.semantic.encoder import Encoder, FloatArray, OnnxQueryEncoder, Progress
from search.semantic.vectors import Vectors

CACHE = Path("var/cache")
RESULTS = Path("bench/results/growth.json")
ROUNDS = 3
"""Every query is timed so often; its median counts."""
NOT_INDEX = ("encoder/", "content/")
"""Parts of a generation whose size does not grow with the number of passages."""
_SECTION = re.compile(r"(?=<h2 )")


@dataclass(frozen=True)
class MixedEncoder:
    """Gives every text a seeded mixture of two real embeddings; an `Encoder` for building."""

    rows: FloatArray
    fingerprint: str

    @property
    def dim(self) -> int:
        return int(self.rows.shape[1])

    def encode_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> FloatArray:
        codes = np.array(
            [int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest()) for t in texts],
            dtype=np.uint64,
        )
        size = np.uint64(len(self.rows))
        mixed = self.rows[codes % size] + self.rows[(codes >> np.uint64(32)) % size]
        unit_rows = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        return np.asarray(unit_rows, dtype=np.float32)


@dataclass(frozen=True)
class MixedSource:
    """A `search.build.embeddings.EncoderSource` of mixed embeddings and the real query encoder."""

    encoder: MixedEncoder
    folder: Path

    @property
    def fingerprint(self) -> str:
        return self.encoder.fingerprint

    def passage_encoder(self) -> Encoder:
        return self.encoder

    def query_encoder_folder(self) -> Path:
        return self.folder

    def reader(self) -> None:
        """No reader: what is measured is ranking."""


def mixtures(documents: Sequence[Document], *, seed: int) -> Iterator[Document]:
    """Endless documents made of halves of real ones of the same language."""
    chance = random.Random(seed)
    by_lang: dict[str, list[Document]] = {}
    for document in documents:
        by_lang.setdefault(document.lang, []).append(document)
    number = 0
    while True:
        first = chance.choice(documents)
        second = chance.choice(by_lang[first.lang])
        name = f"mixed-{number}"
        html = _half(first.html, is_first=True) + _half(second.html, is_first=False)
        yield replace(first, id=name, group=name, title=f"{first.title} {number}", html=html)
        number += 1


def measure(searcher: Searcher, queries: Sequence[JudgedQuery]) -> dict[str, float]:
    """Milliseconds of whole searches without encoding, after one round that nobody times."""
    times: list[list[float]] = [[] for _ in queries]
    for turn in range(ROUNDS + 1):
        for query, own in zip(queries, times, strict=True):
            results = searcher.search(query.text, SearchOptions(lang=query.lang))
            if turn:
                own.append(results.took_ms - results.encode_ms)
    medians = [statistics.median(own) for own in times]
    return {"p50": percentile(medians, 0.5), "p99": percentile(medians, 0.99)}


def _half(html: str, *, is_first: bool) -> str:
    sections = _SECTION.split(html)
    middle = (len(sections) + 1) // 2
    return "".join(sections[:middle] if is_first else sections[middle:])


def _built(folders: Sequence[Path], size: int, store: Store, encoder_name: str) -> None:
    """Build a library of about `size` passages unless it is there."""
    documents: list[Document] = []
    rows: list[FloatArray] = []
    folder = Path()
    for corpus in folders:
        lang = _lang(corpus)
        documents += read_corpus(corpus / "corpus.jsonl", lang=lang)
        searcher = open_corpus(
            corpus / "corpus.jsonl", CACHE, lang=lang, encoder=encoder_name
        ).answers.searcher
        rows.append(Vectors.open(searcher.generation.path(PASSAGE_VECTORS)).decoded())
        folder = searcher.generation.path(ENCODER)
    mean_passages = sum(map(len, rows)) / len(documents)
    wanted = round(size / mean_passages)
    mixed = [one for one, _ in zip(mixtures(documents, seed=size), range(wanted), strict=False)]
    encoder = MixedEncoder(np.concatenate(rows), OnnxQueryEncoder.from_folder(folder).fingerprint)
    build(
        mixed,
        store=store,
        source=MixedSource(encoder, folder),
        cache_file=store.root / "mixed.sqlite",
        content={},
        now=datetime.now(UTC),
    )


def _lang(corpus: Path) -> str:
    queries = read_queries(corpus / "queries.jsonl")
    return statistics.mode(query.lang for query in queries if query.kind != "crosslingual")


def _bytes_per_passage(generation: OpenGeneration) -> float:
    manifest = generation.manifest
    total = sum(e.bytes for p, e in manifest.files.items() if not p.startswith(NOT_INDEX))
    return total / manifest.counts["passages"]


def _report(folders: Sequence[Path], size: int, encoder_name: str) -> dict[str, Any]:
    store = Store(CACHE / "growth" / str(size))
    started = time.monotonic()
    if store.current_name() is None:
        _built(folders, size, store, encoder_name)
    build_s = time.monotonic() - started
    generation = OpenGeneration(store.path(str(store.current_name())))
    started = time.monotonic()
    encoder = Remembering(OnnxQueryEncoder.from_folder(generation.path(ENCODER)))
    searcher = Searcher(generation, encoder)
    searcher.warm_up()
    figures: dict[str, Any] = {
        "passages": len(searcher.corpus.passages),
        "documents": len(searcher.corpus.documents),
        "build_s": build_s,
        "open_s": time.monotonic() - started,
        "index_bytes_per_passage": _bytes_per_passage(generation),
        "search_ms": {
            c.name: measure(searcher, read_queries(c / "queries.jsonl")) for c in folders
        },
    }
    figures["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed.growth", description=__doc__)
    parser.add_argument("corpora", type=Path, help="folder of judged corpora")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--encoder", default="bundled")
    parser.add_argument("--keep", action="store_true", help=f"add the result to {RESULTS}")
    options = parser.parse_args()
    folders = sorted(f for f in options.corpora.iterdir() if (f / "corpus.jsonl").exists())
    figures = {"machine": machine.facts(), **_report(folders, options.passages, options.encoder)}
    print(json.dumps(figures, indent=1))
    if options.keep:
        kept: Mapping[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        merged = {**kept, str(options.passages): figures}
        RESULTS.write_text(json.dumps(merged, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
