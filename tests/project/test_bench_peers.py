"""bench.peers: what is pure in it. The engines themselves are measured, not tested."""

from __future__ import annotations

import numpy as np
import pytest

from bench.peers.__main__ import table
from bench.peers.measure import PeerFigures
from bench.peers.model import PeerPassage
from bench.peers.ranking import best_documents, reciprocal_rank_fusion, whole_documents
from bench.peers.text import stems, words


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


def test_the_lead_is_ours_minus_theirs_and_the_table_shows_it() -> None:
    figures = PeerFigures(
        "Peer", "plain", np.array([0.5, 0.5]), np.array([1.0, 0.0]), (1.0, 3.0), build_s=0.0
    )
    row = figures.summary(np.array([0.75, 0.75]))
    assert row["lead"] == {"mean": 0.25, "interval": (0.25, 0.25)}
    shown = table(
        {
            "n": 2, "documents": 1, "passages": 1, "peers": [row],
            "not_measured": {"Other": "no node"}, "lexical_over_tantivy": {},
        }
    )  # fmt: skip
    assert "| Peer | plain | 0.500 | 0.500 | 1.0 / 3.0 | +0.250 to +0.250 |" in shown
    assert "not measured: Other: no node" in shown
