"""Origin of `search/ranking/confidence.json`: logistic fits on judged messages.

`python -m bench.relevance.fit_confidence FOLDER [--keep]`, which holds a folder a corpus with
`queries.jsonl`, `oos.jsonl` and `evidence.jsonl`; the companies that the reader was not trained on
(`bench.relevance.reader_material.HELD_OUT`) are added. Fits on all of them together; reports what a
fit to the *others* does on each, and thresholds when every message is judged by a fit that has not
seen it. Corpora without evidence, whose documents are no more than questions, give the basis
"asked". The companies' messages of the kind "unanswered", written to be mistaken for others, are
left out of the fit; it is reported how many of them would be answered.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.relevance.reader_corpora import held_out_corpora
from search.answers.answer_searcher import AnswerSearcher
from search.evaluate import open_corpus
from search.evaluation import metrics
from search.evaluation.evidence import read_evidence
from search.evaluation.fit_calibration import cosine_scale
from search.evaluation.judged import JudgedQuery, Outcome, read_queries, run
from search.evaluation.logistic import FloatArray, cross_validated, feature_rows, fit, stated
from search.evaluation.probes import ask, probes
from search.generation.files import COMPLETIONS
from search.lexical.autocomplete import read_entries
from search.model import Mode
from search.ranking.calibration import DEFAULT_UNANSWERABLE
from search.ranking.confidence import (
    BASES,
    NEVER,
    RELEASE_FILE,
    TARGETS,
    Basis,
    Coefficients,
    CosineScale,
    Target,
    prior_shift,
)

CACHE = Path("var/cache")
BUDGETS = (0.03, 0.05, 0.1, 0.15, 0.2)
OFFER_FROM = 0.45
"""P(one listed answers) from which a list is offered; below it a person is asked."""
NEAR_UNANSWERABLE = 0.2
"""Share of messages without an answer at which thresholds keep to the budget. The judged ones are
near misses all: .24 of the libraries' messages, .08 of the companies'."""
WORST_UNANSWERABLE = 0.72
"""The largest share of messages without an answer that was seen (HINT3): the thresholds of the
basis "asked" keep to the budget there, too."""
MISTAKABLE = "unanswered"
LEAST_ANSWERED = 15
"""Fewer answers say nothing about their share of errors."""

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Material:
    """Messages of one corpus at one stage: features, what happened, whether anything answers."""

    rows: FloatArray
    happened: Mapping[Target, BoolArray]
    is_answerable: BoolArray


@dataclass(frozen=True)
class Corpus:
    """A corpus with its messages; those that only a picture answers are left out."""

    name: str
    answers: AnswerSearcher
    messages: Sequence[JudgedQuery]
    has_text: bool = True
    """False when its documents are no more than questions."""


def read_corpora(folder: Path) -> list[Corpus]:
    """The judged corpora; what an article without text answers, it answers as a whole."""
    found = []
    for path in sorted(p.parent for p in folder.glob("*/queries.jsonl")):
        queries = read_queries(path / "queries.jsonl")
        judged = path / "evidence.jsonl"
        evidence = read_evidence(judged) if judged.exists() else None
        lang = statistics.mode(q.lang for q in queries if q.kind != "crosslingual")
        corpus = open_corpus(path / "corpus.jsonl", CACHE, lang=lang, encoder="bundled")
        inside = (
            [
                replace(query, evidence=evidence[query.id])
                for query in queries
                if query.id in evidence and evidence[query.id].alternatives
            ]
            if evidence
            else queries
        )
        outside = read_queries(path / "oos.jsonl")
        messages = [*inside, *outside]
        found.append(Corpus(path.name, corpus.answers, messages, has_text=bool(evidence)))
    return found


def _only(corpus: Corpus, *, is_mistakable: bool) -> Corpus:
    """The messages written to be mistaken for answerable ones, or all others."""
    kept = [m for m in corpus.messages if (m.kind == MISTAKABLE) == is_mistakable]
    return replace(corpus, messages=kept)


def own_scale(answers: AnswerSearcher) -> CosineScale:
    """Meaning of "near" in a library, from its own articles."""
    entries = read_entries(answers.searcher.generation.path(COMPLETIONS))
    scale = cosine_scale(ask(answers.without_reader(), probes(entries)))
    if scale is None:
        raise SystemExit("the library has too few articles")
    return scale


def material(corpus: Corpus, basis: Basis, scale: CosineScale) -> Material:
    """Ask every message at a stage, or, of documents without text, as far as it goes."""
    has_reader = basis in ("reader", "asked")
    answers = corpus.answers if has_reader else corpus.answers.without_reader()
    mode: Mode = "lexical" if basis == "lexical" else "hybrid"
    outcomes: list[Outcome] = run(answers, corpus.messages, mode=mode)
    happened: dict[Target, BoolArray] = {
        "shown": np.array([o.is_shown_right for o in outcomes]),
        "top": np.array([o.is_top_right for o in outcomes]),
        "listed": np.array([o.is_listed_right for o in outcomes]),
    }
    is_answerable = np.array([bool(message.grades) for message in corpus.messages])
    rows = feature_rows([o.results for o in outcomes], scale)
    return Material(rows, happened, is_answerable)


def joined(parts: Sequence[Material]) -> Material:
    return Material(
        np.concatenate([part.rows for part in parts]),
        {target: np.concatenate([part.happened[target] for part in parts]) for target in TARGETS},
        np.concatenate([part.is_answerable for part in parts]),
    )


def thresholds(unseen: FloatArray, found: Material, unanswerable: float) -> dict[float, float]:
    """Budget → laxest threshold, of probabilities as they are stated where DEFAULT_UNANSWERABLE of
    the messages have no answer, down to which no larger share of the answers is wrong where
    `unanswerable` of them have none."""
    share = float(1 - found.is_answerable.mean())
    shift = prior_shift(share, DEFAULT_UNANSWERABLE)
    stated_there = 1 / (1 + np.exp(-(np.log(unseen / (1 - unseen)) + shift)))
    odds = unanswerable / (1 - unanswerable)
    weight = np.where(found.is_answerable, 1.0, odds * (1 - share) / share)
    order = np.argsort(-stated_there)
    wrong = np.cumsum((weight * ~found.happened["shown"])[order])
    answered = np.cumsum(weight[order])
    chosen = {}
    for budget in BUDGETS:
        kept = np.flatnonzero(wrong <= budget * answered)
        last = int(kept.max()) if len(kept) else -1
        is_enough = last + 1 >= LEAST_ANSWERED
        chosen[budget] = round(float(stated_there[order[last]]), 3) if is_enough else NEVER
    return chosen


def report(probabilities: FloatArray, happened: BoolArray) -> str:
    """AUROC, calibration error and the share of messages answered with one answer in ten wrong."""
    right = [float(p) for p in probabilities[happened]]
    wrong = [float(p) for p in probabilities[~happened]]
    error = metrics.expected_calibration_error(list(probabilities), list(happened))
    order = np.argsort(-probabilities)
    share_wrong = np.cumsum(~happened[order]) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(share_wrong <= 0.1)
    coverage = float((within.max() + 1) / len(order)) if len(within) else 0.0
    return (
        f"AUROC {metrics.auroc(right, wrong):.3f}, ECE {error:.3f}, "
        f"answered at 10 % error {coverage:.2f}, right {happened.mean():.2f}, n {len(happened)}"
    )


def fitted_basis(
    basis: Basis, found: Mapping[str, Material], unanswerable: float
) -> tuple[dict[str, Any], dict[float, float]]:
    """The JSON of a basis's model, and its thresholds; prints how good it is.

    The model speaks of messages of which a share `unanswerable` has no answer.
    """
    everything = joined(list(found.values()))
    share = 1 - float(everything.is_answerable.mean())
    worst = WORST_UNANSWERABLE if basis == "asked" else NEAR_UNANSWERABLE
    back = prior_shift(share, unanswerable)
    model: dict[str, Any] = {"answer_from": NEVER, "offer_from": OFFER_FROM}
    answer_from: dict[float, float] = {}
    for target in TARGETS:
        happened = everything.happened[target]
        own = fit(everything.rows, happened)
        model[target] = asdict(replace(own, intercept=round(own.intercept + back, 3)))
        unseen = cross_validated(everything.rows, happened)
        print(f"{basis} {target}: {model[target]}\n  cross-validated: {report(unseen, happened)}")
        if target == "shown":
            answer_from = thresholds(unseen, everything, worst)
            print(f"  thresholds: {answer_from}")
        for name, part in found.items() if len(found) > 1 else ():
            others = joined([other for who, other in found.items() if who != name])
            foreign: Coefficients = fit(others.rows, others.happened[target])
            apart = report(stated(part.rows, foreign), part.happened[target])
            print(f"  {name}, by the others: {apart}")
    return model, answer_from


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.relevance.fit_confidence", description=__doc__
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--keep", action="store_true", help=f"write {RELEASE_FILE}")
    options = parser.parse_args()
    corpora = [
        *read_corpora(options.corpora),
        *(Corpus(name, answers, asked) for name, answers, asked in held_out_corpora(CACHE)),
    ]
    mistakable = [_only(corpus, is_mistakable=True) for corpus in corpora]
    corpora = [_only(corpus, is_mistakable=False) for corpus in corpora]
    scales = {one.name: own_scale(one.answers) for one in corpora if one.has_text}
    gaps = CosineScale(
        round(statistics.fmean(scale.mean for scale in scales.values()), 3),
        round(statistics.fmean(scale.deviation for scale in scales.values()), 3),
    )
    with_text = [corpus for corpus in corpora if corpus.has_text]
    messages = [message for corpus in with_text for message in corpus.messages]
    unanswerable = sum(not message.grades for message in messages) / len(messages)
    bases, answer_from = {}, {}
    for basis in BASES:
        of = with_text if basis != "asked" else [one for one in corpora if not one.has_text]
        found = {one.name: material(one, basis, scales.get(one.name, gaps)) for one in of}
        bases[basis], answer_from[basis] = fitted_basis(basis, found, unanswerable)
    shown = Coefficients(**bases["reader"]["shown"])
    shift = prior_shift(unanswerable, DEFAULT_UNANSWERABLE)
    for one in mistakable:
        if one.messages:
            rows = material(one, "reader", scales[one.name]).rows
            likely = stated(rows, replace(shown, intercept=shown.intercept + shift))
            shares = {
                b: round(float((likely >= t).mean()), 3) for b, t in answer_from["reader"].items()
            }
            print(f"{one.name}: of {len(rows)} mistakable messages answered, by budget: {shares}")
    if options.keep:
        row = {
            "unanswerable": round(unanswerable, 3),
            "model": {"gaps": asdict(gaps), "bases": bases},
            "answer_from": answer_from,
        }
        RELEASE_FILE.write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
