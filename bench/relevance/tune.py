"""Origin of the weights of `search.ranking.weights.Weights`: a grid over the judged dev
queries.

`python -m bench.relevance.tune FOLDER`, which holds a folder a corpus. Prints the mean nDCG@10 over
the corpora for each setting, best first, and the same by corpus; and what choosing by this grid
gives on queries that the choice has not seen. Differences under .03 are noise.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from search.answers.answer_searcher import AnswerSearcher
from search.evaluate import open_corpus
from search.evaluation import metrics
from search.evaluation.judged import JudgedQuery, read_queries, run
from search.lexical.bm25 import FloatArray
from search.ranking.query_vector import QueryEncoding
from search.ranking.searcher import Searcher
from search.ranking.weights import Weights

CACHE = Path("var/cache")
PASSAGE_TO_LABEL = (2.25, 4.0, 6.0)
LEXICAL = (0.35, 0.4, 0.45)
COVERAGE = (1.0, 1.5, 2.0)
CATEGORY = (0.2, 0.4, 0.6)
FOLDS = 10


class Remembering:
    """Encodes each query once, however many settings are tried."""

    def __init__(self, encoder: QueryEncoding) -> None:
        self._encoder = encoder
        self._known: dict[str, FloatArray] = {}

    def encode_query(self, text: str) -> FloatArray:
        if text not in self._known:
            self._known[text] = self._encoder.encode_query(text)
        return self._known[text]


def corpora(folder: Path) -> dict[str, tuple[AnswerSearcher, list[JudgedQuery]]]:
    """Name → searcher and judged queries of every corpus below `folder`."""
    found = {}
    for path in sorted(p for p in folder.iterdir() if (p / "corpus.jsonl").exists()):
        queries = read_queries(path / "queries.jsonl")
        lang = statistics.mode(q.lang for q in queries if q.kind != "crosslingual")
        answers = open_corpus(path / "corpus.jsonl", CACHE, lang=lang, encoder="bundled").answers
        searcher = answers.searcher
        searcher.encoder = Remembering(searcher.encoder) if searcher.encoder else None
        found[path.name] = answers, queries
    return found


def unread(searcher: Searcher) -> AnswerSearcher:
    """The ranking alone: nothing is read, so that the order is the searcher's."""
    return AnswerSearcher(searcher, None)


def settings() -> list[Weights]:
    """The grid."""
    found = []
    for ratio, lexical, coverage, category in itertools.product(
        PASSAGE_TO_LABEL, LEXICAL, COVERAGE, CATEGORY
    ):
        label = (1 - lexical) / (1 + ratio)
        passage = round(1 - lexical - label, 3)
        found.append(Weights(passage, lexical, round(label, 3), coverage, category))
    return found


def scores(searcher: Searcher, queries: Sequence[JudgedQuery], weights: Weights) -> FloatArray:
    """(n,) nDCG@10 of each query."""
    tried = copy.copy(searcher)
    tried.weights = weights
    outcomes = run(unread(tried), queries)
    found = [metrics.ndcg(o.ranking, o.query.grades, k=10) for o in outcomes]
    return np.array(found, dtype=np.float32)


def cross_validated(tables: Mapping[str, FloatArray]) -> dict[str, float]:
    """Mean of each corpus when every fold gets the setting that is best on the other folds.

    `tables` are (settings, queries) by corpus; the best setting is that of the mean over corpora.
    """
    chance = np.random.default_rng(0)
    folds = {name: chance.permutation(table.shape[1]) % FOLDS for name, table in tables.items()}
    found = {name: np.empty(table.shape[1]) for name, table in tables.items()}
    for fold in range(FOLDS):
        seen = [table[:, folds[name] != fold].mean(axis=1) for name, table in tables.items()]
        best = int(np.mean(seen, axis=0).argmax())
        for name, table in tables.items():
            found[name][folds[name] == fold] = table[best, folds[name] == fold]
    return {name: float(values.mean()) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance.tune", description=__doc__)
    parser.add_argument("corpora", type=Path)
    judged = corpora(parser.parse_args().corpora)
    grid = settings()
    tables = {
        name: np.stack([scores(answers.searcher, queries, weights) for weights in grid])
        for name, (answers, queries) in judged.items()
    }
    by_corpus = np.stack([table.mean(axis=1) for table in tables.values()])
    for number in np.argsort(-by_corpus.mean(axis=0)):
        means = (f"{value:.4f}" for value in by_corpus[:, number])
        print(f"{by_corpus[:, number].mean():.4f}", *means, grid[number])
    for name, value in cross_validated(tables).items():
        print(f"{name}: {value:.4f} cross-validated over {FOLDS} folds")


if __name__ == "__main__":
    main()
