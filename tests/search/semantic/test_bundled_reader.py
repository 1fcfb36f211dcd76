"""The bundled reader's export: what serving computes is what the trained network says.

The factors are random ones that are made here, so that no release's file is needed.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from search.errors import ReaderUnavailable
from search.semantic.encoder_build import low_rank
from search.semantic.encoder_build.passage_encoder import inside, load_model
from search.semantic.encoder_build.reader import (
    HEAD_BIAS,
    HEAD_WEIGHT,
    SAMPLE_PAIRS,
    BundledReader,
)
from search.semantic.reader import (
    MAX_PAIR_TOKENS,
    MAX_UNIT_TOKENS,
    READER_SETTINGS_FILE,
    OnnxReader,
    TokenArray,
)

FloatArray = npt.NDArray[np.float32]

CHANGED = "encoder.layer.11.attention.output.dense.weight"
WIDTH = 384
RANK = 2


@pytest.fixture(scope="session")
def factors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A head, and changes of rank 2 to one matrix; the same ones each time."""
    chance = np.random.default_rng(11)
    path = tmp_path_factory.mktemp("factors") / "reader.safetensors"
    low_rank.write(
        path,
        {
            CHANGED + low_rank.LEFT: chance.normal(0, 0.1, (WIDTH, RANK)).astype(np.float16),
            CHANGED + low_rank.RIGHT: chance.normal(0, 0.1, (RANK, WIDTH)).astype(np.float16),
            HEAD_WEIGHT: chance.normal(0, 0.3, (1, WIDTH)).astype(np.float16),
            HEAD_BIAS: np.array([0.5], dtype=np.float16),
        },
    )
    return path


@pytest.fixture(scope="session")
def bundled_reader(encoder_cache: Path, factors: Path) -> BundledReader:
    return BundledReader(encoder_cache, factors)


@pytest.fixture(scope="session")
def reader(bundled_reader: BundledReader) -> OnnxReader:
    return OnnxReader.from_folder(bundled_reader.folder())


@pytest.fixture(scope="session")
def expected(bundled_folder: Path, factors: Path) -> FloatArray:
    """(len(SAMPLE_PAIRS),) log-odds by torch, at full precision."""
    import torch

    model = load_model(bundled_folder)
    network = inside(model)
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    changed = low_rank.applied(state, factors)
    network.load_state_dict({name: torch.from_numpy(value) for name, value in changed.items()})
    head = low_rank.read(factors)
    found = []
    for query, unit in SAMPLE_PAIRS:
        pair = model.tokenizer(query, unit, return_tensors="pt")
        with torch.inference_mode():
            hidden = network(**pair).last_hidden_state[0].numpy()
        pooled = hidden.mean(axis=0)
        found.append(pooled @ head[HEAD_WEIGHT][0].astype(np.float32) + head[HEAD_BIAS][0])
    return np.array(found, dtype=np.float32)


def tokens(reader: BundledReader, *texts: str) -> list[TokenArray]:
    return list(reader.tokens(texts))


@pytest.mark.encoder
def test_serving_gives_the_log_odds_of_torch(
    bundled_reader: BundledReader, reader: OnnxReader, expected: FloatArray
) -> None:
    found = [
        reader.logit(reader.question(query), tokens(bundled_reader, unit)[0])
        for query, unit in SAMPLE_PAIRS
    ]
    assert np.abs(np.array(found) - expected).mean() < 0.25
    assert np.corrcoef(found, expected)[0, 1] > 0.95
    assert np.ptp(expected) > 0.5, "equal ones would prove nothing"


@pytest.mark.encoder
def test_pairs_are_cut_to_their_room(bundled_reader: BundledReader, reader: OnnxReader) -> None:
    (unit,) = tokens(bundled_reader, "word " * 1000)
    assert len(unit) == MAX_UNIT_TOKENS
    question = reader.question("how " * 500)
    assert len(question) < MAX_PAIR_TOKENS
    assert math.isfinite(reader.logit(question, unit))
    assert math.isfinite(reader.logit((), unit[:1]))


@pytest.mark.encoder
def test_it_is_exported_once_and_known_by_its_weights(
    bundled_reader: BundledReader, reader: OnnxReader, encoder_cache: Path, factors: Path
) -> None:
    settings = bundled_reader.folder() / READER_SETTINGS_FILE
    made = settings.stat().st_mtime_ns
    again = BundledReader(encoder_cache, factors)
    assert again.folder() == bundled_reader.folder()
    assert settings.stat().st_mtime_ns == made
    assert reader.fingerprint == bundled_reader.fingerprint
    assert low_rank.fingerprint(factors) in bundled_reader.fingerprint


@pytest.mark.parametrize("content", [None, "{", "[]", '{"format": 0}', '{"format": 1}'])
def test_a_folder_that_holds_no_reader_is_unavailable(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / READER_SETTINGS_FILE).write_text(content)
    with pytest.raises(ReaderUnavailable):
        OnnxReader.from_folder(tmp_path)


def test_no_texts_need_no_tokenizer(tmp_path: Path) -> None:
    assert BundledReader(tmp_path, tmp_path / "none").tokens(()) == ()
