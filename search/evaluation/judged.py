"""Messages whose answers are known: read from files, asked, and what came of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from search.answers.answer_searcher import AnswerSearcher
from search.evaluation import metrics
from search.evaluation.evidence import Evidence, answers, evidence_of
from search.model import Mode, Results
from search.ranking.calibration import Calibration
from search.ranking.confidence import Action, Confidence
from search.ranking.options import SearchOptions

LISTED = 3
"""Hits that a suggestion shows."""
SHOWN = 10
"""Hits of a page, which timings include."""


@dataclass(frozen=True)
class JudgedQuery:
    """A query with the grades of relevant documents; none of them for one out of scope.

    Grade 2 answers, 1 helps.
    """

    id: str
    text: str
    lang: str
    kind: str
    grades: Mapping[str, int]
    evidence: Evidence | None = None
    """Words that answer, where they are known."""


@dataclass(frozen=True)
class Outcome:
    """Outcome of one judged query."""

    query: JudgedQuery
    ranking: tuple[str, ...]
    results: Results
    confidence: Confidence
    action: Action

    @property
    def is_shown_right(self) -> bool:
        """True when what would be quoted answers: by the words that do, where they are known."""
        quoted = self.results.hits[0].quotation if self.results.hits else None
        if quoted is None:
            return False
        if self.query.evidence and self.query.evidence.alternatives:
            return answers(quoted.text, self.query.evidence)
        return self.is_top_right

    @property
    def is_top_right(self) -> bool:
        return metrics.success(self.ranking, self.query.grades, k=1) > 0

    @property
    def is_listed_right(self) -> bool:
        return metrics.success(self.ranking, self.query.grades, k=LISTED) > 0


def read_queries(path: Path) -> list[JudgedQuery]:
    """Judged queries of a JSONL file: `query`, `lang`, maybe `qid`, `kind`, `relevant`.

    Those without `relevant` are out of scope; those with `evidence`, lists of `{"text"}`, say which
    words answer. Raises OSError, and ValueError naming the line.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            grades = {str(group): int(grade) for group, grade in row.get("relevant", {}).items()}
            text, lang = str(row["query"]), str(row["lang"])
            evidence = evidence_of(row["evidence"]) if "evidence" in row else None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path}:{number}: needs a JSON object with query, lang and perhaps relevant, "
                f"an object of article ids and grades: {error!r}"
            ) from error
        found.append(
            JudgedQuery(
                row.get("qid", str(number)), text, lang, row.get("kind", ""), grades, evidence
            )
        )
    return found


def run(
    searcher: AnswerSearcher,
    queries: Iterable[JudgedQuery],
    *,
    mode: Mode = "hybrid",
    is_verbatim: bool = False,
    calibration: Calibration | None = None,
) -> list[Outcome]:
    """Search for each query the way a reader of its language would.

    Decided with the `calibration` of the generation, unless another one is given.
    """
    outcomes = []
    calibration = calibration or searcher.calibration
    for query in queries:
        options = SearchOptions(lang=query.lang, limit=SHOWN, mode=mode, is_verbatim=is_verbatim)
        results = searcher.search(query.text, options)
        likely = calibration.confidence(results.hits[:LISTED], query.lang)
        decided = calibration.action(likely, query.lang, results.hits)
        outcomes.append(Outcome(query, results.ranking, results, likely, decided))
    return outcomes
