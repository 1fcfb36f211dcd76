"""The embedding cache: never another encoder's vectors, never in the way of a build."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from search.semantic.embedding_cache import EmbeddingCache
from search.semantic.encoder import FloatArray


def vectors(*texts: str, dim: int = 4) -> dict[str, FloatArray]:
    generator = np.random.default_rng(7)
    return {text: generator.standard_normal(dim).astype(np.float32) for text in texts}


def cache_at(
    path: Path, *, fingerprint: str = "f", prompt: str = "passage: ", dim: int = 4
) -> EmbeddingCache:
    return EmbeddingCache(path, fingerprint=fingerprint, prompt=prompt, dim=dim)


def test_known_texts_come_back_exactly(tmp_path: Path) -> None:
    put = vectors("один", "two")
    cache_at(tmp_path / "c.sqlite").put_many(put)
    got = cache_at(tmp_path / "c.sqlite").get_many(["two", "three", "один"])
    assert got.keys() == put.keys()
    assert all(np.array_equal(got[text], put[text]) for text in put)


def test_more_texts_than_one_statement_takes(tmp_path: Path) -> None:
    put = vectors(*(str(number) for number in range(1201)))
    cache = cache_at(tmp_path / "new" / "c.sqlite")
    cache.put_many(put)
    assert cache.get_many(list(put)).keys() == put.keys()


@pytest.mark.parametrize("other", [{"fingerprint": "g"}, {"prompt": "query: "}, {"dim": 5}])
def test_other_encoder_prompt_or_dimension_sees_nothing(
    tmp_path: Path, other: dict[str, str]
) -> None:
    cache_at(tmp_path / "c.sqlite").put_many(vectors("text"))
    assert cache_at(tmp_path / "c.sqlite", **other).get_many(["text"]) == {}  # type: ignore[arg-type]


def test_fingerprint_and_prompt_do_not_run_together(tmp_path: Path) -> None:
    cache_at(tmp_path / "c.sqlite", fingerprint="ab", prompt="c").put_many(vectors("text"))
    other = cache_at(tmp_path / "c.sqlite", fingerprint="a", prompt="bc")
    assert other.get_many(["text"]) == {}


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_damaged_file_is_set_aside_and_the_cache_goes_on(
    tmp_path: Path, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "c.sqlite"
    cache_at(path).put_many(vectors("before"))
    path.write_bytes(b"not a database at all" * (size // 20))
    cache = cache_at(path)
    assert cache.get_many(["before"]) == {}
    cache.put_many(vectors("after"))
    assert cache.get_many(["after"]).keys() == {"after"}
    if size:
        assert (tmp_path / "c.damaged").exists()
        assert "damaged" in caplog.text


def test_damage_inside_the_file_is_no_vector(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    put = vectors(*(str(number) for number in range(2000)))
    cache_at(path).put_many(put)
    content = bytearray(path.read_bytes())
    content[8192:16384] = bytes(8192)
    path.write_bytes(content)
    got = cache_at(path).get_many(list(put))
    assert all(np.array_equal(vector, put[text]) for text, vector in got.items())


def test_unwritable_place_costs_only_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "c.sqlite").mkdir()
    cache = cache_at(tmp_path / "c.sqlite")
    with caplog.at_level(logging.WARNING):
        cache.put_many(vectors("text"))
        assert cache.get_many(["text"]) == {}
    assert "cannot be used" in caplog.text


def test_any_text_is_a_key(tmp_path: Path) -> None:
    put = vectors("", "\ud800", "\0", "a" * 100_000)
    cache = cache_at(tmp_path / "c.sqlite")
    cache.put_many(put)
    assert cache.get_many(list(put)).keys() == put.keys()


def test_flipped_bit_in_a_vector_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    put = vectors("text")
    cache_at(path).put_many(put)
    row = put["text"].tobytes()
    content = path.read_bytes()
    at = content.index(row)
    flipped = bytes([content[at] ^ 1])
    path.write_bytes(content[:at] + flipped + content[at + 1 :])
    assert cache_at(path).get_many(["text"]) == {}
