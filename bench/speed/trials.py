"""Times `kb test` and `kb check` over a large library: `python -m bench.speed.trials CORPUS`.

Writes a folder with one article for each line of CORPUS and three questions each, and runs the
commands as an author does: again, after an edit, and without a change. The first run reads ten
units for each question, which takes minutes for each thousand; with `--stand-in` the file of scores
and the vectors of passages are filled by numbers that no model gave, as later runs cost the same
whatever they are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench import machine
from bench.library import write_library
from kb.build.trial import comparison, findability, replies
from kb.build.trial.trees import TrialBuilder
from kb.config import Config
from search.semantic import reader
from search.semantic.encoder import FloatArray
from search.semantic.encoder_build.passage_encoder import PassageEncoder

QUESTIONS = 3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed.trials", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--lang", required=True)
    parser.add_argument("--folder", type=Path, required=True, help="of articles and data; kept")
    parser.add_argument("--cache", type=Path, help="folder whose encoders and vectors are taken")
    parser.add_argument("--stand-in", action="store_true", help="do not wait for the reader")
    options = parser.parse_args()
    articles, data = options.folder / "articles", options.folder / "var"
    count = write_library(options.corpus, articles, lang=options.lang, questions=QUESTIONS)
    if options.cache:
        _take(options.cache, data / "cache")
    figures: dict[str, Any] = {"machine": machine.facts(), "articles": count}
    settings = {
        "KB_ARTICLES_DIR": str(articles),
        "KB_DATA_DIR": str(data),
        "KB_LANGUAGES": options.lang,
    }
    started = time.monotonic()
    if options.stand_in:
        _fill(Config.from_environ(settings))
        figures["filled_s"] = round(time.monotonic() - started, 1)
    else:
        figures["first"] = _timed(settings, "test")
        figures["first_check_search"] = _timed(settings, "check", "--search")
    figures["check"] = _timed(settings, "check")
    edited = next(articles.rglob("article-0.md"))
    for command in (("check", "--search"), ("test",)):
        figures[f"{command[0]}_again"] = _timed(settings, *command)
        text = edited.read_text("utf-8") + "\n\nOne more paragraph.\n"
        edited.write_text(text, encoding="utf-8")
        figures[f"{command[0]}_after_an_edit"] = _timed(settings, *command)
    print(json.dumps(figures, indent=1))


def _take(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in ("encoders", "embeddings.sqlite"):
        here = target / name
        if (source / name).is_dir() and not here.exists():
            here.symlink_to((source / name).absolute())
        elif (source / name).is_file() and not here.exists():
            shutil.copy(source / name, here)


def _fill(config: Config) -> None:
    """Ask everything once, in this process, with stand-ins of passage encoder and reader."""

    def logit(_: object, question: Sequence[int], unit: reader.TokenArray) -> float:
        text = bytes(str((tuple(question), unit.tolist())), "ascii")
        return hashlib.sha256(text).digest()[0] / 32 - 6

    def encode(own: PassageEncoder, texts: Sequence[str], **_: object) -> FloatArray:
        seeds = [zlib.crc32(text.encode()) for text in texts]
        rows = np.stack([np.random.default_rng(seed).normal(size=own.dim) for seed in seeds])
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(unit, dtype=np.float32)

    # setattr, as nobody else is to replace what these do.
    setattr(reader.OnnxReader, "logit", logit)  # noqa: B010
    setattr(PassageEncoder, "encode_passages", encode)  # noqa: B010
    replies.APART_FROM = sys.maxsize
    comparison.compare(config, progress=_told)
    builder = TrialBuilder(config)
    findability.not_first(builder.build(builder.read()), config, progress=_told)


def _told(step: str, done: int, total: int) -> None:
    if done in (0, total) or done % 500 == 0:
        print(step, done, total, file=sys.stderr, flush=True)


def _timed(settings: dict[str, str], *arguments: str) -> dict[str, float]:
    """Seconds by the clock, and of the processor for the command with all its processes."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "kb", *arguments],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": round(wall, 1), "cpu_s": round(used, 1)}


if __name__ == "__main__":
    main()
