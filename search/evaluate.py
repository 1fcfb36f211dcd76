"""Measures ranking and confidence on a judged corpus: `python -m search.evaluate --help`.

Builds a generation from a JSONL corpus through the code the site uses (cached by content) and runs
the searcher and the confidence the site uses. Needs nothing of the site itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kb.content.sanitize import MarkupRefused, plain_html, to_html
from search.build.build import build
from search.build.embeddings import EMBEDDINGS
from search.evaluation import metrics
from search.evaluation.judged import LISTED, JudgedQuery, Outcome, read_queries, run
from search.evaluation.probes import probes
from search.generation.files import COMPLETIONS, ENCODER
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.lexical.autocomplete import read_entries
from search.model import Document, Mode
from search.ranking.calibration import Calibration
from search.ranking.query_vector import UNHURRIED_S
from search.ranking.searcher import Searcher
from search.semantic.encoder import OnnxQueryEncoder
from search.semantic.encoder_build.model_source import ModelSource


def read_corpus(path: Path, *, lang: str) -> list[Document]:
    """Documents of a JSONL file with `id`, `title`, `section`, `body` (Markdown), maybe `lang`."""
    return [_document(json.loads(line), lang) for line in _lines(path)]


def open_corpus(path: Path, cache_dir: Path, *, lang: str, encoder: str) -> tuple[Searcher, float]:
    """A searcher over the corpus, built unless it is cached, and the seconds that took."""
    documents = read_corpus(path, lang=lang)
    key = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    store = Store(cache_dir / "evaluation" / key)
    started = time.monotonic()
    name = build(
        documents,
        store=store,
        source=ModelSource(encoder, cache_dir),
        cache_file=cache_dir / EMBEDDINGS,
        content={},
        now=datetime.now(UTC),
        progress=_print_progress,
    ).name
    build_s = time.monotonic() - started
    generation = OpenGeneration(store.path(name))
    query_encoder = OnnxQueryEncoder.from_folder(generation.path(ENCODER))
    searcher = Searcher(generation, query_encoder, more_readings_s=UNHURRIED_S)
    searcher.warm_up()
    return searcher, build_s


def ranking_figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Means over queries that some document answers or helps with."""

    def mean(measure: Callable[[Outcome], float]) -> float:
        return statistics.fmean(measure(outcome) for outcome in outcomes)

    return {
        "n": len(outcomes),
        "ndcg@10": mean(lambda o: metrics.ndcg(o.ranking, o.query.grades, k=10)),
        "success@1": mean(lambda o: metrics.success(o.ranking, o.query.grades, k=1)),
        "success@3": mean(lambda o: metrics.success(o.ranking, o.query.grades, k=3)),
        "mrr@10": mean(lambda o: metrics.reciprocal_rank(o.ranking, o.query.grades, k=10)),
        "recall@50": mean(lambda o: metrics.recall(o.ranking, o.query.grades, k=50)),
    }


def decision_figures(inside: Sequence[Outcome], outside: Sequence[Outcome]) -> dict[str, Any]:
    """Quality of the confidence and of the decision, out-of-scope messages counted as errors."""
    everything = [*inside, *outside]
    answered = [o for o in everything if o.action == "answer"]
    offered = [o for o in inside if o.action == "offer"]
    wrong = [o for o in answered if not o.is_top_right]
    return {
        "auroc_answerable": metrics.auroc(
            [o.confidence.listed for o in inside], [o.confidence.listed for o in outside]
        ),
        "auroc_top_correct": metrics.auroc(
            [o.confidence.top for o in everything if o.is_top_right],
            [o.confidence.top for o in everything if not o.is_top_right],
        ),
        "ece": metrics.expected_calibration_error(
            [o.confidence.top for o in everything], [o.is_top_right for o in everything]
        ),
        "decisions": {"in_scope": _shares(inside), "out_of_scope": _shares(outside)},
        "answer_error": len(wrong) / len(answered) if answered else None,
        "offer_success": statistics.fmean(
            metrics.success(o.ranking, o.query.grades, k=LISTED) for o in offered
        )
        if offered
        else None,
    }


def evaluate(
    searcher: Searcher,
    queries: Sequence[JudgedQuery],
    out_of_scope: Sequence[JudgedQuery],
    *,
    mode: Mode,
    calibration: Calibration | None = None,
) -> dict[str, Any]:
    """All figures of one run as one JSON object."""
    searcher.search("прогрев warm-up", lang="ru", mode=mode)
    inside = run(searcher, queries, mode=mode, calibration=calibration)
    outside = run(searcher, out_of_scope, mode=mode, calibration=calibration)
    kinds = sorted({outcome.query.kind for outcome in inside})
    encode = [o.results.encode_ms for o in (*inside, *outside)]
    rest = [o.results.took_ms - o.results.encode_ms for o in (*inside, *outside)]
    figures: dict[str, Any] = ranking_figures(inside)
    figures["by_kind"] = {
        kind: ranking_figures([o for o in inside if o.query.kind == kind]) for kind in kinds
    }
    if outside:
        figures |= decision_figures(inside, outside)
    figures["latency_ms"] = {
        "encode_p50": metrics.percentile(encode, 0.5),
        "encode_p99": metrics.percentile(encode, 0.99),
        "rest_p50": metrics.percentile(rest, 0.5),
        "rest_p99": metrics.percentile(rest, 0.99),
    }
    figures["passages"] = len(searcher.corpus.passages)
    return figures


def own_calibration(searcher: Searcher) -> Calibration:
    """Calibration that `kb calibrate` fits to the corpus alone, without judged messages."""
    from search.evaluation.fit_calibration import calibrate

    entries = read_entries(searcher.generation.path(COMPLETIONS))
    budget = searcher.calibration.risk_budget
    return calibrate(
        searcher, probes(entries), risk_budget=budget, now=datetime.now(UTC)
    ).calibration


def _document(row: dict[str, Any], lang: str) -> Document:
    try:
        html = to_html(row["body"])
    except MarkupRefused:
        html = plain_html(row["body"])
    return Document(
        id=row["id"],
        group=row["id"],
        lang=row.get("lang", lang),
        title=row["title"],
        html=html,
        category=row.get("section", ""),
    )


def _shares(outcomes: Sequence[Outcome]) -> dict[str, float]:
    actions = [outcome.action for outcome in outcomes]
    total = max(1, len(actions))
    return {name: actions.count(name) / total for name in ("answer", "offer", "handoff")}


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _print_progress(step: str, done: int, total: int) -> None:
    if step == "meaning" and (done % 512 == 0 or done == total):
        print(f"encoded {done} of {total}", file=sys.stderr, flush=True)


def _table(figures: dict[str, Any]) -> str:
    names = ("n", "ndcg@10", "success@1", "success@3", "mrr@10", "recall@50")
    lines = ["".join(f"{name:>12}" for name in ("kind", *names))]
    for kind, row in [("all", figures), *figures["by_kind"].items()]:
        lines.append(f"{kind:>12}{row['n']:>12}" + "".join(f"{row[n]:>12.3f}" for n in names[1:]))
    rest = {k: v for k, v in figures.items() if k not in names and k != "by_kind"}
    return "\n".join([*lines, json.dumps(rest, indent=1)])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m search.evaluate", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--oos", type=Path, help="messages that no document answers")
    parser.add_argument("--mode", choices=("hybrid", "lexical", "semantic"), default="hybrid")
    parser.add_argument(
        "--calibrate", action="store_true", help="fit confidence to the corpus, as `kb calibrate`"
    )
    parser.add_argument("--lang", help="language of documents without one; default: the queries'")
    parser.add_argument("--encoder", default="bundled")
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    queries = read_queries(options.queries)
    lang = options.lang or statistics.mode(q.lang for q in queries if q.kind != "crosslingual")
    searcher, build_s = open_corpus(
        options.corpus, options.cache, lang=lang, encoder=options.encoder
    )
    out_of_scope = read_queries(options.oos) if options.oos else []
    calibration = own_calibration(searcher) if options.calibrate else None
    figures = evaluate(
        searcher, queries, out_of_scope, mode=options.mode, calibration=calibration
    ) | {"build_s": build_s}
    print(json.dumps(figures) if options.json else _table(figures))


if __name__ == "__main__":
    main()
