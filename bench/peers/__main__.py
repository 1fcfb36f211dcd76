"""`python -m bench.peers FOLDER [--only NAME ...] [--keep]`: other engines beside our searcher.

FOLDER holds one folder a corpus, each with `corpus.jsonl` and `queries.jsonl`, maybe
`evidence.jsonl`. One run, one engine at a time, the same passages and vectors. Beside the ranking:
whether what is shown first holds the words that answer. What a machine lacks is reported as not
measured.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import machine
from bench.peers.measure import (
    ROUNDS,
    Asked,
    PeerFigures,
    lexical_over_tantivy,
    measure,
    read_passages,
)
from bench.peers.model import Peer, PeerPassage, PeerUnavailable
from bench.peers.otvet_peer import stages
from search.evaluate import open_corpus
from search.evaluation.evidence import read_evidence
from search.evaluation.judged import JudgedQuery, read_queries
from search.ranking.searcher import Searcher

RESULTS = Path("bench/results/peers.json")
CACHE = Path("var/cache")
FAMILIES = ("cosine", "tantivy", "bm25s", "sqlite", "whoosh", "postgresql", "txtai", "node")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("corpora", type=Path, help="folder of judged corpora")
    parser.add_argument("--only", nargs="+", choices=FAMILIES, default=FAMILIES, metavar="NAME")
    parser.add_argument("--keep", action="store_true", help=f"write the result to {RESULTS}")
    options = parser.parse_args()
    report: dict[str, Any] = {"machine": machine.facts(), "rounds": ROUNDS, "corpora": {}}
    for folder in sorted(p for p in options.corpora.iterdir() if (p / "corpus.jsonl").exists()):
        figures = side_by_side(folder, options.only)
        report["corpora"][folder.name] = figures
        print(f"\n{folder.name}\n{table(figures)}", flush=True)
    if options.keep:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, indent=1, ensure_ascii=False)
        RESULTS.write_text(f"{text}\n", encoding="utf-8")


def side_by_side(folder: Path, families: Sequence[str]) -> dict[str, Any]:
    """Our searcher and every peer on one corpus; leads are those of our furthest stage."""
    queries = _queries(folder)
    lang = statistics.mode(q.lang for q in queries if q.kind != "crosslingual")
    answers = open_corpus(folder / "corpus.jsonl", CACHE, lang=lang, encoder="bundled").answers
    searcher = answers.searcher
    assert searcher.encoder
    asked = [Asked(query, searcher.encoder.encode_query(query.text)) for query in queries]
    passages = read_passages(searcher.generation)
    ours = [measure(stage, passages, asked) for stage in stages(answers, lang)]
    theirs, missing = _peers(families, lang, passages, asked)
    found = sorted([*ours, *theirs], key=lambda it: -it.ndcg.mean())
    return {
        "n": len(queries),
        "documents": len(searcher.corpus.documents),
        "passages": len(passages),
        "peers": [it.summary(ours[0].ndcg) for it in found],
        "not_measured": missing,
        "lexical_over_tantivy": _lexical(searcher, lang, passages, asked),
    }


def _queries(folder: Path) -> list[JudgedQuery]:
    """Judged queries with the words that answer, where the folder has them."""
    path = folder / "evidence.jsonl"
    evidence = read_evidence(path) if path.exists() else {}
    queries = read_queries(folder / "queries.jsonl")
    return [replace(query, evidence=evidence.get(query.id)) for query in queries]


def table(figures: dict[str, Any]) -> str:
    """Markdown, best first."""
    lines = [
        f"n = {figures['n']}, {figures['documents']} documents, {figures['passages']} passages",
        "",
        "| engine | setting | nDCG@10 | success@3 | holds | p50 / p99, ms | our lead, 95 % |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in figures["peers"]:
        low, high = row["lead"]["interval"]
        lead = f"{low:+.3f} to {high:+.3f}" if low or high else ""
        holds = "" if row["passage_holds"] is None else f"{row['passage_holds']:.3f}"
        lines.append(
            f"| {row['name']} | {row['setting']} | {row['ndcg@10']:.3f} | {row['success@3']:.3f} "
            f"| {holds} | {row['p50_ms']:.1f} / {row['p99_ms']:.1f} | {lead} |"
        )
    lines += [f"not measured: {name}: {why}" for name, why in figures["not_measured"].items()]
    lexical = {key: round(value, 3) for key, value in figures["lexical_over_tantivy"].items()}
    return "\n".join([*lines, f"lexical_over_tantivy: {json.dumps(lexical)}"])


def _peers(
    families: Sequence[str], lang: str, passages: Sequence[PeerPassage], asked: Sequence[Asked]
) -> tuple[list[PeerFigures], dict[str, str]]:
    """Figures of what this machine has, and name → reason for what it lacks."""
    found: list[PeerFigures] = []
    missing: dict[str, str] = {}
    for family in families:
        try:
            peers: list[Peer] = importlib.import_module(f"bench.peers.{family}_peer").peers(lang)
        except ImportError as error:
            missing[family] = str(error)
            continue
        for peer in peers:
            try:
                found.append(measure(peer, passages, asked))
            except PeerUnavailable as error:
                missing[peer.name] = str(error)
    return found, missing


def _lexical(
    searcher: Searcher,
    lang: str,
    passages: Sequence[PeerPassage],
    asked: Sequence[Asked],
) -> dict[str, float]:
    """Of our lexical stage and tantivy's; empty without tantivy."""
    try:
        from bench.peers.tantivy_peer import Tantivy
    except ImportError:
        return {}
    engine = Tantivy(lang)
    engine.index(passages)
    return lexical_over_tantivy(searcher.generation, engine.hits, [it.query.text for it in asked])


if __name__ == "__main__":
    main()
