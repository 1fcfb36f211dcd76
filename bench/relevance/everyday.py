"""Everyday messages to the sample shop, and what is shown for them: `python -m
bench.relevance.everyday`.

The messages in `tests/data/everyday/messages.jsonl` were written before anybody looked at the
articles, the words that answer them marked by hand afterwards; nothing is tuned on them. Figures
are those of `python -m search.evaluate`, for all messages and by language, by the code the site
uses.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from kb.build import build
from kb.build.open_index import open_loaded
from kb.config import Config
from search.evaluate import shown_figures, shown_outcomes
from search.evaluation.evidence import Evidence
from search.evaluation.judged import JudgedQuery, read_queries
from search.evaluation.shown import ShownOutcome

MESSAGES = Path("tests/data/everyday/messages.jsonl")
CACHE = Path("var/cache")


def everyday(outcomes_to: Path | None = None) -> dict[str, Any]:
    """Figures by language and of all; decisions that need no article are left out."""
    queries = [query for query in read_queries(MESSAGES) if query.kind != "decision"]
    with tempfile.TemporaryDirectory(prefix="otvet-bench-") as name:
        (Path(name) / "cache").symlink_to(CACHE.resolve())
        config = Config(data_dir=Path(name))
        build.build(config)
        loaded = open_loaded(config)
        inside = [query for query in queries if query.grades]
        outside = [query for query in queries if not query.grades]
        outcomes = [
            *shown_outcomes(loaded, inside, is_in_scope=True),
            *shown_outcomes(loaded, outside, is_in_scope=False),
        ]
    if outcomes_to:
        rows = (json.dumps(one.to_row(), ensure_ascii=False) for one in outcomes)
        outcomes_to.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return {
        name: _figures(outcomes, [query for query in queries if lang in ("", query.lang)])
        for name, lang in (("all", ""), ("en", "en"), ("ru", "ru"))
    }


def _figures(outcomes: list[ShownOutcome], queries: list[JudgedQuery]) -> dict[str, Any]:
    asked = {query.id for query in queries}
    known = {query.id: query.evidence or Evidence(()) for query in queries}
    return shown_figures([one for one in outcomes if one.qid in asked], queries, known)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance.everyday", description=__doc__)
    parser.add_argument("--outcomes", type=Path, help="write what is done about each message here")
    print(json.dumps(everyday(parser.parse_args().outcomes), indent=1))


if __name__ == "__main__":
    main()
