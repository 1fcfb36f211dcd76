"""Worth of each part of the ranking: `python -m bench.relevance.ablation FOLDER [--keep]`.

FOLDER holds a folder a corpus; the companies that nothing is trained on are added. Every part is
taken out in turn, the reader too; the loss in nDCG@10 comes with a 95 % interval from a paired
bootstrap over queries. Weights were tuned on the two libraries with texts, on nothing else.
"""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench import machine
from bench.relevance.reader_corpora import held_out_corpora
from bench.relevance.tune import CACHE, corpora, unread
from search.answers.answer_searcher import AnswerSearcher
from search.evaluation import metrics
from search.evaluation.judged import JudgedQuery, run
from search.ranking.weights import Weights

RESULTS = Path("bench/results/ablation.json")
RESAMPLES = 2000
SEED = 20
FULL = Weights()
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Variant:
    """The ranking with one part missing."""

    weights: Weights = FULL
    is_verbatim: bool = False
    is_read: bool = True


VARIANTS = {
    "reading": Variant(is_read=False),
    "repair of what was typed": Variant(is_verbatim=True),
    "words": Variant(replace(FULL, lexical=0.0, coverage=0.0)),
    "passages by meaning": Variant(replace(FULL, passage=0.0, category=0.0)),
    "titles and questions by meaning": Variant(replace(FULL, label=0.0)),
    "bonus for all words found": Variant(replace(FULL, coverage=0.0)),
    "category": Variant(replace(FULL, category=0.0)),
}


def scores(answers: AnswerSearcher, queries: Sequence[JudgedQuery], variant: Variant) -> Scores:
    """nDCG@10 of each query."""
    searcher = copy.copy(answers.searcher)
    searcher.weights = variant.weights
    tried = answers.ranked_by(searcher) if variant.is_read else unread(searcher)
    outcomes = run(tried, queries, mode="hybrid", is_verbatim=variant.is_verbatim)
    return np.array([metrics.ndcg(o.ranking, o.query.grades, k=10) for o in outcomes])


def interval(values: Scores) -> tuple[float, float]:
    """95 % bootstrap interval of a mean."""
    chance = np.random.default_rng(SEED)
    picks = chance.integers(0, len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(values[picks].mean(axis=1), [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


def ablation(answers: AnswerSearcher, queries: Sequence[JudgedQuery]) -> dict[str, Any]:
    """Figures of the full ranking, and the loss without each part."""
    full = scores(answers, queries, Variant())
    lost = {name: full - scores(answers, queries, v) for name, v in VARIANTS.items()}
    return {
        "n": len(queries),
        "ndcg@10": round(float(full.mean()), 4),
        "interval": interval(full),
        "loss without": {
            name: {"mean": round(float(loss.mean()), 4), "interval": interval(loss)}
            for name, loss in lost.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance.ablation", description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--keep", action="store_true", help=f"write the result to {RESULTS}")
    options = parser.parse_args()
    judged = corpora(options.corpora)
    for name, answers, messages in held_out_corpora(CACHE):
        judged[name] = answers, [message for message in messages if message.grades]
    found = {name: ablation(*one) for name, one in judged.items()}
    report = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine.facts(), "corpora": found}
    text = json.dumps(report, indent=1, ensure_ascii=False)
    print(text)
    if options.keep:
        RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
