"""Token ids of a generation's units, as its reader reads them: mapped arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

TokenArray = npt.NDArray[np.int32]

_IDS, _ENDS = "ids.npy", "ends.npy"


class UnitTokens:
    """Unit i has `ids[ends[i - 1]:ends[i]]`. Immutable, safe for many threads."""

    def __init__(self, ids: TokenArray, ends: npt.NDArray[np.int64]) -> None:
        self._ids = ids
        self._ends = ends

    @classmethod
    def of(cls, units: Sequence[TokenArray]) -> UnitTokens:
        nothing = np.zeros(0, dtype=np.int32)
        ends = np.cumsum([len(unit) for unit in units], dtype=np.int64)
        return cls(np.concatenate([nothing, *units]), ends)

    @classmethod
    def open(cls, folder: Path) -> UnitTokens:
        """Map what `save` wrote. Raises OSError or ValueError."""
        ids = np.load(folder / _IDS, mmap_mode="r", allow_pickle=False)
        ends = np.load(folder / _ENDS, allow_pickle=False)
        if len(ids) != (ends[-1] if len(ends) else 0):
            raise ValueError(f"{folder}: tokens and their ends do not fit together")
        return cls(np.asarray(ids), ends)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / _IDS, self._ids)
        np.save(folder / _ENDS, self._ends)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> TokenArray:
        start = int(self._ends[number - 1]) if number else 0
        return self._ids[start : int(self._ends[number])]
