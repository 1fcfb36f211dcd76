"""Encoding passages with sentence-transformers, which with torch is imported inside functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from search.errors import EncoderUnavailable
from search.semantic.encoder import FloatArray, Progress
from search.semantic.encoder_build.sources import (
    encoder_fingerprint,
    encoder_folder,
    encoder_prompts,
)

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

Attention = Literal["sdpa", "eager"]

BATCH_SIZE = 16
BLOCK_SIZE = 64
"""Passages between two reports of progress."""
FAITHFUL_COSINE = 0.999
"""Least cosine to float32 with which bfloat16 is used."""

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
            rows[block] = encode(
                self.model,
                [texts[position] for position in block],
                prompt=self.prompt,
                is_bfloat16=self.is_bfloat16,
            )
            if progress:
                progress(min(start + BLOCK_SIZE, len(order)))
        return rows


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
        dim=dimension(model),
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


def inside(model: SentenceTransformer) -> torch.nn.Module:
    """The transformer of a model, without pooling."""
    network: torch.nn.Module = model[0].auto_model  # type: ignore[assignment]  # any module
    return network


def has_bfloat16(cpu_flags: frozenset[str]) -> bool:
    """True where the processor multiplies bfloat16; elsewhere it is slower than float32."""
    return bool(cpu_flags & {"avx512_bf16", "amx_bf16"})


def is_bfloat16_faithful(model: SentenceTransformer, prompt: str) -> bool:
    """True when bfloat16 keeps a cosine of FAITHFUL_COSINE to float32 on sample texts."""
    exact = encode(model, SAMPLE_TEXTS, prompt=prompt, is_bfloat16=False)
    quick = encode(model, SAMPLE_TEXTS, prompt=prompt, is_bfloat16=True)
    return float((exact * quick).sum(axis=1).min()) >= FAITHFUL_COSINE


def encode(
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


def dimension(model: SentenceTransformer) -> int:
    """Dimension of an encoder's embeddings; raises EncoderUnavailable when it does not tell."""
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
