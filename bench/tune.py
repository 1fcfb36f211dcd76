"""Where the weights of `search.searcher.Weights` come from: a grid over the judged dev queries.

`python -m bench.tune FOLDER`, which holds a folder a corpus. Prints the mean nDCG@10 over the
corpora for each setting, best first, and the same by corpus. Differences under .03 are noise.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import statistics
from pathlib import Path

from search.bm25 import FloatArray
from search.evaluate import open_corpus, ranking_figures
from search.judged import JudgedQuery, read_queries, run
from search.searcher import QueryEncoding, Searcher, Weights

CACHE = Path("var/cache")
PASSAGE_TO_LABEL = (1.0, 2.25, 4.0)
LEXICAL = (0.25, 0.30, 0.35, 0.40)
COVERAGE = (0.0, 0.5, 1.0, 1.5)


class Remembering:
    """Encodes each query once, however many settings are tried."""

    def __init__(self, encoder: QueryEncoding) -> None:
        self._encoder = encoder
        self._known: dict[str, FloatArray] = {}

    def encode_query(self, text: str) -> FloatArray:
        if text not in self._known:
            self._known[text] = self._encoder.encode_query(text)
        return self._known[text]


def corpora(folder: Path) -> dict[str, tuple[Searcher, list[JudgedQuery]]]:
    """Name → searcher and judged queries of every corpus below `folder`."""
    found = {}
    for path in sorted(p for p in folder.iterdir() if (p / "corpus.jsonl").exists()):
        queries = read_queries(path / "queries.jsonl")
        lang = statistics.mode(q.lang for q in queries if q.kind != "crosslingual")
        searcher, _ = open_corpus(path / "corpus.jsonl", CACHE, lang=lang, encoder="bundled")
        searcher.encoder = Remembering(searcher.encoder) if searcher.encoder else None
        found[path.name] = searcher, queries
    return found


def settings() -> list[Weights]:
    """The grid."""
    found = []
    for ratio, lexical, coverage in itertools.product(PASSAGE_TO_LABEL, LEXICAL, COVERAGE):
        label = (1 - lexical) / (1 + ratio)
        found.append(Weights(round(1 - lexical - label, 3), lexical, round(label, 3), coverage))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.tune", description=__doc__)
    parser.add_argument("corpora", type=Path)
    judged = corpora(parser.parse_args().corpora)
    rows = []
    for weights in settings():
        scores = []
        for searcher, queries in judged.values():
            tried = copy.copy(searcher)
            tried.weights = weights
            scores.append(ranking_figures(run(tried, queries, mode="hybrid"))["ndcg@10"])
        rows.append((statistics.fmean(scores), scores, weights))
    for mean, scores, weights in sorted(rows, key=lambda row: -row[0]):
        print(f"{mean:.4f}", *(f"{score:.4f}" for score in scores), weights)


if __name__ == "__main__":
    main()
