"""`python -m search.evaluate` on a tiny corpus: figures, and a line for every message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from search import evaluate
from search.answers.answer_searcher import AnswerSearcher
from search.evaluation.shown import ERRORS
from search.generation.open_generation import OpenGeneration
from tests.support.libraries.corpus import HashSource, reading_with, searcher_over
from tests.support.toy_reader import WordReader, WordReaderSource

KEYS = (
    "qid set action reason confidence list_confidence article heading anchor shown kind passage "
    "ranking"
).split()


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of a corpus, and the toy encoder and reader in place of the release's."""

    def opened(generation: OpenGeneration) -> AnswerSearcher:
        return reading_with(WordReader(), searcher_over(generation))

    source = HashSource(tmp_path, reader=WordReaderSource(tmp_path))
    monkeypatch.setattr(evaluate, "ModelSource", lambda *_: source)
    monkeypatch.setattr(evaluate, "open_answers", opened)
    body = "Before you begin.\n\n## Reset {n}\n\nHold button {n} for ten seconds.\n"
    write(
        tmp_path / "corpus.jsonl",
        [
            {"id": f"r{n}", "title": f"Router {n}", "body": body.format(n=n)}
            | {"summary": f"All about router {n}.", "questions": [f"router {n} hangs"]}
            | {"tags": ["router"], "section": "routers"}
            for n in range(12)
        ],
    )
    write(
        tmp_path / "queries.jsonl",
        [
            {"qid": f"q{n}", "query": f"hold button {n} to reset", "lang": "en"}
            | {"kind": "chat" if n % 2 else "keyword", "relevant": {f"r{n}": 2}}
            for n in range(4)
        ],
    )
    write(
        tmp_path / "oos.jsonl",
        [{"qid": f"o{n}", "query": f"weather {n}", "lang": "en"} for n in range(3)],
    )
    write(
        tmp_path / "evidence.jsonl",
        [
            {"qid": f"q{n}", "evidence": [[{"article": f"r{n}", "text": f"Hold button {n}"}]]}
            for n in range(3)
        ]
        + [{"qid": "q3", "evidence": []}],
    )
    return tmp_path


def run(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    files = [str(folder / name) for name in ("corpus.jsonl", "queries.jsonl")]
    oos = ["--oos", str(folder / "oos.jsonl")]
    evaluate.main([*files, *oos, "--cache", str(folder / "cache"), "--json", *more])
    figures: dict[str, Any] = json.loads(capsys.readouterr().out)
    return figures


def test_what_is_shown_is_measured_and_told_line_by_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = folder / "outcomes.jsonl"
    evidence = str(folder / "evidence.jsonl")
    figures = run(folder, capsys, "--evidence", evidence, "--outcomes", str(outcomes))
    shown = figures["shown"]
    assert shown["n"] == {"in_scope": 3, "out_of_scope": 3}, "a picture alone answers q3"
    assert shown["shown_holds"]["value"] == 1.0
    assert shown["article_right"]["value"] == 1.0
    assert set(shown["by_kind"]) == {"chat", "keyword"}
    assert shown["by_kind"]["chat"]["n"] == {"in_scope": 1, "out_of_scope": 0}
    assert set(shown["cross_validated"]) == {f"{most:.2f}" for most in ERRORS}
    assert {f"answered_at_{most:.2f}" for most in ERRORS} <= set(shown)
    assert shown["shown_chars"]["p50"] > 0
    rows = [json.loads(line) for line in outcomes.read_text().splitlines()]
    assert [row["qid"] for row in rows] == ["q0", "q1", "q2", "q3", "o0", "o1", "o2"]
    for row in rows:
        assert set(KEYS) <= set(row)
        assert len(row["ranking"]) <= 10
        assert row["set"] == ("in_scope" if row["qid"][0] == "q" else "out_of_scope")
        assert row["action"] in {"answer", "offer", "handoff"}
    first = rows[0]
    assert (first["article"], first["heading"], first["anchor"]) == ("r0", "Reset 0", "reset-0")
    assert "Hold button 0 for ten seconds." in first["shown"]
    assert (first["ranking"][0], first["kind"], first["stage"]) == ("r0", "keyword", "reader")


def test_without_evidence_the_article_decides(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = run(folder, capsys, "--outcomes", str(folder / "outcomes.jsonl"))
    shown = figures["shown"]
    assert shown["n"]["in_scope"] == 4
    assert shown["article_right"]["value"] == 1.0
    assert shown["shown_holds"]["value"] is None


def test_nothing_goes_further_than_the_stage(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = folder / "outcomes.jsonl"
    run(folder, capsys, "--stage", "hybrid", "--outcomes", str(outcomes))
    stages = {json.loads(line)["stage"] for line in outcomes.read_text().splitlines()}
    assert stages == {"hybrid"}


def test_a_corpus_keeps_what_its_lines_say(folder: Path) -> None:
    documents = evaluate.read_corpus(folder / "corpus.jsonl", lang="en")
    one = documents[1]
    assert (one.id, one.group, one.lang, one.category) == ("en/r1", "r1", "en", "routers")
    assert one.summary == "All about router 1."
    assert (one.questions, one.tags) == (("router 1 hangs",), ("router",))
    assert 'id="reset-1"' in one.html
