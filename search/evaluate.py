"""Measures ranking and confidence on a judged corpus: `python -m search.evaluate --help`.

Builds a generation from a JSONL corpus through the code the site uses (cached by content) and runs
the searcher and the confidence the site uses. Needs nothing of the site itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.finder import find
from kb.catalog.generation import Loaded
from kb.content.model import FAQ, ArticleHead, Category
from kb.content.sanitize import MarkupRefused, plain_html, to_html
from kb.content.topics import Topics
from kb.suggestions.decision import Question, suggest
from search.answers.answer_searcher import AnswerSearcher
from search.answers.open_answers import open_answers
from search.build.build import build
from search.build.embeddings import EMBEDDINGS
from search.evaluation import metrics
from search.evaluation.evidence import Evidence, read_evidence
from search.evaluation.judged import LISTED, SHOWN, JudgedQuery, Outcome, read_queries, run
from search.evaluation.probes import probes
from search.evaluation.shown import ERRORS, ShownOutcome, answered_cross_validated, judged
from search.evaluation.shown import figures as figures_of
from search.generation.files import COMPLETIONS
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store
from search.lexical.autocomplete import Completer, read_entries
from search.model import Document, Mode, Stage, block_text
from search.ranking.calibration import Calibration
from search.ranking.confidence import STAGES
from search.ranking.options import SearchOptions
from search.semantic.encoder_build.model_source import ModelSource


def read_corpus(path: Path, *, lang: str) -> list[Document]:
    """Documents of a JSONL file with `id`, `title`, `body` (Markdown), and perhaps `section`,
    `lang`, `summary`, `questions`, `tags`."""
    return [_document(json.loads(line), lang) for line in _lines(path)]


@dataclass(frozen=True)
class JudgedCorpus:
    """A corpus as a site would serve it."""

    loaded: Loaded
    build_s: float

    @property
    def answers(self) -> AnswerSearcher:
        return self.loaded.answers


def open_corpus(
    path: Path, cache_dir: Path, *, lang: str, encoder: str, stage: Stage = "reader"
) -> JudgedCorpus:
    """Build a corpus unless it is cached, and open it; nothing goes further than `stage`."""
    documents = read_corpus(path, lang=lang)
    key = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    store = Store(cache_dir / "evaluation" / key)
    started = time.monotonic()
    name = build(
        documents,
        store=store,
        source=ModelSource(encoder, cache_dir),
        cache_file=cache_dir / EMBEDDINGS,
        content={},
        now=datetime.now(UTC),
        progress=_print_progress,
    ).name
    build_s = time.monotonic() - started
    answers = open_answers(OpenGeneration(store.path(name)))
    if stage != "reader":
        answers = answers.without_reader()
    answers.searcher.warm_up()
    return JudgedCorpus(_loaded(name, documents, answers), build_s)


def _loaded(name: str, documents: Sequence[Document], answers: AnswerSearcher) -> Loaded:
    """The corpus as a generation that is served: what decides needs its pages."""
    pages = [_page(document) for document in documents]
    categories = {page.category: _category(page.category) for page in pages}
    langs = sorted({page.lang for page in pages})
    return Loaded(
        name=name,
        built_at=datetime.fromtimestamp(0, UTC),
        catalog=Catalog(pages, categories.values(), langs),
        searcher=answers.searcher,
        answers=answers,
        completer=Completer([]),
        media=Path(),
        topics=Topics(),
    )


def _page(document: Document) -> ArticleVersion:
    head = ArticleHead(
        id=document.group,
        lang=document.lang,
        section=FAQ,
        category=document.category,
        slug=document.group,
        title=document.title,
        summary=document.summary,
        tags=document.tags,
        questions=document.questions,
        order=0,
        aliases=(),
        related=(),
        updated_at=datetime.fromtimestamp(0, UTC),
    )
    return ArticleVersion(
        head, html=document.html, headings=(), minutes=1, source_path="", source_digest=""
    )


def _category(slug: str) -> Category:
    return Category(FAQ, slug, "box", 0, {}, {})


def ranking_figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Means over queries that some document answers or helps with."""

    def mean(measure: Callable[[Outcome], float]) -> float:
        return statistics.fmean(measure(outcome) for outcome in outcomes)

    return {
        "n": len(outcomes),
        "ndcg@10": mean(lambda o: metrics.ndcg(o.ranking, o.query.grades, k=10)),
        "success@1": mean(lambda o: metrics.success(o.ranking, o.query.grades, k=1)),
        "success@3": mean(lambda o: metrics.success(o.ranking, o.query.grades, k=3)),
        "mrr@10": mean(lambda o: metrics.reciprocal_rank(o.ranking, o.query.grades, k=10)),
        "recall@50": mean(lambda o: metrics.recall(o.ranking, o.query.grades, k=50)),
    }


def decision_figures(inside: Sequence[Outcome], outside: Sequence[Outcome]) -> dict[str, Any]:
    """Quality of the confidence and of the decision, out-of-scope messages counted as errors."""
    everything = [*inside, *outside]
    answered = [o for o in everything if o.action == "answer"]
    offered = [o for o in inside if o.action == "offer"]
    wrong = [o for o in answered if not o.is_top_right]
    return {
        "auroc_answerable": metrics.auroc(
            [o.confidence.listed for o in inside], [o.confidence.listed for o in outside]
        ),
        "auroc_top_correct": metrics.auroc(
            [o.confidence.top for o in everything if o.is_top_right],
            [o.confidence.top for o in everything if not o.is_top_right],
        ),
        "ece": metrics.expected_calibration_error(
            [o.confidence.top for o in everything], [o.is_top_right for o in everything]
        ),
        "decisions": {"in_scope": _shares(inside), "out_of_scope": _shares(outside)},
        "answer_error": len(wrong) / len(answered) if answered else None,
        "offer_success": statistics.fmean(
            metrics.success(o.ranking, o.query.grades, k=LISTED) for o in offered
        )
        if offered
        else None,
    }


def evaluate(
    searcher: AnswerSearcher,
    queries: Sequence[JudgedQuery],
    out_of_scope: Sequence[JudgedQuery],
    *,
    mode: Mode,
    calibration: Calibration | None = None,
) -> dict[str, Any]:
    """All figures of one run as one JSON object."""
    searcher.search("прогрев warm-up", SearchOptions(lang="ru", mode=mode))
    inside = run(searcher, queries, mode=mode, calibration=calibration)
    outside = run(searcher, out_of_scope, mode=mode, calibration=calibration)
    kinds = sorted({outcome.query.kind for outcome in inside})
    encode = [o.results.encode_ms for o in (*inside, *outside)]
    rest = [o.results.took_ms - o.results.encode_ms for o in (*inside, *outside)]
    figures: dict[str, Any] = ranking_figures(inside)
    figures["by_kind"] = {
        kind: ranking_figures([o for o in inside if o.query.kind == kind]) for kind in kinds
    }
    if outside:
        figures |= decision_figures(inside, outside)
    figures["latency_ms"] = {
        "encode_p50": metrics.percentile(encode, 0.5),
        "encode_p99": metrics.percentile(encode, 0.99),
        "rest_p50": metrics.percentile(rest, 0.5),
        "rest_p99": metrics.percentile(rest, 0.99),
    }
    figures["passages"] = len(searcher.searcher.corpus.passages)
    return figures


def own_calibration(searcher: AnswerSearcher) -> Calibration:
    """Calibration that `kb calibrate` fits to the corpus alone, without judged messages."""
    from search.evaluation.fit_calibration import calibrate

    entries = read_entries(searcher.searcher.generation.path(COMPLETIONS))
    budget = searcher.calibration.risk_budget
    return calibrate(
        searcher, probes(entries), risk_budget=budget, now=datetime.now(UTC)
    ).calibration


def _document(row: dict[str, Any], lang: str) -> Document:
    try:
        html = to_html(row["body"])
    except MarkupRefused:
        html = plain_html(row["body"])
    lang = row.get("lang", lang)
    return Document(
        id=f"{lang}/{row['id']}",
        group=row["id"],
        lang=lang,
        title=row["title"],
        html=html,
        category=row.get("section", ""),
        summary=row.get("summary", ""),
        tags=tuple(row.get("tags", ())),
        questions=tuple(row.get("questions", ())),
    )


def shown_outcomes(
    loaded: Loaded, queries: Sequence[JudgedQuery], *, is_in_scope: bool
) -> list[ShownOutcome]:
    """Do with every message what the site would do, by the code that does it."""
    return [_shown_outcome(loaded, query, is_in_scope=is_in_scope) for query in queries]


def _shown_outcome(loaded: Loaded, query: JudgedQuery, *, is_in_scope: bool) -> ShownOutcome:
    made = suggest(loaded, Question(query.text, query.lang))
    findings = made.findings
    if findings is None:  # a person comes first, and nothing was searched for
        findings = find(loaded, query.text, SearchOptions(lang=query.lang))
    first = findings.hits[0] if findings.hits else None
    quoted = first.hit.quotation if first else None
    blocks = quoted.blocks if quoted else ()
    return ShownOutcome(
        qid=query.id,
        set="in_scope" if is_in_scope else "out_of_scope",
        action=made.decision.action,
        reason=made.decision.reason,
        confidence=made.decision.confidence,
        list_confidence=made.decision.list_confidence,
        article=first.page.id if first else "",
        heading=first.heading if first else "",
        anchor=first.anchor if first else "",
        shown=quoted.text if quoted else "",
        shown_chars=sum(
            len(block_text(block)) for block in blocks if block.kind not in {"steps", "table"}
        ),
        kind=query.kind,
        passage=first.hit.passage.text if first else "",
        ranking=findings.groups[:SHOWN],
        stage=made.stage,
    )


def shown_figures(
    outcomes: Sequence[ShownOutcome],
    queries: Sequence[JudgedQuery],
    evidence: Mapping[str, Evidence] | None,
) -> dict[str, Any]:
    """Figures of what is shown, of all messages and by kind."""
    known = {query.id: query for query in queries}
    found = [one for o in outcomes if (one := judged(o, known[o.qid], evidence))]
    inside = sorted({one.outcome.kind for one in found if one.is_in_scope})
    return {
        **figures_of(found),
        "cross_validated": {
            f"{most:.2f}": answered_cross_validated(found, most) for most in ERRORS
        },
        "by_kind": {
            kind: figures_of([o for o in found if o.outcome.kind == kind]) for kind in inside
        },
    }


def _shares(outcomes: Sequence[Outcome]) -> dict[str, float]:
    actions = [outcome.action for outcome in outcomes]
    total = max(1, len(actions))
    return {name: actions.count(name) / total for name in ("answer", "offer", "handoff")}


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _print_progress(step: str, done: int, total: int) -> None:
    if step == "meaning" and (done % 512 == 0 or done == total):
        print(f"encoded {done} of {total}", file=sys.stderr, flush=True)


def _table(figures: dict[str, Any]) -> str:
    names = ("n", "ndcg@10", "success@1", "success@3", "mrr@10", "recall@50")
    lines = ["".join(f"{name:>12}" for name in ("kind", *names))]
    for kind, row in [("all", figures), *figures["by_kind"].items()]:
        lines.append(f"{kind:>12}{row['n']:>12}" + "".join(f"{row[n]:>12.3f}" for n in names[1:]))
    rest = {k: v for k, v in figures.items() if k not in names and k != "by_kind"}
    return "\n".join([*lines, json.dumps(rest, indent=1)])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m search.evaluate", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--oos", type=Path, help="messages that no document answers")
    parser.add_argument("--evidence", type=Path, help="words that answer: measures what is shown")
    parser.add_argument("--outcomes", type=Path, help="write what is done about each message here")
    parser.add_argument(
        "--stage", choices=STAGES, default="reader", help="furthest stage that may be reached"
    )
    parser.add_argument("--mode", choices=("hybrid", "lexical", "semantic"), default="hybrid")
    parser.add_argument(
        "--calibrate", action="store_true", help="fit confidence to the corpus, as `kb calibrate`"
    )
    parser.add_argument("--lang", help="language of documents without one; default: the queries'")
    parser.add_argument("--encoder", default="bundled")
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    queries = read_queries(options.queries)
    lang = options.lang or statistics.mode(q.lang for q in queries if q.kind != "crosslingual")
    corpus = open_corpus(
        options.corpus, options.cache, lang=lang, encoder=options.encoder, stage=options.stage
    )
    searcher = corpus.answers
    out_of_scope = read_queries(options.oos) if options.oos else []
    calibration = own_calibration(searcher) if options.calibrate else None
    figures = evaluate(
        searcher, queries, out_of_scope, mode=options.mode, calibration=calibration
    ) | {"build_s": corpus.build_s}
    if options.evidence or options.outcomes:
        outcomes = [
            *shown_outcomes(corpus.loaded, queries, is_in_scope=True),
            *shown_outcomes(corpus.loaded, out_of_scope, is_in_scope=False),
        ]
        evidence = read_evidence(options.evidence) if options.evidence else None
        figures["shown"] = shown_figures(outcomes, [*queries, *out_of_scope], evidence)
        if options.outcomes:
            rows = (json.dumps(one.to_row(), ensure_ascii=False) for one in outcomes)
            options.outcomes.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    print(json.dumps(figures) if options.json else _table(figures))


if __name__ == "__main__":
    main()
