"""Codes of embeddings against the embeddings themselves."""

from pathlib import Path

import numpy as np
import pytest

from search.semantic.vectors import FloatArray, Vectors


def unit_rows(count: int, dim: int = 384, *, seed: int = 0) -> FloatArray:
    rows = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_decoded_rows_are_nearly_the_originals() -> None:
    rows = unit_rows(200)
    assert Vectors.of(rows).decoded() == pytest.approx(rows, abs=1e-5)


def test_the_nearest_have_exact_cosines_and_others_near_ones() -> None:
    rows, query = unit_rows(500), unit_rows(1, seed=1)[0]
    exact = rows @ query
    found = Vectors.of(rows).cosines(query, exact=20)
    nearest = np.argsort(-exact)[:10]
    assert found[nearest] == pytest.approx(exact[nearest], abs=1e-5)
    assert found == pytest.approx(exact, abs=3e-3)
    assert np.argsort(-found)[:10].tolist() == nearest.tolist()


def test_codes_survive_disk_parts_and_joining(tmp_path: Path) -> None:
    vectors = Vectors.of(unit_rows(30, 64))
    Vectors.joined([vectors.part(slice(0, 10)), vectors.part(slice(10, 30))]).save(tmp_path / "v")
    found = Vectors.open(tmp_path / "v")
    assert (len(found), found.dim) == (30, 64)
    for name in ("coarse", "fine", "scales"):
        assert (getattr(found, name) == getattr(vectors, name)).all()


def test_no_rows_and_zero_rows_are_fine(tmp_path: Path) -> None:
    query = unit_rows(1, 64)[0]
    Vectors.of(np.zeros((0, 64), dtype=np.float32)).save(tmp_path)
    assert Vectors.open(tmp_path).cosines(query).shape == (0,)
    assert Vectors.of(np.zeros((2, 64), dtype=np.float32)).cosines(query).tolist() == [0, 0]


def test_files_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    Vectors.of(unit_rows(3, 64)).save(tmp_path)
    np.save(tmp_path / "scales.npy", np.ones(2, dtype=np.float32))
    with pytest.raises(ValueError, match="fit together"):
        Vectors.open(tmp_path)
