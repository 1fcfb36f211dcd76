"""BM25F over postings, against numbers worked by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from search.lexical.bm25 import LexicalIndex
from search.lexical.impacts import Bm25Parameters
from search.lexical.postings import FIELDS, POSTINGS
from search.lexical.whoosh_index import LexicalPassage, update

BODY_ONLY = Bm25Parameters(weights=(0.0, 0.0, 0.0, 1.0), b=(0.0, 0.0, 0.0, 0.75), k1=1.2)


def passage(key: str, document: str, body: str, title: str = "") -> LexicalPassage:
    terms = {"title": title.split(), "body": body.split()}
    return LexicalPassage(key, document, tuple(tuple(terms.get(f, ())) for f in FIELDS))


def opened(folder: Path, keys: list[str], parameters: Bm25Parameters | None = None) -> LexicalIndex:
    return LexicalIndex.open((folder / POSTINGS).iterdir(), keys, parameters=parameters)


def test_score_is_bm25_of_one_field(tmp_path: Path) -> None:
    update(
        tmp_path,
        removed=[],
        added=[passage("a", "1", "x x y"), passage("b", "2", "y"), passage("c", "3", "z z")],
    )
    scores, matched, documents = opened(tmp_path, ["a", "b", "c"], BODY_ONLY).scores(["x", "y"])
    idf_x = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    idf_y = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    norm_a, norm_b = 1 - 0.75 + 0.75 * 3 / 2, 1 - 0.75 + 0.75 * 1 / 2

    def saturated(tf: float) -> float:
        return tf * 2.2 / (1.2 + tf)

    expected_a = idf_x * saturated(2 / norm_a) + idf_y * saturated(1 / norm_a)
    expected_b = idf_y * saturated(1 / norm_b)
    assert scores == pytest.approx([expected_a, expected_b, 0.0], rel=1e-5)
    assert documents == pytest.approx(scores), "each passage is a document"
    assert matched == pytest.approx([1.0, idf_y / (idf_x + idf_y), 0.0], rel=1e-5)


def test_fields_are_joined_before_saturation(tmp_path: Path) -> None:
    update(tmp_path, removed=[], added=[passage("a", "1", "x", title="x"), passage("b", "2", "y")])
    parameters = Bm25Parameters(weights=(2.0, 0.0, 0.0, 1.0), b=(0.0,) * 4, k1=1.2)
    scores = opened(tmp_path, ["a", "b"], parameters).scores(["x"]).passages
    idf = math.log(1 + 1.5 / 1.5)
    assert scores[0] == pytest.approx(idf * 3 * 2.2 / (1.2 + 3), rel=1e-5)


def test_documents_join_their_passages(tmp_path: Path) -> None:
    """Of a title repeated in two passages one counts, of words of the body all do."""
    passages = [
        passage("a0", "a", "x y", title="z"),
        passage("a1", "a", "x", title="z"),
        passage("b0", "b", "y", title="w"),
    ]
    update(tmp_path, removed=[], added=passages)
    parameters = Bm25Parameters(weights=(2.0, 0.0, 0.0, 1.0), b=(0.0,) * 4, k1=1.2)
    index = LexicalIndex.open(
        (tmp_path / POSTINGS).iterdir(), ["a0", "a1", "b0"], np.array([0, 2]), parameters
    )
    idf = math.log(1 + 1.5 / 1.5)
    found = index.scores(["x", "z"]).documents
    assert found == pytest.approx([idf * 2 * 2.2 / (1.2 + 2) * 2, 0.0], rel=1e-5)
    of_x, of_z = index.explain(0, ["x", "z"])
    assert (of_x.fields, of_z.fields) == (("body",), ("title",))
    assert of_x.score == pytest.approx(found[0] / 2)
    assert of_z.score == pytest.approx(found[0] / 2)


def test_update_equals_a_fresh_index(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    first = [passage(f"{n}", f"{n}", f"w{n} common w{n % 3}") for n in range(40)]
    changed = passage("5b", "5b", "quite different common")
    update(old, removed=[], added=first)
    update(old, removed=["5"], added=[changed])
    kept = [p for p in first if p.key != "5"] + [changed]
    update(new, removed=[], added=kept)
    keys = [p.key for p in kept]
    for terms in (["common"], ["w1", "quite"], ["w5"]):
        np.testing.assert_allclose(
            opened(old, keys).scores(terms).documents,
            opened(new, keys).scores(terms).documents,
            rtol=1e-5,
        )


def test_edit_leaves_old_segments_untouched(tmp_path: Path) -> None:
    update(tmp_path, removed=[], added=[passage(f"{n}", f"{n}", f"w{n}") for n in range(200)])
    before = {p: p.stat().st_ino for p in tmp_path.rglob("*.npz")}
    update(tmp_path, removed=["3"], added=[passage("3b", "3b", "new")])
    assert before.items() <= {p: p.stat().st_ino for p in tmp_path.rglob("*.npz")}.items()


def test_missing_passage_is_refused(tmp_path: Path) -> None:
    update(tmp_path, removed=[], added=[passage("a", "1", "x")])
    with pytest.raises(ValueError, match="lacks 1 of 2"):
        opened(tmp_path, ["a", "b"])


def test_unknown_terms_score_nothing(tmp_path: Path) -> None:
    update(tmp_path, removed=[], added=[passage("a", "1", "x")])
    index = opened(tmp_path, ["a"])
    scores, matched, _ = index.scores(["nowhere"])
    assert scores.tolist() == [0.0]
    assert matched.tolist() == [0.0]
    assert "x" in index
    assert "nowhere" not in index


def test_empty_index_opens(tmp_path: Path) -> None:
    update(tmp_path, removed=[], added=[])
    assert len(opened(tmp_path, [])) == 0


def test_frequencies_are_those_of_whoosh(tmp_path: Path) -> None:
    """The arrays agree with what Whoosh itself reads from its segments."""
    from whoosh import index

    update(tmp_path, removed=[], added=[passage(f"{n}", f"{n}", "x " * n + "y") for n in range(9)])
    ours = opened(tmp_path, [f"{n}" for n in range(9)])
    with index.open_dir(str(tmp_path / "segments")).reader() as reader:
        for term in ("x", "y"):
            assert ours.document_frequency(term) == reader.doc_frequency("body", term)
