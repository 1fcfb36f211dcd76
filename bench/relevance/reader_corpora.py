"""The companies that nothing is trained on, as corpora to search with judged messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.relevance.reader_material import HELD_OUT, LIBRARY
from search.answers.answer_searcher import AnswerSearcher
from search.evaluate import open_corpus
from search.evaluation.evidence import evidence_of
from search.evaluation.judged import JudgedQuery


def held_out_corpora(cache: Path) -> Iterator[tuple[str, AnswerSearcher, list[JudgedQuery]]]:
    """Name, searcher and messages of each, those that nothing of it answers among them.

    Near misses are left out: another article of the company may answer them.
    """
    for path in sorted(LIBRARY.glob("*.articles.jsonl")):
        articles = _rows(path)
        messages = _rows(path.with_name(path.name.replace(".articles.", ".messages.")))
        for name in HELD_OUT:
            own = [row for row in articles if row["centre"] == name]
            if not own:
                continue
            corpus = _written(cache / "held-out" / f"{name}.jsonl", own)
            ids = {row["id"] for row in own}
            asked = [
                _message(number, row)
                for number, row in enumerate(messages)
                if (row["article"] in ids and row["evidence"]) or row.get("centre") == name
            ]
            opened = open_corpus(corpus, cache, lang=own[0]["lang"], encoder="bundled")
            yield name, opened.answers, asked


def _message(number: int, row: dict[str, Any]) -> JudgedQuery:
    return JudgedQuery(
        str(number),
        row["query"],
        row["lang"],
        row["kind"],
        {row["article"]: 2} if row["article"] else {},
        evidence_of(row["evidence"]) if row["evidence"] else None,
    )


def _written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
