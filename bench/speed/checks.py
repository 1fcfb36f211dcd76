"""Times `kb check` on a large library: `python -m bench.speed.checks [--articles 1200]`.

The texts are those of the sample library, again and again, each with a title, an id and three
questions of its own, committed to git as authors keep them. Every tenth shows what it should not.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import machine
from bench.library import article_id

SAMPLES = Path("articles")
CATEGORIES = 12
QUESTIONS = 3
RUNS = 3
LEFTOVERS = "\n:::steps\n1.One\n2.Two\n\n{{ price }} <Card to='x' /> [[Other]] ![a](https://x.example/b.png)\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed.checks", description=__doc__)
    parser.add_argument("--articles", type=int, default=1200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "articles"
        size = write_tree(folder, options.articles)
        _commit(folder)
        figures: dict[str, Any] = {
            "machine": machine.facts(),
            "articles": options.articles,
            "megabytes": round(size / 1e6, 1),
            "seconds": [_timed(folder) for _ in range(RUNS)],
        }
    print(json.dumps(figures, indent=1))


def write_tree(folder: Path, articles: int) -> int:
    """Write so many articles with three questions each; returns the size of all texts in bytes."""
    bodies = list(_bodies())
    size = 0
    for number in range(articles):
        lang, body = bodies[number % len(bodies)]
        category = f"part-{number % CATEGORIES}"
        path = folder / lang / "guides" / category / f"article-{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _front(number) + body + (LEFTOVERS if number % 10 == 0 else "")
        size += path.write_bytes(text.encode())
    names = (
        f"  part-{number}: {{icon: box, title: {{ru: а, en: b}}}}" for number in range(CATEGORIES)
    )
    (folder / "categories.yml").write_text("\n".join(("guides:", *names)), encoding="utf-8")
    return size


def _bodies() -> Iterator[tuple[str, str]]:
    for path in sorted(SAMPLES.rglob("*.md")):
        parts = path.relative_to(SAMPLES).parts
        if len(parts) == 4:
            yield parts[0], path.read_text("utf-8").partition("\n---\n")[2]


def _front(number: int) -> str:
    questions = "".join(f"  - how is part {number} done, {at}\n" for at in range(QUESTIONS))
    return (
        f"---\nid: {article_id(number + 40_000)}\ntitle: Article {number}\nsummary: Of {number}.\n"
        f"questions:\n{questions}---\n"
    )


def _commit(folder: Path) -> None:
    settings = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    for arguments in (("init", "-q"), ("add", "."), (*settings, "commit", "-qm", "all")):
        subprocess.run(("git", *arguments), cwd=folder, check=True)


def _timed(folder: Path) -> dict[str, float]:
    """Wall and processor time of one run, and how many lines it told."""
    settings = {"KB_ARTICLES_DIR": str(folder), "KB_LANGUAGES": "ru,en"}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        (sys.executable, "-m", "kb", "check", "--all"),
        env={**os.environ, **settings},
        capture_output=True,
        check=False,
    )
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": round(wall, 1), "cpu": round(used, 1), "lines": done.stdout.count(b"\n")}


if __name__ == "__main__":
    main()
