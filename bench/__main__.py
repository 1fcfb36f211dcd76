"""`python -m bench [--corpora FOLDER]`: every figure of docs/benchmarks.md, as JSON and a table.

FOLDER holds one folder a corpus, each with `corpus.jsonl`, `queries.jsonl` and maybe `oos.jsonl`
and `evidence.jsonl`, the words that answer. The sample library is measured without it. Results are
figures, never pass or fail.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import machine
from bench.speed import product
from kb.catalog.generation import Loaded
from search.evaluate import evaluate, open_corpus, shown_figures, shown_outcomes
from search.evaluation.evidence import read_evidence
from search.evaluation.judged import JudgedQuery, read_queries
from search.model import Mode

RESULTS = Path("bench/results")
CACHE = Path("var/cache")
MODES: tuple[Mode, ...] = ("lexical", "semantic", "hybrid")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--corpora", type=Path, help="folder of judged corpora")
    parser.add_argument("--skip-speed", action="store_true", help="quality only")
    parser.add_argument("--keep", action="store_true", help=f"write the result to {RESULTS}")
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {"machine": machine.facts()}
    if not options.skip_speed:
        figures["cold_build"] = product.cold_build(Path("articles"), "ru,en", CACHE)
        print(json.dumps(figures["cold_build"]), flush=True)
    for folder in sorted(options.corpora.iterdir()) if options.corpora else []:
        if (folder / "corpus.jsonl").exists():
            figures[folder.name] = _corpus(folder, with_speed=not options.skip_speed)
            print(folder.name, json.dumps(figures[folder.name], indent=1), flush=True)
    if options.keep:
        RESULTS.mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y-%m-%d}-{figures['machine']['commit']}.json"
        (RESULTS / name).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _corpus(folder: Path, *, with_speed: bool) -> dict[str, Any]:
    queries = read_queries(folder / "queries.jsonl")
    oos = folder / "oos.jsonl"
    out_of_scope = read_queries(oos) if oos.exists() else []
    lang = statistics.mode(query.lang for query in queries if query.kind != "crosslingual")
    corpus = open_corpus(folder / "corpus.jsonl", CACHE, lang=lang, encoder="bundled")
    figures: dict[str, Any] = {
        mode: evaluate(corpus.answers, queries, out_of_scope, mode=mode) for mode in MODES
    }
    figures["shown"] = _shown(folder, corpus.loaded, queries, out_of_scope)
    if with_speed:
        figures["speed"] = product.measure(
            folder / "corpus.jsonl", folder / "queries.jsonl", lang=lang, cache=CACHE
        )
    return figures


def _shown(
    folder: Path,
    loaded: Loaded,
    queries: Sequence[JudgedQuery],
    out_of_scope: Sequence[JudgedQuery],
) -> dict[str, Any]:
    """Figures of what is shown; without words that answer the article decides."""
    path = folder / "evidence.jsonl"
    outcomes = [
        *shown_outcomes(loaded, queries, is_in_scope=True),
        *shown_outcomes(loaded, out_of_scope, is_in_scope=False),
    ]
    evidence = read_evidence(path) if path.exists() else None
    return shown_figures(outcomes, [*queries, *out_of_scope], evidence)


if __name__ == "__main__":
    main()
