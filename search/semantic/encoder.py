"""Encoders as serving sees them: what an encoder is, the ONNX query encoder, a tiny one for tests.

Serving needs onnxruntime, tokenizers and NumPy. Weights, conversion and export live in
`search.semantic.encoder_build`, which serving never imports; `search.semantic.encoder_guard` guards
callers against an encoder that is slow or broken. The folder of a query encoder, which modelling
writes and `OnnxQueryEncoder` reads, is described by `QuerySettings`.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from search.errors import EncoderUnavailable
from search.semantic.unigram import UnigramTokenizer

if TYPE_CHECKING:
    import onnxruntime

FloatArray = npt.NDArray[np.float32]
Progress = Callable[[int], None]

MODEL_FILE = "model.onnx"
WEIGHTS_FILE = "model.onnx.data"
SETTINGS_FILE = "encoder.json"
TOKENIZER_FILE = "tokenizer.json"
PIECES_FILE = "pieces.npy"
FORMAT = 1


class Encoder(Protocol):
    """Turns passages into embeddings, while a generation is built."""

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints give equal embeddings for equal text."""

    @property
    def dim(self) -> int: ...

    def encode_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> FloatArray:
        """(len(texts), dim) float32, rows of unit length, in the order of `texts`.

        `progress` is called with the number of texts done so far.
        """


class QueryEncoder(Protocol):
    """Turns one query into an embedding, while serving."""

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the passage encoder whose embeddings these may be compared with."""

    @property
    def dim(self) -> int: ...

    def encode_query(self, text: str) -> FloatArray:
        """(dim,) float32 of unit length. May raise EncoderUnavailable."""


@dataclass(frozen=True)
class HashEncoder:
    """Encoder of tests: hashed character n-grams. Deterministic, tiny, knows no meaning."""

    dim: int = 64

    @property
    def fingerprint(self) -> str:
        return f"hash-{self.dim}"

    def encode_query(self, text: str) -> FloatArray:
        vector = np.zeros(self.dim, dtype=np.float32)
        for gram in _character_grams(text):
            code = zlib.crc32(gram.encode("utf-8", "replace"))
            vector[code % self.dim] += 1.0 if code & 0x8000_0000 else -1.0
        if not vector.any():
            vector[0] = 1.0
        return unit(vector)

    def encode_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> FloatArray:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for position, text in enumerate(texts):
            rows[position] = self.encode_query(text)
        if progress:
            progress(len(texts))
        return rows


@dataclass(frozen=True)
class Unigram:
    """Use of `PIECES_FILE`; see `UnigramTokenizer`."""

    unknown_id: int
    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    longest_piece: int


@dataclass(frozen=True)
class QuerySettings:
    """`encoder.json`: what is needed beside the graph to turn a query into an embedding.

    With `unigram` the tokenizer is `PIECES_FILE`, without it `TOKENIZER_FILE`. `sha256` covers
    every other file of the folder.
    """

    fingerprint: str
    dim: int
    query_prompt: str
    passage_prompt: str
    max_tokens: int
    unigram: Unigram | None
    sha256: Mapping[str, str]
    format: int = FORMAT

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_folder(cls, folder: Path) -> QuerySettings:
        """Raises EncoderUnavailable when the file is missing, damaged or of another format."""
        try:
            raw = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
            if raw["format"] != FORMAT:
                raise EncoderUnavailable(f"encoder files have format {raw['format']}, not {FORMAT}")
            unigram = raw.pop("unigram")
            return cls(**raw, unigram=Unigram(**unigram) if unigram else None)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise EncoderUnavailable(f"{folder / SETTINGS_FILE} cannot be used: {error}") from error


class OnnxQueryEncoder:
    """Encodes queries with ONNX Runtime, one thread per call. Thread-safe.

    Two threads took longer than one for such short inputs; concurrency comes from concurrent
    calls (docs/decisions/0003-onnx-at-serving.md).
    """

    def __init__(
        self,
        settings: QuerySettings,
        session: onnxruntime.InferenceSession,
        tokenize: Callable[[str], list[int]],
    ) -> None:
        self.fingerprint = settings.fingerprint
        self.dim = settings.dim
        self._prompt = settings.query_prompt
        self._session = session
        self._input = session.get_inputs()[0].name
        self._tokenize = tokenize

    @classmethod
    def from_folder(cls, folder: Path, *, is_checked: bool = False) -> OnnxQueryEncoder:
        """Load after checking every file's hash, unless the caller has done that.

        Raises EncoderUnavailable for any fault.
        """
        settings = QuerySettings.from_folder(folder)
        if not is_checked:
            check_files(folder, settings.sha256)
        try:
            return cls(settings, _open_session(folder), _open_tokenizer(folder, settings))
        except Exception as error:
            # Both libraries raise bare Exception subclasses of their own.
            raise EncoderUnavailable(
                f"the encoder in {folder} cannot be opened: {error}"
            ) from error

    def encode_query(self, text: str) -> FloatArray:
        ids = np.asarray([self._tokenize(self._prompt + text)], dtype=np.int64)
        (vectors,) = self._session.run(None, {self._input: ids})
        return unit(np.asarray(vectors[0], dtype=np.float32))


def load_query_encoder(folder: Path, *, is_checked: bool = False) -> QueryEncoder:
    """The query encoder of a generation. Raises EncoderUnavailable.

    `is_checked` says that the files are known to be whole: hashing them takes half a second.
    A folder whose fingerprint is HashEncoder's was built by tests and gets that one.
    """
    settings = QuerySettings.from_folder(folder)
    stand_in = HashEncoder(settings.dim)
    if settings.fingerprint == stand_in.fingerprint:
        return stand_in
    return OnnxQueryEncoder.from_folder(folder, is_checked=is_checked)


def check_files(folder: Path, sha256: Mapping[str, str]) -> None:
    """Raise EncoderUnavailable naming the first file that is missing or differs."""
    for name, expected in sha256.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EncoderUnavailable(f"{folder / name} cannot be read: {error}") from error
        if found != expected:
            raise EncoderUnavailable(f"{folder / name} is damaged; rebuild the index")


def _open_session(folder: Path) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    return onnxruntime.InferenceSession(
        folder / MODEL_FILE, options, providers=["CPUExecutionProvider"]
    )


def _open_tokenizer(folder: Path, settings: QuerySettings) -> Callable[[str], list[int]]:
    if settings.unigram:
        unigram = UnigramTokenizer.from_file(folder / PIECES_FILE, **asdict(settings.unigram))
        return lambda text: unigram.encode(text, settings.max_tokens)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(settings.max_tokens)
    return lambda text: list(tokenizer.encode(text).ids)


def unit(vector: FloatArray) -> FloatArray:
    """`vector` scaled to length 1; raises EncoderUnavailable for zero, NaN or infinity."""
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0.0:
        raise EncoderUnavailable("the encoder gave a vector without direction")
    return (vector / np.float32(length)).astype(np.float32, copy=False)


def _character_grams(text: str) -> list[str]:
    """Words and their 3- and 4-grams, case and ё folded, word borders marked by spaces."""
    grams: list[str] = []
    for word in text.lower().replace("ё", "е").split():
        padded = f" {word} "
        grams.append(padded)
        for size in (3, 4):
            grams.extend(padded[i : i + size] for i in range(len(padded) - size + 1))
    return grams
