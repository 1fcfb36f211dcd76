"""Adapts an encoder to help articles: contrastive training on what a library says of itself.

Pairs of query and passage come from `search.semantic.training_pairs`; the other passages of a
batch, taken from the same library, are wrong. Runs on a processor without a graphics card in
bounded time; torch is imported only inside functions.

Source: InfoNCE with in-batch negatives (van den Oord et al. 2018; Karpukhin et al. 2020), pairs of
title and text as in the pre-training of E5 (Wang et al. 2022), sentence and rest as in the inverse
cloze task (Lee et al. 2019).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from search.semantic.encoder_build.passage_encoder import inside
from search.semantic.training_pairs import LibraryArticle, Pair, Sampler

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

    from search.semantic.encoder_build.sources import Prompts


FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Training:
    """Settings of one run. Origin: trials on the dev libraries, docs/relevance.md."""

    steps: int = 150
    batch: int = 32
    rate: float = 3e-5
    warm_up: int = 20
    temperature: float = 0.03
    frozen_layers: int = 6
    dropout: float = 0.05
    query_tokens: int = 48
    passage_tokens: int = 128
    seed: int = 0


def train(
    model: SentenceTransformer,
    prompts: Prompts,
    articles: Sequence[LibraryArticle],
    settings: Training,
    *,
    max_s: float = float("inf"),
    progress: Callable[[int, float, float], None] = lambda *_: None,
) -> None:
    """Train the upper layers of `model` in place; `progress` gets step, mean loss and seconds.

    Stops early after `max_s` seconds; a step takes some five on two cores. The same articles and
    settings give nearly the same weights. Raises ValueError when the articles give no pairs or the
    network is not of layers.
    """
    import torch

    torch.manual_seed(settings.seed)
    sampler = Sampler(articles, seed=settings.seed)
    encoder = inside(model)
    trained = _unfreeze(encoder, settings)
    optimiser = torch.optim.AdamW(trained, lr=settings.rate, weight_decay=0.01)
    started, mean_loss = time.monotonic(), 0.0
    encoder.train()
    for step in range(settings.steps):
        pairs = _batch(sampler, settings.batch)
        share = min(1.0, (step + 1) / settings.warm_up) * (1 - step / settings.steps)
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * share
        loss = _loss(model, prompts, pairs, settings)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # has no types
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        mean_loss = loss.item() if step == 0 else 0.95 * mean_loss + 0.05 * loss.item()
        passed = time.monotonic() - started
        progress(step + 1, mean_loss, passed)
        if passed > max_s:
            break
    encoder.eval()
    encoder.requires_grad_(True)


def reciprocal_ranks(
    model: SentenceTransformer,
    prompts: Prompts,
    held: Sequence[LibraryArticle],
    others: Sequence[LibraryArticle],
) -> FloatArray:
    """(n,) reciprocal rank of the article for each title and question of `held`.

    Titles stand over no passage, so that words alone do not give it away; `others` are there to be
    mistaken for the right one.
    """
    asked = [(text, one.group) for one in held for text in (one.title, *one.questions)]
    shown = [(p.text, one.group) for one in (*held, *others) for p in one.passages]
    queries = _encoded(model, [text for text, _ in asked], prompts.query)
    passages = _encoded(model, [text for text, _ in shown], prompts.passage)
    groups = np.array([group for _, group in shown])
    ranks = np.empty(len(asked))
    for row, (cosines, (_, group)) in enumerate(zip(queries @ passages.T, asked, strict=True)):
        own = groups == group
        ahead = set(groups[~own & (cosines > cosines[own].max(initial=-1.0))])
        ranks[row] = 1.0 / (1 + len(ahead)) if own.any() else 0.0
    return ranks


def _unfreeze(encoder: torch.nn.Module, settings: Training) -> list[torch.nn.Parameter]:
    """Let only the upper layers learn: words keep their meaning, and a step costs half."""
    import torch

    encoder.requires_grad_(False)
    layers = getattr(getattr(encoder, "encoder", None), "layer", None)
    if layers is None:
        raise ValueError("the encoder's network is of a kind that cannot be adapted")
    for layer in layers[min(settings.frozen_layers, len(layers) // 2) :]:
        layer.requires_grad_(True)
    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = settings.dropout
    return [parameter for parameter in encoder.parameters() if parameter.requires_grad]


def _batch(sampler: Sampler, size: int) -> list[Pair]:
    for _ in range(100):
        pairs = sampler.batch(size)
        if len(pairs) > 1:
            return pairs
    raise ValueError("the library has too few passages to learn from")


def _loss(
    model: SentenceTransformer, prompts: Prompts, pairs: Sequence[Pair], settings: Training
) -> torch.Tensor:
    """InfoNCE in both directions: each query against all passages, each passage against all."""
    import torch

    queries = _embedded(
        model, [prompts.query + pair.query for pair in pairs], settings.query_tokens
    )
    passages = _embedded(
        model, [prompts.passage + pair.passage for pair in pairs], settings.passage_tokens
    )
    scores = queries @ passages.T / settings.temperature
    right = torch.arange(len(pairs))
    to_passages = torch.nn.functional.cross_entropy(scores, right)
    to_queries = torch.nn.functional.cross_entropy(scores.T, right)
    return (to_passages + to_queries) / 2


def _embedded(model: SentenceTransformer, texts: Sequence[str], tokens: int) -> torch.Tensor:
    """(len(texts), dim) rows of unit length, with gradients."""
    import torch

    inputs = model.tokenizer(
        list(texts), padding=True, truncation=True, max_length=tokens, return_tensors="pt"
    )
    pooled = model({name: inputs[name] for name in ("input_ids", "attention_mask")})
    return torch.nn.functional.normalize(pooled["sentence_embedding"], dim=-1)


def _encoded(model: SentenceTransformer, texts: Sequence[str], prompt: str) -> FloatArray:
    rows = model.encode(
        list(texts),
        prompt=prompt,
        batch_size=16,
        normalize_embeddings=True,
        show_progress_bar=False,
    )
    return np.asarray(rows, dtype=np.float64)
