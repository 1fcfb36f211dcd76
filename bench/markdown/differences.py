"""`python -m bench.markdown.differences PATH…`: articles that look otherwise here than on GitHub.

A PATH is a folder of Markdown files or a file of articles, a JSON object a line, with their text
as `body`. Each is read by us and by markdown-it-py with GitHub's additions, and the outlines of
both pages are compared: elements, addresses, texts. Untold are articles that differ and of which
`kb check` says nothing. Differences are counted by corpus and by the
element that they begin with; `--show N` prints the first N of them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from kb.content.sanitize import MarkupRefused, to_html
from tests.support.markdown.oracle import github_html
from tests.support.markdown.outline import outline
from tests.support.markdown.told import found

FRONT_MATTER = re.compile(r"---\n.*?\n---\n", re.DOTALL)
SUFFIXES = (".md", ".mdx", ".markdown")


@dataclass
class Comparison:
    """Counts of one corpus."""

    articles: int = 0
    with_lists: int = 0
    other: int = 0
    other_with_lists: int = 0
    refused: int = 0
    untold: int = 0
    """Of those that differ, articles of which `kb check` says nothing."""
    kinds: Counter[str] = field(default_factory=Counter)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--show", type=int, default=0, help="differences to print")
    options = parser.parse_args()
    left = options.show
    for path in options.paths:
        comparison = Comparison()
        for name, text in articles(path):
            if (difference := compared(text, comparison)) and left > 0:
                left -= 1
                print(f"=== {name}", *difference[:40], sep="\n")
        _print(path, comparison)


def articles(path: Path) -> Iterator[tuple[str, str]]:
    """Name and Markdown of each article."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.suffix in SUFFIXES:
                text = file.read_text("utf-8")
                front = FRONT_MATTER.match(text)
                yield str(file), text[front.end() if front else 0 :]
    else:
        for line in path.read_text("utf-8").splitlines():
            article = json.loads(line)
            yield f"{path}:{article['id']}", article["body"]


def compared(text: str, comparison: Comparison) -> Sequence[str]:
    """Lines in which the two outlines differ; counts the article."""
    comparison.articles += 1
    theirs = outline(github_html(text))
    has_lists = any(line.strip().split(" ")[0] in ("ul", "ol") for line in theirs)
    comparison.with_lists += has_lists
    try:
        ours = outline(to_html(text))
    except MarkupRefused:
        comparison.refused += 1
        return ()
    if ours == theirs:
        return ()
    comparison.other += 1
    comparison.other_with_lists += has_lists
    comparison.untold += not found(text)
    difference = list(unified_diff(theirs, ours, "theirs", "ours", lineterm="", n=3))
    comparison.kinds[_kind(difference)] += 1
    return difference


def _kind(difference: Sequence[str]) -> str:
    """Elements, or "text", that the first difference replaces and puts in their place."""
    lost = _first(difference, "-")
    put = _first(difference, "+")
    return f"{lost} → {put}"


def _first(difference: Sequence[str], mark: str) -> str:
    changed = (line[1:].strip() for line in difference[2:] if line.startswith(mark))
    first = next(changed, "nothing")
    return "text" if first.startswith(("'", '"')) else first.split(" ")[0]


def _print(path: Path, counts: Comparison) -> None:
    share = counts.other_with_lists / max(1, counts.with_lists)
    print(f"{path}: {counts.articles} articles, {counts.other} differ, {counts.untold} untold;")
    print(f"  {counts.refused} refused")
    print(f"  of {counts.with_lists} with lists {counts.other_with_lists} differ ({share:.1%})")
    for kind, count in counts.kinds.most_common():
        print(f"  {count:5} {kind}")


if __name__ == "__main__":
    main()
