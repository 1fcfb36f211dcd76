"""Embeddings in two bytes a number, and cosines to a query. Exact search, no approximate index.

Memory bandwidth is what a product over all rows costs. So a row has a coarse code of one byte a
number, read for all rows, and a fine one with what the coarse code leaves out, read for the
nearest only: cosines of those are exact to about 1e-5, of the others to about 1e-3. The only
importer of `numkong`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numkong
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
CodeArray = npt.NDArray[np.int8]

EXACT_ROWS = 300
"""Nearest rows that get an exact cosine: more than any ranker proposes. Origin: 150 to 600 rank the
dev queries alike, coarse codes alone lose up to .01 nDCG@10."""
_STEPS = 127
_FINE_STEPS = 254
"""Fine steps in a coarse one: what is left is half a coarse step at most, on either side."""
_COARSE, _FINE, _SCALES = "coarse.npy", "fine.npy", "scales.npy"


@dataclass(frozen=True)
class Vectors:
    """Rows of unit length: row i is `scales[i] * (coarse[i] + fine[i] / 254)`.

    Codes are (n, dim) int8, scales (n,) float32.
    """

    coarse: CodeArray
    fine: CodeArray
    scales: FloatArray

    @classmethod
    def of(cls, rows: FloatArray) -> Vectors:
        """Encode (n, dim) float32."""
        scales = np.maximum(np.abs(rows).max(axis=1, initial=0.0) / _STEPS, 1e-9)
        steps = rows / scales[:, None]
        coarse = np.round(steps)
        fine = np.round((steps - coarse) * _FINE_STEPS)
        return cls(coarse.astype(np.int8), fine.astype(np.int8), scales.astype(np.float32))

    @classmethod
    def joined(cls, parts: Sequence[Vectors]) -> Vectors:
        """All rows of `parts`, at least one, in order."""
        return cls(
            np.concatenate([part.coarse for part in parts]),
            np.concatenate([part.fine for part in parts]),
            np.concatenate([part.scales for part in parts]),
        )

    @classmethod
    def open(cls, folder: Path) -> Vectors:
        """Memory-map what `save` wrote: processes on one machine share its pages.

        Raises OSError or ValueError.
        """
        coarse, fine, scales = (
            np.load(folder / name, mmap_mode="r", allow_pickle=False)
            for name in (_COARSE, _FINE, _SCALES)
        )
        if coarse.shape != fine.shape or scales.shape != coarse.shape[:1] or coarse.ndim != 2:
            raise ValueError(f"{folder}: codes and scales do not fit together")
        # Plain views: a memmap's own class costs time with every slice taken of it.
        return cls(np.asarray(coarse), np.asarray(fine), np.asarray(scales))

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / _COARSE, np.ascontiguousarray(self.coarse))
        np.save(folder / _FINE, np.ascontiguousarray(self.fine))
        np.save(folder / _SCALES, self.scales)

    def __len__(self) -> int:
        return len(self.scales)

    @property
    def dim(self) -> int:
        return int(self.coarse.shape[1])

    def part(self, rows: slice) -> Vectors:
        return Vectors(self.coarse[rows], self.fine[rows], self.scales[rows])

    def decoded(self, rows: npt.NDArray[np.int64] | slice = slice(None)) -> FloatArray:
        """(n, dim) float32 of some rows, or of all."""
        steps = self.coarse[rows] + self.fine[rows] / np.float32(_FINE_STEPS)
        return np.asarray(steps * self.scales[rows, None], dtype=np.float32)

    def cosines(self, query: FloatArray, *, exact: int = EXACT_ROWS) -> FloatArray:
        """Cosine of each row to `query` (dim,) of unit length: (n,) float32."""
        if not len(self):
            return np.zeros(0, dtype=np.float32)
        step = float(np.abs(query).max()) / _STEPS
        code = np.round(query / step).astype(np.int8)
        products = np.asarray(numkong.dot(code, self.coarse), dtype=np.float32)
        cosines = products * self.scales * np.float32(step)
        if len(cosines) <= exact:
            return self._exact(slice(None), query)
        nearest = np.argpartition(-cosines, exact)[:exact]
        cosines[nearest] = self._exact(nearest, query)
        return cosines

    def _exact(self, rows: npt.NDArray[np.int64] | slice, query: FloatArray) -> FloatArray:
        """As `decoded(rows) @ query`, in a third of the time."""
        coarse = self.coarse[rows].astype(np.float32) @ query
        fine = self.fine[rows].astype(np.float32) @ query
        return np.asarray((coarse + fine / np.float32(_FINE_STEPS)) * self.scales[rows])
