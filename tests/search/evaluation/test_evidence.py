"""Evidence: read or refused by line; words held whatever their case, accents of ё and marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.evaluation.evidence import Evidence, answers, evidence_of, read_evidence

GOOD = '{"qid": "a", "evidence": [[{"article": "x", "text": "one"}], [{"text": "two"}]]}'


def test_evidence_is_read_by_the_id_of_the_message(tmp_path: Path) -> None:
    path = tmp_path / "evidence.jsonl"
    path.write_text(f'{GOOD}\n\n{{"qid": 7, "evidence": []}}\n', encoding="utf-8")
    assert read_evidence(path) == {
        "a": Evidence((("one",), ("two",))),
        "7": Evidence(()),
    }


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        '"text"',
        '{"qid": "b"}',
        '{"evidence": []}',
        '{"qid": "b", "evidence": 3}',
        '{"qid": "b", "evidence": [3]}',
        '{"qid": "b", "evidence": [["text"]]}',
        '{"qid": "b", "evidence": [[{"article": "x"}]]}',
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "evidence.jsonl"
    path.write_text(f"{GOOD}\n{bad}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"evidence\.jsonl:2: needs qid and evidence"):
        read_evidence(path)


def test_all_pieces_of_one_alternative_answer() -> None:
    known = Evidence((("press the button", "wait"), ("call us",)))
    assert answers("First PRESS the  button; then wait!", known)
    assert answers("Or call us.", known)
    assert not answers("Press the button.", known)
    assert not answers("Press the red button and wait.", known)
    assert not answers("", known)
    assert not answers("anything", Evidence(()))


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("Счёт придёт", "счет придет"),
        ("3–10 дней", "3-10 дней"),
        ("a «b» c", "b c"),
        ("E-05", "e 05"),
    ],
)
def test_marks_case_and_yo_do_not_count(text: str, piece: str) -> None:
    assert answers(text, Evidence(((piece,),)))


def test_words_are_held_whole() -> None:
    assert not answers("within 130 days", Evidence((("30 days",),)))
    assert not answers("unpaid", Evidence((("paid",),)))


def test_json_of_one_message() -> None:
    assert evidence_of([[{"text": "one"}, {"text": "two"}]]) == Evidence((("one", "two"),))
