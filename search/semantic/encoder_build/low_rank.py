"""Changes that training made to the bundled encoder, small enough to come with the code.

Of each trained matrix the best approximation of low rank is kept as two factors, of each vector the
difference, all in half precision. NumPy only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from search.errors import EncoderUnavailable

FILE = Path(__file__).with_name("help-adaptation.safetensors")
"""Trained by `bench/relevance/adaptation.py`; docs/decisions/0010-adaptation.md."""
LEFT, RIGHT, WHOLE = ".left", ".right", ".whole"

Array = npt.NDArray[np.float32]


def write(path: Path, factors: Mapping[str, npt.NDArray[np.float16]]) -> None:
    save_file(dict(factors), path)


def read(path: Path) -> dict[str, npt.NDArray[np.float16]]:
    """Everything that a file holds. Raises EncoderUnavailable."""
    try:
        return dict(load_file(path))
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(f"{path} cannot be read: {error}") from error


def applied(tensors: Mapping[str, Array], path: Path = FILE) -> dict[str, Array]:
    """The tensors of a network with the changes of `path` added.

    Raises EncoderUnavailable when the file is missing or is of another network.
    """
    try:
        factors = load_file(path)
        changed = dict(tensors)
        for key in factors:
            name, _, part = key.rpartition(".")
            if part == "left":
                left, right = factors[key], factors[name + RIGHT]
                change = left.astype(np.float32) @ right.astype(np.float32)
            elif part == "whole":
                change = factors[key].astype(np.float32)
            else:
                continue
            if change.shape != tensors[name].shape:
                raise ValueError(f"{name} has another shape")
            changed[name] = np.asarray(tensors[name] + change, dtype=np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise EncoderUnavailable(f"{path} cannot be applied to the encoder: {error}") from error
    return changed


def fingerprint(path: Path = FILE) -> str:
    """First digits of the file's SHA-256. Raises EncoderUnavailable."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise EncoderUnavailable(f"{path} is missing: {error}") from error
