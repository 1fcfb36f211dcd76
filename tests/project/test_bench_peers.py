"""bench.peers: what is pure in it. The engines themselves are measured, not tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from bench.peers.__main__ import table
from bench.peers.measure import Asked, PeerFigures, measure
from bench.peers.model import Answer, PeerPassage
from bench.peers.ranking import best_documents, reciprocal_rank_fusion, whole_documents
from bench.peers.text import stems, words
from search.evaluation.evidence import Evidence
from search.evaluation.judged import JudgedQuery
from search.lexical.bm25 import FloatArray


def passage(document_id: str, text: str = "") -> PeerPassage:
    return PeerPassage(document_id, document_id.upper(), text, np.zeros(2, dtype=np.float32))


PASSAGES = [passage("a", "one"), passage("a", "two"), passage("b", "three")]


def test_a_document_stands_where_its_best_passage_does() -> None:
    assert best_documents([1, 2, 0], PASSAGES) == ("a", "b")


def test_passages_of_a_document_join_in_order() -> None:
    assert [(it.document_id, it.text) for it in whole_documents(PASSAGES)] == [
        ("a", "one\ntwo"),
        ("b", "three"),
    ]


def test_fusion_prefers_what_both_rankings_hold() -> None:
    # k = 1: 7 earns 1/2, 8 earns 1/3 + 1/2, 9 earns 1/3.
    assert reciprocal_rank_fusion([[7, 8], [8, 9]], k=1) == [8, 7, 9]


def test_fusion_keeps_the_first_seen_first_among_equals() -> None:
    assert reciprocal_rank_fusion([[3], [1], []]) == [3, 1]


@pytest.mark.parametrize("text", ['"C++" -foo: (bar)*', "foo AND bar^2", "a:b OR [x TO y]"])
def test_words_leave_nothing_to_a_query_parser(text: str) -> None:
    assert all(word.isalnum() and word.islower() for word in words(text) if not word.isdigit())


def test_stems_drop_stop_words() -> None:
    assert stems("The boards", "en") == ["board"]
    assert stems("не пришли заказы", "ru") == ["пришл", "заказ"]


@dataclass
class Scripted:
    """A peer that shows the same text for everything."""

    first: str | None
    name: str = "Scripted"
    setting: str = ""

    def build(self, passages: Sequence[PeerPassage]) -> None:
        """Nothing to index."""

    def search(self, text: str, vector: FloatArray, limit: int) -> Answer:
        return Answer(("a",), took_ms=1.0, first=self.first)

    def close(self) -> None:
        """Nothing to end."""


def test_what_is_shown_first_is_held_against_the_words_that_answer() -> None:
    vector = np.zeros(2, dtype=np.float32)
    evidence = Evidence((("Press the button",),))
    asked = [
        Asked(JudgedQuery("1", "reset", "en", "", {"a": 2}, evidence), vector),
        Asked(JudgedQuery("2", "video", "en", "", {"a": 2}, Evidence(())), vector),
        Asked(JudgedQuery("3", "unknown", "en", "", {"a": 2}), vector),
    ]

    def holds(first: str | None) -> float | None:
        return measure(Scripted(first), PASSAGES, asked).passage_holds

    assert holds("First press the  button.") == 1.0
    assert holds("x" * 700 + " press the button") == 0.0
    assert holds(None) is None


def test_the_lead_is_ours_minus_theirs_and_the_table_shows_it() -> None:
    figures = PeerFigures(
        "Peer", "plain", np.array([0.5, 0.5]), np.array([1.0, 0.0]), 0.25, (1.0, 3.0), build_s=0.0
    )
    row = figures.summary(np.array([0.75, 0.75]))
    assert row["lead"] == {"mean": 0.25, "interval": (0.25, 0.25)}
    shown = table(
        {
            "n": 2, "documents": 1, "passages": 1, "peers": [row],
            "not_measured": {"Other": "no node"}, "lexical_over_tantivy": {},
        }
    )  # fmt: skip
    assert "| Peer | plain | 0.500 | 0.500 | 0.250 | 1.0 / 3.0 | +0.250 to +0.250 |" in shown
    assert "not measured: Other: no node" in shown
