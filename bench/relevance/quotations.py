"""Shows that whatever a suggestion quotes stands in the article, word for word.

`check` looks at every passage of a generation and at what suggestions quote for the library's own
titles, headings and questions. White space counts as one space: lines of a list become one line.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from bench.library import write_library
from kb.build import build
from kb.catalog.catalog import ArticleVersion
from kb.catalog.finder import document_id
from kb.catalog.generation import LiveGeneration, Loaded
from kb.config import Config
from kb.suggestions.decision import Question, suggest
from search.generation.store import Store
from search.semantic.encoder import load_query_encoder
from search.text.html_text import sections
from search.text.snippets import ELLIPSIS


@dataclass(frozen=True)
class Checked:
    """Number of spans held against their articles, and those that do not stand there."""

    passages: int
    queries: int
    spans: int
    answers: int
    steps: int
    """Answers that are lists of steps."""
    faults: tuple[str, ...]


def check(loaded: Loaded, *, every: int = 1) -> Checked:
    """Look at what `loaded` can show; without the encoder, which changes only ranks.

    Of the queries every `every`-th is asked.
    """
    texts = {document_id(page): _text(page) for page in loaded.catalog.all_pages}
    faults = [
        f"{passage.document_id}#{passage.anchor}: {passage.text[:80]!r}"
        for passage in loaded.searcher.corpus.passages
        if _one_line(passage.text) not in texts[passage.document_id]
    ]
    queries = spans = answers = steps = 0
    for lang, query in islice(_queries(loaded), 0, None, every):
        queries += 1
        found = suggest(loaded, Question(query, lang, limit=5), is_hurried=True)
        for one in found.results:
            page = one.found.page
            answer = loaded.answers.quote(one.found.hit, query)
            snippet = "".join(part.text for part in one.found.snippet).strip(f"{ELLIPSIS} ")
            answers += answer is not None
            steps += answer is not None and answer.kind == "steps"
            quoted = answer.text.split("\n") if answer else ()
            for span in (*quoted, one.found.passage_text, snippet):
                spans += 1
                if not span or _one_line(span) not in texts[document_id(page)]:
                    faults.append(f"{document_id(page)} for {query[:40]!r}: {span[:80]!r}")
    return Checked(
        len(loaded.searcher.corpus.passages), queries, spans, answers, steps, tuple(faults)
    )


def _text(page: ArticleVersion) -> str:
    """Everything a reader of the article sees, in order, on one line."""
    blocks = [block.text for section in sections(page.html) for block in section.blocks]
    return _one_line("\n".join((page.summary, *blocks)))


def _queries(loaded: Loaded) -> Iterator[tuple[str, str]]:
    for page in loaded.catalog.all_pages:
        for text in (page.title, *page.questions, *(h.text for h in page.headings)):
            yield page.lang, text


def _one_line(text: str) -> str:
    return " ".join(text.split())


def open_current(config: Config) -> LiveGeneration:
    """The current generation of `config`, opened; close it afterwards."""
    live = LiveGeneration(
        Store(config.index_dir), load_encoder=partial(load_query_encoder, is_checked=True)
    )
    live.refresh()
    return live


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.relevance.quotations", description=__doc__
    )
    parser.add_argument("corpora", type=Path, help="folder of corpora, each with corpus.jsonl")
    for folder in sorted(parser.parse_args().corpora.iterdir()):
        if not (folder / "corpus.jsonl").exists():
            continue
        with tempfile.TemporaryDirectory(prefix="otvet-bench-") as name:
            root = Path(name)
            lang = "ru" if folder.name == "vkcloud" else "en"
            write_library(folder / "corpus.jsonl", root / "articles", lang=lang)
            config = Config(
                articles_dir=root / "articles",
                data_dir=root / "data",
                languages=(lang,),
                encoder="none",
            )
            build.build(config)
            live = open_current(config)
            checked = check(live.require())
            live.close()
        print(folder.name, checked, flush=True)


if __name__ == "__main__":
    main()
