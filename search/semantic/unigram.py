"""A SentencePiece unigram tokenizer over memory-mapped arrays.

Does what the tokenizers library does with the bundled encoder's vocabulary, in 6 MB that all
processes share instead of 285 MB in each: its trie of 250,000 pieces would be the largest thing
in a serving process. Pieces are found by 64-bit hashes, all substrings of a text at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

WORD_START = "▁"
UNKNOWN_PENALTY = 10.0
"""SentencePiece's: an unknown character costs this much more than the rarest piece."""

_MULTIPLIER = np.uint64(0x9E37_79B9_7F4A_7C15)
_RUNS_OF_SPACES = re.compile(" {2,}")
_DROPPED = [*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F]
_SPACES = [0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010), 0x2028, 0x2029, 0x2581]
_SPACES += [0xFEFF, 0xFFFD]
NMT_RULES = dict.fromkeys(_DROPPED, "") | dict.fromkeys(_SPACES, " ")
"""The character rules of SentencePiece's `nmt_nfkc` besides NFKC."""


@dataclass(frozen=True)
class UnigramTokenizer:
    """Splits text into the most probable pieces: `prefix` ids, the text's ids, `suffix` ids.

    `pieces` is (3, n) uint64, columns sorted by the first row: hash of the piece, bits of its
    float64 log probability, token id.
    """

    pieces: npt.NDArray[np.uint64]
    unknown_id: int
    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    longest_piece: int

    @classmethod
    def from_file(
        cls,
        path: Path,
        *,
        unknown_id: int,
        prefix: Sequence[int],
        suffix: Sequence[int],
        longest_piece: int,
    ) -> UnigramTokenizer:
        """Map the file that `pack` wrote. Raises OSError or ValueError."""
        pieces = np.load(path, mmap_mode="r", allow_pickle=False)
        if pieces.dtype != np.uint64 or pieces.ndim != 2 or pieces.shape[0] != 3:
            raise ValueError(f"{path.name} does not hold pieces")
        return cls(pieces, unknown_id, tuple(prefix), tuple(suffix), longest_piece)

    def encode(self, text: str, max_tokens: int) -> list[int]:
        """Token ids of `text`, at most `max_tokens` with prefix and suffix."""
        room = max(0, max_tokens - len(self.prefix) - len(self.suffix))
        return [*self.prefix, *self._split(normalise(text))[:room], *self.suffix]

    def _split(self, text: str) -> list[int]:
        """Viterbi: the best way to each end from the best ways to all its starts."""
        size = len(text)
        best = [float("-inf")] * (size + 1)
        best[0] = 0.0
        way: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start, matches in enumerate(self._matches(text)):
            here = best[start]
            for end, score, token in matches:
                if here + score > best[end]:
                    best[end] = here + score
                    way[end] = (start, token)
        return self._walk_back(way)

    def _walk_back(self, way: list[tuple[int, int]]) -> list[int]:
        """Ids along the best way; a run of unknown characters is one token."""
        ids: list[int] = []
        position = len(way) - 1
        while position > 0:
            position, token = way[position]
            if not (token == self.unknown_id and ids and ids[-1] == token):
                ids.append(token)
        ids.reverse()
        return ids

    def _matches(self, text: str) -> list[list[tuple[int, float, int]]]:
        """For each start, the pieces there as (end, score, token id), shortest first."""
        size = len(text)
        found: list[list[tuple[int, float, int]]] = [[] for _ in range(size)]
        starts, lengths, columns = self._look_up(text)
        scores = self.pieces[1][columns].view(np.float64).tolist()
        tokens = self.pieces[2][columns].tolist()
        for start, length, score, token in zip(
            starts.tolist(), lengths.tolist(), scores, tokens, strict=True
        ):
            found[start].append((start + length, score, token))
        unknown = (self._unknown_score, self.unknown_id)
        for start, matches in enumerate(found):
            if not matches or matches[0][0] != start + 1:
                matches.insert(0, (start + 1, *unknown))
        return found

    def _look_up(self, text: str) -> tuple[npt.NDArray[np.intp], ...]:
        """(start, length, column) of every piece in the text, by length, then start."""
        codes = _code_points(text)
        hashes = np.zeros(len(codes), dtype=np.uint64)
        rows = []
        for length in range(1, min(self.longest_piece, len(codes)) + 1):
            hashes = hashes[: len(codes) - length + 1] * _MULTIPLIER + codes[length - 1 :]
            rows.append(hashes)
        if not rows:
            empty = np.zeros(0, dtype=np.intp)
            return empty, empty, empty
        candidates = np.concatenate(rows)
        # Sorted needles walk through memory in order: twice as fast, the sorting included.
        order = np.argsort(candidates)
        columns = np.empty(len(candidates), dtype=np.intp)
        columns[order] = np.searchsorted(self._hashes, candidates[order])
        columns[columns == len(self._hashes)] = 0
        hits = np.flatnonzero(self._hashes[columns] == candidates)
        starts = np.concatenate([np.arange(len(row)) for row in rows])
        lengths = np.repeat(np.arange(1, len(rows) + 1), [len(row) for row in rows])
        return starts[hits], lengths[hits], columns[hits]

    @cached_property
    def _hashes(self) -> npt.NDArray[np.uint64]:
        """The first row as a plain array: still mapped, without the cost of a memmap per use."""
        return np.asarray(self.pieces[0])

    @cached_property
    def _unknown_score(self) -> float:
        scores = np.ascontiguousarray(self.pieces[1]).view(np.float64)
        return float(scores.min()) - UNKNOWN_PENALTY


def pack(path: Path, texts: Sequence[str], scores: Sequence[float], ids: Sequence[int]) -> None:
    """Write pieces for `UnigramTokenizer.from_file`. Raises ValueError if two hashes collide."""
    table = np.empty((3, len(texts)), dtype=np.uint64)
    table[0] = [_hash(text) for text in texts]
    table[1] = np.asarray(scores, dtype=np.float64).view(np.uint64)
    table[2] = ids
    table = table[:, np.argsort(table[0])]
    if (table[0][1:] == table[0][:-1]).any():
        raise ValueError("two pieces have the same hash")
    np.save(path, table, allow_pickle=False)


def normalise(text: str) -> str:
    """NMT and NFKC rules, single spaces, each word with its start mark."""
    text = unicodedata.normalize("NFKC", text.translate(NMT_RULES)).rstrip()
    text = _RUNS_OF_SPACES.sub(" ", text).replace(" ", WORD_START)
    if not text or text.startswith(WORD_START):
        return text
    return WORD_START + text


def _hash(text: str) -> int:
    value = 0
    for code in _code_points(text).tolist():
        value = (value * int(_MULTIPLIER) + code) % 2**64
    return value


def _code_points(text: str) -> npt.NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
