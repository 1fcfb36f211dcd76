"""Building generations: what is shared, what is encoded, what survives faults."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from search.generation.files import LEXICAL
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.ranking.options import SearchOptions
from tests.support.libraries.corpus import NOW, HashSource, build_index, open_searcher, shop


def current(root: Path) -> OpenGeneration:
    store = Store(root / "index")
    return OpenGeneration(store.path(store.candidates()[0]))


def inodes(generation: OpenGeneration, prefix: str) -> dict[str, int]:
    return {
        path: generation.path(path).stat().st_ino
        for path in generation.manifest.files
        if path.startswith(prefix)
    }


def test_unchanged_corpus_keeps_its_generation(tmp_path: Path) -> None:
    first = build_index(tmp_path, shop())
    second = build_index(tmp_path, shop())
    assert (first.is_new, second.is_new) == (True, False)
    assert first.name == second.name


def test_same_corpus_has_same_fingerprint_on_two_machines(tmp_path: Path) -> None:
    build_index(tmp_path / "a", shop())
    build_index(tmp_path / "b", shop()[::-1])
    assert (
        current(tmp_path / "a").manifest.fingerprints
        == current(tmp_path / "b").manifest.fingerprints
    )


def test_edit_encodes_only_what_changed(tmp_path: Path) -> None:
    documents = shop()
    build_index(tmp_path, documents)
    documents[2] = replace(documents[2], html="<p>Курьер привезёт заказ послезавтра.</p>")
    source = HashSource(tmp_path)
    assert build_index(tmp_path, documents, source=source).encoded == 1
    source = HashSource(tmp_path)
    build_index(tmp_path, documents[1:], source=source)
    assert source.passage_encoders == 0


def test_edit_shares_encoder_and_old_segments(tmp_path: Path) -> None:
    documents = [
        replace(d, id=f"{d.id}{n}", group=f"{d.group}{n}") for n in range(40) for d in shop()
    ]
    build_index(tmp_path, documents)
    before = current(tmp_path)
    documents[2] = replace(documents[2], title="Другой заголовок")
    build_index(tmp_path, documents)
    after = current(tmp_path)
    assert inodes(before, "encoder/") == inodes(after, "encoder/")
    old = inodes(before, f"{LEXICAL}/postings/").items()
    assert old <= inodes(after, f"{LEXICAL}/postings/").items()


def test_edited_index_answers_like_a_fresh_one(tmp_path: Path) -> None:
    documents = shop()
    build_index(tmp_path / "edited", documents)
    documents[0] = replace(documents[0], title="Совсем другое название")
    del documents[4]
    build_index(tmp_path / "edited", documents)
    build_index(tmp_path / "fresh", documents)
    for query in ("деньги", "совсем другое", "E-05", "courier"):
        edited, fresh = (
            open_searcher(tmp_path / name).search(query, SearchOptions(lang="ru"))
            for name in ("edited", "fresh")
        )
        assert [(h.document_id, round(h.score, 4)) for h in edited.hits] == [
            (h.document_id, round(h.score, 4)) for h in fresh.hits
        ]


def test_content_is_stored_and_shared(tmp_path: Path) -> None:
    build_index(tmp_path, shop(), content={"catalog.json": b"one", "media/a.svg": b"picture"})
    before = current(tmp_path)
    build_index(tmp_path, shop(), content={"catalog.json": b"two", "media/a.svg": b"picture"})
    after = current(tmp_path)
    assert after.path("content/catalog.json").read_bytes() == b"two"
    assert inodes(before, "content/media/") == inodes(after, "content/media/")


def test_damaged_generation_is_not_built_upon(tmp_path: Path) -> None:
    build_index(tmp_path, shop())
    generation = current(tmp_path)
    path = next(generation.path(LEXICAL).rglob("*.npz"))
    path.write_bytes(path.read_bytes()[:-9])
    build = build_index(tmp_path, shop())
    assert build.is_new
    assert current(tmp_path).manifest.name == build.name


def test_old_generations_are_pruned(tmp_path: Path) -> None:
    documents = shop()
    for number in range(4):
        documents[2] = replace(documents[2], title=f"Заголовок {number}")
        build_index(tmp_path, documents, keep=2, now=NOW + timedelta(seconds=number))
    assert len(Store(tmp_path / "index").names()) == 2


def test_failing_encoder_leaves_the_old_generation(tmp_path: Path) -> None:
    class Failing(HashSource):
        def passage_encoder(self):  # type: ignore[no-untyped-def]
            raise RuntimeError("no memory")

    documents = shop()
    first = build_index(tmp_path, documents)
    documents[2] = replace(documents[2], title="Новое")
    with pytest.raises(RuntimeError):
        build_index(tmp_path, documents, source=Failing(tmp_path))
    assert Store(tmp_path / "index").current_name() == first.name


def test_another_encoder_rebuilds_vectors(tmp_path: Path) -> None:
    build_index(tmp_path, shop())
    build = build_index(tmp_path, shop(), source=HashSource(tmp_path, dim=32))
    assert build.is_new
    assert current(tmp_path).manifest.facts["dim"] == 32
