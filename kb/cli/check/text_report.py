"""The report that people read: counts first, then a line a problem by kind, long groups cut."""

from __future__ import annotations

from collections.abc import Iterator

from kb.cli.check.findings import Findings
from kb.texts import counted

MOST_LINES = 10
"""Of a group, unless all are asked for."""


def lines(findings: Findings, *, is_whole: bool) -> Iterator[str]:
    """The report; nothing when nothing was found."""
    yield from _counts(findings)
    for kind, ones in findings.groups:
        yield ""
        mark = "remarks: " if kind.severity == "remark" else ""
        yield f"# {kind} ({len(ones)}), {mark}{kind.label}"
        shown = ones if is_whole or len(ones) <= MOST_LINES + 1 else ones[:MOST_LINES]
        yield from map(str, shown)
        if len(shown) < len(ones):
            yield f"and {len(ones) - len(shown)} more (`--all`)"


def _counts(findings: Findings) -> Iterator[str]:
    """Lines with the count of each kind, problems first."""
    widest = max((len(str(len(ones))) for _, ones in findings.groups), default=0)
    for kind, ones in findings.groups:
        yield f"{kind.severity:7} {len(ones):{widest}} × {kind}: {kind.label}"


def summary(findings: Findings) -> str:
    """One line with the counts of everything."""
    problems, remarks = len(findings.of("problem")), len(findings.of("remark"))
    told = f", {counted(remarks, 'remark')}" if remarks else ""
    return f"{counted(findings.articles, 'article')}, {counted(problems, 'problem')}{told}"
