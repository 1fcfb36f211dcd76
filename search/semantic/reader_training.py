"""Trains the reader: a cross-encoder that tells whether a unit answers a query.

Starts from an encoder's network, whose lower layers stay as they are; mean pooling and one linear
head give a score in log-odds. Lists of one query's right and wrong units are learnt together
(softmax over the list) and each by itself (binary cross-entropy), so that scores order units and
can be read as probabilities. Runs in bounded time without a graphics card and goes on from its
checkpoint; torch is imported only inside functions.

Source: cross-encoders for ranking (Nogueira and Cho 2019), listwise softmax loss (Cao et al. 2007).
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ReadingList:
    """Units of one query, with what each is worth as its answer, in [0, 1]."""

    query: str
    units: tuple[str, ...]
    worth: tuple[float, ...]


@dataclass(frozen=True)
class ReaderTraining:
    """Settings of one run. Origin: docs/relevance.md, "The reader"."""

    steps: int = 2400
    lists: int = 6
    """Of one step."""
    rate: float = 7e-5
    head_rate: float = 1e-3
    warm_up: int = 100
    frozen_layers: int = 4
    dropout: float = 0.05
    tokens: int = 160
    pairs_at_once: int = 12
    """Pairs read at once, of like lengths."""
    single_weight: float = 0.5
    """Of the binary cross-entropy beside the softmax."""
    averaging: float = 0.0
    """Share of the mean that each step keeps: the weights trained are a moving mean of those after
    each step. 0 for the last step's own."""
    seed: int = 0
    checkpoint_every: int = 50


class _MovingMean:
    """Moving mean of parameters over the steps after the warm-up."""

    def __init__(self, parameters: Sequence[torch.nn.Parameter], kept: float) -> None:
        self._parameters = parameters
        self._kept = kept
        self.values: list[torch.Tensor] = []

    def update(self) -> None:
        import torch

        with torch.no_grad():
            if not self.values:
                self.values = [parameter.detach().clone() for parameter in self._parameters]
            torch._foreach_lerp_(self.values, list(self._parameters), 1 - self._kept)

    def apply(self) -> None:
        import torch

        with torch.no_grad():
            for parameter, value in zip(self._parameters, self.values, strict=True):
                parameter.copy_(value)


class TrainedReader:
    """A network with its head, as it is trained."""

    def __init__(self, network: torch.nn.Module, tokenizer: PreTrainedTokenizerFast) -> None:
        import torch

        self.network = network
        self.tokenizer = tokenizer
        width = int(network.get_parameter("embeddings.word_embeddings.weight").shape[1])
        self.head = torch.nn.Linear(width, 1)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)

    def logits(
        self, pairs: Sequence[tuple[str, str]], *, tokens: int, pairs_at_once: int
    ) -> torch.Tensor:
        """(len(pairs),) log-odds; pairs of like lengths are read together."""
        import torch

        queries, units = zip(*pairs, strict=True)
        encoded = self.tokenizer(
            list(queries), list(units), truncation="only_second", max_length=tokens
        )["input_ids"]
        order = sorted(range(len(pairs)), key=lambda n: len(encoded[n]))
        parts = []
        for start in range(0, len(order), pairs_at_once):
            rows = order[start : start + pairs_at_once]
            parts.append(self._read([encoded[n] for n in rows]))
        places = torch.empty(len(order), dtype=torch.long)
        places[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(parts)[places]

    def _read(self, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        import torch

        longest = max(map(len, rows))
        pad = int(self.tokenizer.pad_token_id)
        ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        hidden = hidden.float()
        weights = mask.unsqueeze(-1).float()
        pooled = (hidden * weights).sum(1) / weights.sum(1)
        score: torch.Tensor = self.head(pooled).squeeze(-1)
        return score


def train(
    reader: TrainedReader,
    draw: Callable[[random.Random], ReadingList],
    settings: ReaderTraining,
    *,
    checkpoint: Path,
    progress: Callable[[int, float, float], None] = lambda *_: None,
) -> None:
    """Train in place up to that many steps, from `checkpoint` if it exists.

    `draw` gives one list; `progress` gets step, mean loss and seconds. The checkpoint is replaced
    in one step, so that a run may be stopped at any time.
    """
    import torch

    torch.manual_seed(settings.seed)
    parameters = _unfreeze(reader, settings)
    optimiser = _optimiser(reader, parameters, settings)
    mean = _MovingMean([*parameters, *reader.head.parameters()], settings.averaging)
    done, mean_loss = _resume(reader, optimiser, mean, checkpoint)
    started = time.monotonic()
    reader.network.train()
    for step in range(done, settings.steps):
        chance = random.Random(f"{settings.seed} {step}")  # noqa: S311  # draws examples
        share = min(1.0, (step + 1) / settings.warm_up) * (1 - step / settings.steps)
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * share
        loss = _step_loss(reader, [draw(chance) for _ in range(settings.lists)], settings)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # has no types
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if settings.averaging and step >= settings.warm_up:
            mean.update()
        mean_loss = loss.item() if step == 0 else 0.98 * mean_loss + 0.02 * loss.item()
        progress(step + 1, mean_loss, time.monotonic() - started)
        if (step + 1) % settings.checkpoint_every == 0 or step + 1 == settings.steps:
            _keep(reader, optimiser, mean, checkpoint, step + 1, mean_loss)
    if mean.values:
        mean.apply()
    reader.network.eval()


def scores(
    reader: TrainedReader, pairs: Sequence[tuple[str, str]], *, tokens: int = 160
) -> FloatArray:
    """(len(pairs),) log-odds of a trained reader."""
    import torch

    reader.network.eval()
    with torch.inference_mode():
        found: FloatArray = reader.logits(pairs, tokens=tokens, pairs_at_once=32).numpy()
    return found


def _unfreeze(reader: TrainedReader, settings: ReaderTraining) -> list[torch.nn.Parameter]:
    import torch

    reader.network.requires_grad_(False)
    layers = list(reader.network.get_submodule("encoder.layer").children())
    for layer in layers[settings.frozen_layers :]:
        layer.requires_grad_(True)
    for module in reader.network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = settings.dropout
    return [parameter for parameter in reader.network.parameters() if parameter.requires_grad]


def _optimiser(
    reader: TrainedReader, parameters: Sequence[torch.nn.Parameter], settings: ReaderTraining
) -> torch.optim.Optimizer:
    import torch

    rates = ((parameters, settings.rate), (reader.head.parameters(), settings.head_rate))
    groups = [{"params": list(of), "lr": rate, "base": rate} for of, rate in rates]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def _step_loss(
    reader: TrainedReader, lists: Sequence[ReadingList], settings: ReaderTraining
) -> torch.Tensor:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits as single_loss

    pairs = [(one.query, unit) for one in lists for unit in one.units]
    logits = reader.logits(pairs, tokens=settings.tokens, pairs_at_once=settings.pairs_at_once)
    total = torch.zeros(())
    start = 0
    for one in lists:
        own = logits[start : start + len(one.units)]
        start += len(one.units)
        worth = torch.tensor(one.worth)
        loss = settings.single_weight * single_loss(own, worth)
        if one.worth and max(one.worth) > 0:
            target = worth / worth.sum()
            loss = loss - (target * torch.log_softmax(own, 0)).sum() / math.log(
                max(2, len(one.units))
            )
        total = total + loss
    return total / len(lists)


def _resume(
    reader: TrainedReader, optimiser: torch.optim.Optimizer, mean: _MovingMean, checkpoint: Path
) -> tuple[int, float]:
    import torch

    if not checkpoint.exists():
        return 0, 0.0
    state = torch.load(checkpoint, weights_only=True)
    reader.network.load_state_dict(state["network"])
    reader.head.load_state_dict(state["head"])
    optimiser.load_state_dict(state["optimiser"])
    mean.values = state["mean"]
    torch.set_rng_state(state["random"])
    return int(state["step"]), float(state["loss"])


def _keep(
    reader: TrainedReader,
    optimiser: torch.optim.Optimizer,
    mean: _MovingMean,
    checkpoint: Path,
    step: int,
    mean_loss: float,
) -> None:
    import torch

    draft = checkpoint.with_suffix(".draft")
    torch.save(
        {
            "network": reader.network.state_dict(),
            "head": reader.head.state_dict(),
            "optimiser": optimiser.state_dict(),
            "mean": mean.values,
            "random": torch.get_rng_state(),
            "step": step,
            "loss": mean_loss,
        },
        draft,
    )
    draft.replace(checkpoint)
