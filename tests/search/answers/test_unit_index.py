"""Units of a generation by document: text, tokens, keys that outlive it."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.answers.unit_index import UnitIndex, UnitPlace
from search.errors import IndexCorrupt, ReaderUnavailable
from search.generation.corpus import load_corpus
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.generation.unit_store import UNITS
from tests.support.libraries.corpus import HashSource, build_index, document, shop
from tests.support.toy_reader import WordReaderSource, token_ids


def opened(root: Path) -> OpenGeneration:
    store = Store(root / "index")
    return OpenGeneration(store.path(str(store.current_name())))


def index_of(generation: OpenGeneration) -> UnitIndex:
    return UnitIndex(generation, load_corpus(generation))


def build(root: Path, *, with_reader: bool = True, more: int = 0) -> OpenGeneration:
    reader = WordReaderSource(root) if with_reader else None
    extra = [document(f"a{n}", title="New", html="<p>One.</p><p>Two.</p>") for n in range(more)]
    build_index(root, [*shop(), *extra], source=HashSource(root, reader=reader))
    return opened(root)


def test_every_unit_has_the_tokens_of_its_text(tmp_path: Path) -> None:
    generation = build(tmp_path)
    units = index_of(generation)
    assert units.has_tokens
    for document_number in range(len(load_corpus(generation).documents)):
        own = units.units(document_number)
        assert own.units
        for number in range(len(own.units)):
            tokens = units.tokens(UnitPlace(document_number, number))
            assert tokens.tolist() == token_ids(own.reading(number)).tolist()


def test_a_key_is_the_same_in_the_next_generation(tmp_path: Path) -> None:
    before = build(tmp_path)
    keys = {
        d.id: index_of(before).key(UnitPlace(n, 0))
        for n, d in enumerate(load_corpus(before).documents)
    }
    after = build(tmp_path, more=1)
    for number, one in enumerate(load_corpus(after).documents):
        key = index_of(after).key(UnitPlace(number, 0))
        assert key == keys.get(one.id, key)
    assert len(set(keys.values())) == len(keys)


def test_without_a_reader_there_are_units_and_no_tokens(tmp_path: Path) -> None:
    units = index_of(build(tmp_path, with_reader=False))
    assert not units.has_tokens
    assert units.units(0).units
    with pytest.raises(ReaderUnavailable, match="without a reader"):
        units.tokens(UnitPlace(0, 0))


def test_units_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    generation = build(tmp_path)
    path = generation.path(UNITS)
    lines = path.read_bytes().splitlines(keepends=True)
    path.unlink()
    path.write_bytes(b"".join(lines[1:]))
    with pytest.raises(IndexCorrupt, match="kb build"):
        index_of(generation)
