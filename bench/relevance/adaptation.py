"""Makes the help adaptation of the bundled encoder: `python -m bench.relevance.adaptation
LIBRARY.jsonl`.

LIBRARY.jsonl holds one article a line as `bench.relevance.help_libraries` writes them. Trains the
plain bundled encoder for some half an hour on two cores and writes what changed, as low-rank
factors, to `search/semantic/encoder_build/help-adaptation.safetensors`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search.evaluate import read_corpus
from search.semantic.encoder_build.low_rank import FILE, LEFT, RIGHT, WHOLE, Array, write
from search.semantic.encoder_build.passage_encoder import inside, load_model
from search.semantic.encoder_build.sources import PLAIN, encoder_folder, encoder_prompts
from search.semantic.fine_tune import Training, train
from search.semantic.training_pairs import LibraryArticle, LibraryPassage, library_article

CACHE = Path("var/cache")
REPORT_EVERY = 10
RANK = 32


def read_library(path: Path) -> list[LibraryArticle]:
    """Articles of a JSONL file with the fields of LibraryArticle."""
    return [_article(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _article(row: dict[str, Any]) -> LibraryArticle:
    return LibraryArticle(
        group=row["group"],
        lang=row["lang"],
        subject=row["subject"],
        title=row["title"],
        questions=tuple(row["questions"]),
        passages=tuple(LibraryPassage(tuple(above), text) for above, text in row["passages"]),
    )


def read_corpus_library(path: Path, *, lang: str) -> list[LibraryArticle]:
    """Articles of a judged corpus, of its own subject."""
    return [library_article(document) for document in read_corpus(path, lang=lang)]


def factorised(
    before: Mapping[str, Array], after: Mapping[str, Array], *, rank: int = RANK
) -> dict[str, npt.NDArray[np.float16]]:
    """Factors of what differs between two states of one network."""
    found: dict[str, npt.NDArray[np.float16]] = {}
    for name, old in before.items():
        change = np.asarray(after[name], dtype=np.float32) - np.asarray(old, dtype=np.float32)
        if not change.any():
            continue
        if change.ndim == 2 and min(change.shape) > 2 * rank:
            left, strength, right = np.linalg.svd(change, full_matrices=False)
            root = np.sqrt(strength[:rank])
            found[name + LEFT] = (left[:, :rank] * root).astype(np.float16)
            found[name + RIGHT] = (root[:, None] * right[:rank]).astype(np.float16)
        else:
            found[name + WHOLE] = change.astype(np.float16)
    return found


def _print(step: int, loss: float, seconds: float) -> None:
    if step % REPORT_EVERY == 0:
        print(f"step {step}, loss {loss:.3f}, {seconds / step:.1f} s a step", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.relevance.adaptation", description=__doc__
    )
    parser.add_argument("library", type=Path)
    parser.add_argument("--lang", help="LIBRARY.jsonl is a judged corpus in this language")
    parser.add_argument("--from", dest="start", default=PLAIN, help="encoder to start from")
    parser.add_argument("--steps", type=int, default=350)
    parser.add_argument("--rank", type=int, default=RANK)
    parser.add_argument("--folder", type=Path, help="keep the whole encoder here, too")
    parser.add_argument("--to", type=Path, default=FILE)
    options = parser.parse_args()
    folder = encoder_folder(options.start, CACHE)
    model = load_model(folder)
    encoder = inside(model)
    before = {name: tensor.numpy().copy() for name, tensor in encoder.state_dict().items()}
    articles = (
        read_corpus_library(options.library, lang=options.lang)
        if options.lang
        else read_library(options.library)
    )
    train(model, encoder_prompts(folder), articles, Training(steps=options.steps), progress=_print)
    after = {name: tensor.numpy() for name, tensor in encoder.state_dict().items()}
    if options.folder:
        model.save(str(options.folder))
    write(options.to, factorised(before, after, rank=options.rank))
    print(f"{options.to}: {options.to.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
