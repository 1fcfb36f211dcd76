"""Articles not found first by their own title: `python -m bench.relevance.titles FOLDER`.

FOLDER holds a folder a corpus. Prints the exceptions: what was asked, and what came first.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from bench.relevance.tune import corpora
from search.ranking.options import SearchOptions
from search.ranking.searcher import Searcher


def exceptions(searcher: Searcher) -> Iterator[tuple[str, str]]:
    """Title asked and group found first, of documents that are not found first by their title.

    Of equal titles any document will do.
    """
    for document in searcher.corpus.documents:
        first = searcher.search(document.title, SearchOptions(lang=document.lang, limit=1)).hits[0]
        title = "".join(segment.text for segment in first.title)
        if first.group != document.group and title.casefold() != document.title.casefold():
            yield document.title, first.group


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance.titles", description=__doc__)
    parser.add_argument("corpora", type=Path)
    for name, (answers, _) in corpora(parser.parse_args().corpora).items():
        found = list(exceptions(answers.searcher))
        total = len(answers.searcher.corpus.documents)
        print(f"{name}: {total - len(found)} of {total} first by their own title")
        for title, first in found:
            print(f"  {title!r} found {first} first")


if __name__ == "__main__":
    main()
