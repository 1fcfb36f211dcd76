"""The reader's part of a generation: tokens of every unit, taken over where nothing changed."""

from __future__ import annotations

from pathlib import Path

from search.build.build import Build, build
from search.build.previous import BuildMemory
from search.generation.files import READER, UNIT_TOKENS
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.generation.unit_tokens import UnitTokens
from search.model import Document
from tests.support.libraries.corpus import NOW, HashSource, build_index, document, shop
from tests.support.toy_reader import WordReaderSource


def generation(root: Path) -> OpenGeneration:
    store = Store(root / "index")
    return OpenGeneration(store.path(str(store.current_name())))


def tokens(root: Path) -> list[list[int]]:
    found = UnitTokens.open(generation(root).path(UNIT_TOKENS))
    return [found[number].tolist() for number in range(len(found))]


def built(root: Path, documents: list[Document], reader: WordReaderSource | None) -> Build:
    return build_index(root, documents, source=HashSource(root, reader=reader))


def edited() -> list[Document]:
    """The shop with an article more in front, one less, and one changed."""
    new = document("aaa", lang="en", title="New", html="<p>One.</p><ul><li>Two</li></ul>")
    changed = document("vega", title="Vega R2", html="<p>Пылесос молчит.</p><p>Совсем.</p>")
    kept = [one for one in shop() if one.group not in {"vega", "courier"}]
    return [new, changed, *kept]


def test_a_build_on_another_equals_a_fresh_one(tmp_path: Path) -> None:
    old, fresh = tmp_path / "old", tmp_path / "fresh"
    built(old, shop(), WordReaderSource(old))
    again = WordReaderSource(old)
    built(old, edited(), again)
    whole = WordReaderSource(fresh)
    built(fresh, edited(), whole)
    assert tokens(old) == tokens(fresh)
    assert [text.partition("\n")[2] for text in again.texts] == [
        "One.", "Two", "Пылесос молчит.", "Совсем.",
    ]  # fmt: skip
    assert len(whole.texts) == len(tokens(fresh))


def test_a_process_that_builds_again_takes_over_too(tmp_path: Path) -> None:
    memory = BuildMemory()
    for documents in (shop(), edited()):
        reader = WordReaderSource(tmp_path)
        build(
            documents,
            store=Store(tmp_path / "index"),
            source=HashSource(tmp_path, reader=reader),
            cache_file=tmp_path / "embeddings.sqlite",
            content={},
            now=NOW,
            memory=memory,
        )
    assert len(reader.texts) == 4
    taken_over = tokens(tmp_path)
    built(tmp_path / "fresh", edited(), WordReaderSource(tmp_path / "fresh"))
    assert taken_over == tokens(tmp_path / "fresh")


def test_another_reader_splits_everything_anew(tmp_path: Path) -> None:
    first = built(tmp_path, shop(), WordReaderSource(tmp_path))
    other = WordReaderSource(tmp_path, "words-2")
    second = built(tmp_path, shop(), other)
    assert second.is_new
    assert second.name != first.name
    assert second.encoded == 0, "embeddings are of the encoder, which is the same"
    assert len(other.texts) == len(tokens(tmp_path))
    manifest = generation(tmp_path).manifest
    assert manifest.fingerprints["reader"] == "words-2"
    assert "words-2" in generation(tmp_path).path(f"{READER}/reader.json").read_text()


def test_a_reader_that_is_gone_leaves_no_files(tmp_path: Path) -> None:
    built(tmp_path, shop(), WordReaderSource(tmp_path))
    built(tmp_path, shop(), None)
    assert generation(tmp_path).manifest.fingerprints["reader"] == "none"
    assert not generation(tmp_path).paths(f"{READER}/")
    assert not generation(tmp_path).paths(f"{UNIT_TOKENS}/")
    again = WordReaderSource(tmp_path)
    built(tmp_path, shop(), again)
    assert len(again.texts) == len(tokens(tmp_path)), "nothing to take over"


def test_an_article_without_text_has_no_tokens(tmp_path: Path) -> None:
    built(tmp_path, [document("empty", title="Empty")], WordReaderSource(tmp_path))
    assert tokens(tmp_path) == []
