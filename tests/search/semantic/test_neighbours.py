"""search.semantic.neighbours: nearest in meaning, in the reader's language, nothing that is not
near."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from search.generation.files import NEIGHBOURS, neighbours_of
from search.generation.store import Store
from search.semantic.neighbours import (
    ALIKE,
    LEAST,
    MOST,
    DocumentPassages,
    alike,
    alike_to,
    nearest,
)
from search.semantic.vectors import Vectors
from tests.support.libraries.corpus import build_index, document

TOPICS = 6
DIM = 32


def places(
    *documents: tuple[str, str, int], shelf: str = ""
) -> tuple[list[DocumentPassages], Vectors]:
    """Documents as (language, group, topic), one passage each, of the topic and the language.

    Every topic has one more document in each language, so that a mean says only the language.
    """
    filler = [(lang, f"{lang}{topic}", topic) for lang in ("ru", "en") for topic in range(TOPICS)]
    found, rows = [], []
    noise = np.random.default_rng(1)
    for number, (lang, group, topic) in enumerate((*documents, *filler)):
        row = noise.normal(0, 0.02, DIM)
        row[topic] += 1
        row[20 if lang == "ru" else 21] += 3  # far more than any meaning, as in real encoders
        rows.append(row / np.linalg.norm(row))
        place = ("faq", shelf or f"shelf{number}")
        found.append(
            DocumentPassages(f"{lang}/{group}", group, lang, place, slice(number, number + 1))
        )
    return found, Vectors.of(np.array(rows, dtype=np.float32))


def test_the_same_topic_is_near_and_another_is_not() -> None:
    near = nearest(*places(("ru", "a", 0), ("ru", "b", 0), ("ru", "c", 1)))
    assert set(near["ru/a"]) == {"b", "ru0", "en0"}
    assert set(near["ru/c"]) == {"ru1", "en1"}


def test_each_article_counts_once_in_the_readers_language() -> None:
    """The Russian version is on another topic: what an English one says matters to nobody here."""
    near = nearest(*places(("ru", "a", 0), ("en", "b", 0), ("ru", "b", 1), ("en", "d", 0)))
    assert "b" not in near["ru/a"]
    assert "d" in near["ru/a"]
    assert "b" in near["en/d"]


def test_translations_of_an_article_are_not_related_to_it() -> None:
    near = nearest(*places(("ru", "a", 0), ("en", "a", 0)))
    assert all("a" not in groups for name, groups in near.items() if name.endswith("/a"))


def test_the_own_shelf_comes_first_among_equals_and_few_are_kept() -> None:
    documents, vectors = places(*(("ru", f"g{number}", 0) for number in range(2 * MOST)))
    last = documents[2 * MOST - 1]
    documents[0] = DocumentPassages(**{**vars(documents[0]), "shelf": last.shelf})
    near = nearest(documents, vectors)
    assert near["ru/g0"][0] == last.group
    assert len(near["ru/g0"]) == MOST


def test_alone_or_without_documents_nothing_is_near() -> None:
    nothing = Vectors.of(np.zeros((0, DIM), dtype=np.float32))
    assert nearest([], nothing) == {}
    alone = Vectors.of(np.eye(1, DIM, dtype=np.float32))
    assert nearest([DocumentPassages("ru/a", "a", "ru", ("faq", "x"), slice(0, 1))], alone) == {}
    assert LEAST > 0.1  # or being on one shelf were enough


def test_a_generation_holds_neighbours_of_its_own_documents_only(tmp_path: Path) -> None:
    topics = ("oil filter pump", "parcel courier door", "card bank refund")
    words = ("first", "second", "third", "fourth")
    documents = [
        document(f"{topic[:3]}{word}", lang="en", title=word, html=f"<p>{topic} {topic} {word}</p>")
        for topic in topics
        for word in words
    ]

    def built(root: Path, *, with_encoder: bool = True) -> bytes | None:
        build_index(root, documents, with_encoder=with_encoder)
        store = Store(root / "index")
        name = store.current_name()
        assert name
        path = store.path(name) / NEIGHBOURS
        assert neighbours_of(path).keys() <= {one.id for one in documents}
        return path.read_bytes() if path.exists() else None

    first = built(tmp_path / "a")
    assert first
    assert b'"en/oilfirst":["oil' in first
    assert built(tmp_path / "b") == first
    documents.pop(1)  # unpublished
    again = built(tmp_path / "a")
    assert again
    assert b"oilsecond" not in again
    assert built(tmp_path / "c", with_encoder=False) is None


def test_one_document_is_told_the_pairs_that_all_are_told() -> None:
    """`kb check` asks for all pairs, the authors' bar for those of one article: one rule."""
    found, vectors = places(("ru", "a", 0), ("ru", "b", 0), ("en", "a", 0), ("en", "c", 0))
    pairs = {frozenset((one.id, other.id)) for one, other, _ in alike(found, vectors)}
    told = {
        frozenset((place.id, other.id))
        for place in found
        for other, cosine in alike_to(place, found, vectors)
        if cosine >= ALIKE
    }
    assert pairs
    assert told == pairs
    assert all(len({name.partition("/")[0] for name in pair}) == 1 for pair in pairs)
