"""Trains the reader that comes with the release: `python -m bench.relevance.reader FOLDER`.

FOLDER holds XQuAD and GNOME's help with its messages (see `bench.relevance.reader_material`). What
is read is prepared once, into `--work`; a run that is stopped goes on from its checkpoint there.
The outcome, what training changed as low-rank factors, is `FILE` of
`search/semantic/encoder_build/reader.py`: the mean of two runs from the same start, which judges
better than either (docs/relevance.md). Both take about four and a half hours on two cores.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.relevance import reader_material as material
from bench.relevance.adaptation import factorised
from bench.relevance.noise import misspelt
from bench.relevance.reader_material import HELD_OUT, FloatArray, TrainingReading
from search.semantic.encoder_build.low_rank import write
from search.semantic.encoder_build.passage_encoder import encode, inside, load_model
from search.semantic.encoder_build.reader import FILE, HEAD_BIAS, HEAD_WEIGHT
from search.semantic.encoder_build.sources import BUNDLED, encoder_folder, encoder_prompts
from search.semantic.reader_training import ReaderTraining, ReadingList, TrainedReader, train

CACHE = Path("var/cache")
REPORT_EVERY = 20
RANK = 64
LIST = 8
"""Units of one list."""
LIST_WITHOUT_ANSWER = 5
SUBJECT_WEIGHTS = {"xquad": 0.4, "gnome": 0.7}
"""How often other than a help centre's messages these are drawn."""
UNANSWERED_WEIGHT = 0.6
LOWER_CASE_SHARE = 0.3
UNTITLED_SHARE = 0.1


@dataclass(frozen=True)
class Run:
    """One training, and the share of its messages that are misspelt."""

    training: ReaderTraining
    misspelt_share: float = 0.0


RUNS = (
    Run(ReaderTraining()),
    Run(ReaderTraining(steps=2500, lists=12, rate=1e-4, averaging=0.998), misspelt_share=0.1),
)


class Draw:
    """Draws lists: right units, units of the same article, units that resemble the message."""

    def __init__(self, rows: Sequence[TrainingReading], misspelt_share: float = 0.0) -> None:
        self._rows = rows
        self._misspelt_share = misspelt_share
        weights = (
            SUBJECT_WEIGHTS.get(row.subject, 1.0) * (1.0 if row.right else UNANSWERED_WEIGHT)
            for row in rows
        )
        self._weights = list(itertools.accumulate(weights))

    def __call__(self, chance: random.Random) -> ReadingList:
        (row,) = chance.choices(self._rows, cum_weights=self._weights)
        query = row.query
        if chance.random() < LOWER_CASE_SHARE:
            query = query.lower().rstrip("?.!")
        if self._misspelt_share and chance.random() < self._misspelt_share:
            query = misspelt(query, chance) or query
        right = _right(row, chance)
        room = LIST - len(right) if right else LIST_WITHOUT_ANSWER
        of_others = room // 2 if row.near else room
        far = _likeliest(row.far, of_others, chance)
        near = _likeliest(row.near, room - len(far), chance)
        units = [text for text, _ in right] + near + far
        worth = [value for _, value in right] + [0.0] * (len(near) + len(far))
        if chance.random() < UNTITLED_SHARE:
            units = [unit.partition("\n")[2] or unit for unit in units]
        return ReadingList(query, tuple(units), tuple(worth))


def _right(row: TrainingReading, chance: random.Random) -> list[tuple[str, float]]:
    """At most two units that answer, and maybe one that does in part."""
    whole = [one for one in row.right if one[1] >= 1.0]
    part = [one for one in row.right if one[1] < 1.0]
    found = chance.sample(whole, min(len(whole), 2))
    if part and (not found or chance.random() < LOWER_CASE_SHARE):
        found.append(chance.choice(part))
    return found


def _likeliest(units: Sequence[str], count: int, chance: random.Random) -> list[str]:
    """Some units, those first in line more often."""
    weights = [1 / (1 + place) ** 0.5 for place in range(len(units))]
    taken: set[int] = set()
    while len(taken) < min(count, len(units)):
        taken.update(chance.choices(range(len(units)), weights))
    return [units[place] for place in sorted(taken)]


def prepared(folder: Path, work: Path) -> list[TrainingReading]:
    """All that is trained on, made once and kept in `work`."""
    kept = work / "readings.jsonl"
    if not kept.exists():
        rows = [json.dumps(asdict(row), ensure_ascii=False) for row in _made(folder)]
        kept.write_text("\n".join(rows), encoding="utf-8")
    found = (json.loads(line) for line in kept.read_text("utf-8").splitlines())
    return [
        TrainingReading(
            row["query"],
            row["subject"],
            tuple((text, worth) for text, worth in row["right"]),
            tuple(row["near"]),
            tuple(row["far"]),
        )
        for row in found
    ]


def _made(folder: Path) -> Iterator[TrainingReading]:
    source = encoder_folder(BUNDLED, CACHE)
    model, prompts = load_model(source), encoder_prompts(source)

    def vectors(texts: Sequence[str], is_query: bool) -> FloatArray:
        prompt = prompts.query if is_query else prompts.passage
        return encode(model, texts, prompt=prompt, is_bfloat16=True)

    subjects = itertools.chain(material.written(), (material.gnome(folder), material.xquad(folder)))
    for subject in subjects:
        if subject.name not in HELD_OUT:
            print(f"reading {subject.name}", flush=True)
            yield from material.readings(subject, vectors)


def _print(step: int, loss: float, seconds: float) -> None:
    if step % REPORT_EVERY == 0:
        print(f"step {step}, loss {loss:.3f}, {seconds:.0f} s", flush=True)


def trained(rows: Sequence[TrainingReading], run: Run, checkpoint: Path) -> TrainedReader:
    """A reader trained from the bundled encoder on, or from the checkpoint."""
    model = load_model(encoder_folder(BUNDLED, CACHE))
    reader = TrainedReader(inside(model), model.tokenizer)
    draw = Draw(rows, run.misspelt_share)
    train(reader, draw, run.training, checkpoint=checkpoint, progress=_print)
    return reader


def mean_state(readers: Sequence[TrainedReader]) -> dict[str, FloatArray]:
    """The mean of networks and heads, weight by weight."""
    states = [
        {
            **{name: tensor.numpy() for name, tensor in reader.network.state_dict().items()},
            HEAD_WEIGHT: reader.head.weight.detach().numpy(),
            HEAD_BIAS: reader.head.bias.detach().numpy(),
        }
        for reader in readers
    ]
    return {name: np.mean([state[name] for state in states], axis=0) for name in states[0]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance.reader", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, default=Path("var/reader"))
    parser.add_argument("--rank", type=int, default=RANK)
    parser.add_argument("--to", type=Path, default=FILE)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    rows = prepared(options.folder, options.work)
    plain = inside(load_model(encoder_folder(BUNDLED, CACHE))).state_dict()
    before = {name: tensor.numpy() for name, tensor in plain.items()}
    readers = [
        trained(rows, run, options.work / f"checkpoint-{number}.pt")
        for number, run in enumerate(RUNS, 1)
    ]
    after = mean_state(readers)
    factors: dict[str, npt.NDArray[np.float16]] = factorised(before, after, rank=options.rank)
    factors[HEAD_WEIGHT] = after[HEAD_WEIGHT].astype(np.float16)
    factors[HEAD_BIAS] = after[HEAD_BIAS].astype(np.float16)
    write(options.to, factors)
    print(f"{options.to}: {options.to.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
