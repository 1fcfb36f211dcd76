"""Token ids of units as mapped arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.generation.unit_tokens import UnitTokens


def test_units_come_back_as_they_were(tmp_path: Path) -> None:
    units = [np.array(ids, dtype=np.int32) for ids in ([1, 2, 3], [], [4])]
    UnitTokens.of(units).save(tmp_path)
    again = UnitTokens.open(tmp_path)
    assert [again[n].tolist() for n in range(len(again))] == [[1, 2, 3], [], [4]]


def test_no_units_are_a_valid_file(tmp_path: Path) -> None:
    UnitTokens.of([]).save(tmp_path)
    assert len(UnitTokens.open(tmp_path)) == 0


def test_tokens_and_ends_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    UnitTokens.of([np.array([1, 2], dtype=np.int32)]).save(tmp_path)
    np.save(tmp_path / "ends.npy", np.array([1], dtype=np.int64))
    with pytest.raises(ValueError, match="do not fit together"):
        UnitTokens.open(tmp_path)
