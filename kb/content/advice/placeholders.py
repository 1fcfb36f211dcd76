"""Articles that readers see with words that `kb new` put there for their author to replace."""

from __future__ import annotations

from collections.abc import Iterator

from kb.content.fault_kinds import FaultKind
from kb.content.model import Library, Problem
from kb.languages import records

REMEDY = "Write it, or make the article a draft"


def placeholders(library: Library) -> Iterator[Problem]:
    """One remark for the summary, one for the text, of what is published or internal."""
    known = [record.draft for record in records().values() if len(record.draft) == 2]
    summaries = {summary for summary, _ in known}
    bodies = {body for _, body in known}
    for article in library.articles:
        if article.status == "draft":
            continue
        if article.summary in summaries:
            line = article.key_lines.get("summary", 1)
            yield _remark(article.path, line, "the summary is still that of `kb new`")
        for number, text in enumerate(article.body.split("\n")):
            if text.strip() in bodies:
                message = f"`{text.strip()}` is still what `kb new` wrote"
                yield _remark(*article.place(number), message)


def _remark(path: str, line: int, message: str) -> Problem:
    return Problem(path, line, message, REMEDY, FaultKind.PLACEHOLDER)
