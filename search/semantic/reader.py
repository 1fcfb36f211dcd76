"""The reader as serving sees it: tells how likely units answer a query, with ONNX Runtime.

A cross-encoder: query and unit are read together. Units come as the token ids that a build made of
them, so that serving splits only the query. Making and exporting one:
`search.semantic.encoder_build.reader`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from search.errors import EncoderUnavailable, ReaderUnavailable
from search.semantic.encoder import MODEL_FILE, PIECES_FILE, Unigram, check_files
from search.semantic.unigram import UnigramTokenizer

if TYPE_CHECKING:
    import onnxruntime

TokenArray = npt.NDArray[np.int32]

READER_SETTINGS_FILE = "reader.json"
READER_FORMAT = 1
MAX_PAIR_TOKENS = 160
"""Query, unit and the marks around them."""
MAX_QUESTION_TOKENS = 64
MARKS = 4
"""Tokens of a pair that are neither query nor unit."""
MAX_UNIT_TOKENS = MAX_PAIR_TOKENS - MARKS - 1


class Reader(Protocol):
    """Reads units with a query. Thread-safe."""

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints give equal scores."""

    def question(self, text: str) -> tuple[int, ...]:
        """Token ids of a query."""

    def logit(self, question: Sequence[int], unit: TokenArray) -> float:
        """Log-odds that a unit answers. May raise ReaderUnavailable."""


@dataclass(frozen=True)
class ReaderSettings:
    """`reader.json`. `sha256` covers every other file of the folder; ids are those of the marks."""

    fingerprint: str
    begin_id: int
    end_id: int
    pad_id: int
    unigram: Unigram
    sha256: Mapping[str, str]
    format: int = READER_FORMAT

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_folder(cls, folder: Path) -> ReaderSettings:
        """Raises ReaderUnavailable when the file is missing, damaged or of another format."""
        path = folder / READER_SETTINGS_FILE
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            if raw["format"] != READER_FORMAT:
                raise ReaderUnavailable(f"{path} has format {raw['format']}, not {READER_FORMAT}")
            return cls(**{**raw, "unigram": Unigram(**raw["unigram"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ReaderUnavailable(f"{path} cannot be used: {error}") from error


class OnnxReader:
    """Reads with ONNX Runtime, on the caller's thread.

    Units one by one: what is read together shares the scales of its 8-bit activations, so that a
    score would depend on its neighbours. Callers on several threads use several processors, better
    than one reading does that is split between them (166 to 184 ms for 13 units on two).
    """

    def __init__(
        self,
        settings: ReaderSettings,
        session: onnxruntime.InferenceSession,
        split: Callable[[str], list[int]],
    ) -> None:
        self.fingerprint = settings.fingerprint
        self._settings = settings
        self._session = session
        self._split = split

    @classmethod
    def from_folder(cls, folder: Path, *, is_checked: bool = False) -> OnnxReader:
        """Load after checking every file's hash, unless the caller has done that.

        Raises ReaderUnavailable for any fault.
        """
        import onnxruntime

        settings = ReaderSettings.from_folder(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors
        unigram = {**asdict(settings.unigram), "prefix": (), "suffix": ()}
        try:
            if not is_checked:
                check_files(folder, settings.sha256)
            session = onnxruntime.InferenceSession(
                folder / MODEL_FILE,
                options,
                providers=["CPUExecutionProvider"],
                # Fused with its addition, normalising takes a fifth of all time; apart, little.
                disabled_optimizers=["SkipLayerNormFusion"],
            )
            tokenizer = UnigramTokenizer.from_file(folder / PIECES_FILE, **unigram)
        except EncoderUnavailable as error:
            raise ReaderUnavailable(str(error)) from error
        except Exception as error:
            # ONNX Runtime raises bare Exception subclasses of its own.
            raise ReaderUnavailable(f"the reader in {folder} cannot be opened: {error}") from error
        return cls(settings, session, lambda text: tokenizer.encode(text, MAX_QUESTION_TOKENS))

    def question(self, text: str) -> tuple[int, ...]:
        return tuple(self._split(text))

    def logit(self, question: Sequence[int], unit: TokenArray) -> float:
        """Log-odds; raises ReaderUnavailable for a score that is no number."""
        end = self._settings.end_id
        before = [self._settings.begin_id, *question, end, end]
        room = MAX_PAIR_TOKENS - len(before) - 1
        ids = np.array([[*before, *unit[:room].tolist(), end]], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        (found,) = self._session.run(None, feed)
        score = float(np.asarray(found).reshape(-1)[0])
        if not math.isfinite(score):
            raise ReaderUnavailable("the reader gave a score that is no number")
        return score
