"""`kb adapt`: trains the encoder on the site's own articles, and switches only to what is better.

A fifth of the articles is held out: their titles and questions are asked of passages that do not
show them. The trained encoder is kept only when it finds more of them, beyond chance. It lies in
the data folder; `--undo` goes back to the encoder of the settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np

from kb.build import build, encoder_choice
from kb.config import Config
from search.semantic.encoder_build.passage_encoder import load_model
from search.semantic.encoder_build.sources import encoder_folder, encoder_prompts
from search.semantic.fine_tune import FloatArray, Training, reciprocal_ranks, train
from search.semantic.training_pairs import library_article, split_off

MIN_ARTICLES = 50
"""With fewer there is too little to learn from and too little to judge by."""
MAX_OTHERS = 300
"""Articles beside the held-out ones that may be mistaken for them."""
HELD_OUT = 5
"""One article in so many is held out."""


class NotAdaptable(Exception):
    """The site cannot be adapted to; the text says why."""


@dataclass(frozen=True)
class HeldOutGain:
    """Mean reciprocal rank of held-out articles before and after, and the gain's 95 % interval."""

    queries: int
    before: float
    after: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        return self.low > 0


def adapt(config: Config, *, steps: int, minutes: float, now: datetime) -> Iterator[str]:
    """Train, judge, and point builds to the result if it is better; yields lines for a terminal.

    Raises NotAdaptable, EncoderUnavailable and OSError.
    """
    if config.encoder == encoder_choice.NO_ENCODER:
        raise NotAdaptable("KB_ENCODER is `none`: there is nothing to adapt")
    library = [library_article(document) for document in build.documents(config)]
    learnt, held = split_off(library, every=HELD_OUT)
    if len({article.group for article in learnt}) < MIN_ARTICLES or not held:
        wanted = MIN_ARTICLES * HELD_OUT // (HELD_OUT - 1)
        raise NotAdaptable(f"the site needs at least {wanted} articles")
    folder = encoder_folder(config.encoder, config.cache_dir)
    prompts = encoder_prompts(folder)
    model = load_model(folder)
    others = learnt[:: max(1, len(learnt) // MAX_OTHERS)]
    yield f"{len(learnt)} articles to learn from, {len(held)} held out; asking the encoder as it is"
    before = reciprocal_ranks(model, prompts, held, others)
    started = datetime.now(UTC)
    try:
        train(model, prompts, learnt, Training(steps=steps), max_s=minutes * 60)
    except ValueError as error:
        raise NotAdaptable(str(error)) from error
    yield f"trained in {(datetime.now(UTC) - started).total_seconds() / 60:.0f} minutes"
    found = verdict(before, reciprocal_ranks(model, prompts, held, others))
    yield (
        f"held-out questions: {found.queries}; mean reciprocal rank {found.before:.3f} before, "
        f"{found.after:.3f} after; gain between {found.low:+.3f} and {found.high:+.3f}"
    )
    if not found.is_better:
        yield "no gain beyond chance: the encoder stays as it is"
        return
    name = f"{encoder_choice.FOLDER}-{now:%Y%m%dT%H%M%S}"
    model.save(str(config.data_dir / name))
    encoder_choice.choose(config, {"folder": name, **asdict(found)})
    yield f"builds use the adapted encoder in {config.data_dir / name}; back with --undo"


def verdict(before: FloatArray, after: FloatArray, *, draws: int = 2000) -> HeldOutGain:
    """Paired bootstrap over the queries."""
    gains = after - before
    chance = np.random.default_rng(0)
    means = gains[chance.integers(0, len(gains), (draws, len(gains)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return HeldOutGain(
        len(gains), float(np.mean(before)), float(np.mean(after)), float(low), float(high)
    )
