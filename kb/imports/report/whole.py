"""The report as a file of Markdown: what needs a hand, by article, and tables of guesses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.imports.model import ImportFinding, ImportResult, LandedArticle
from kb.imports.report.brief import summary
from kb.imports.report.places import FindingPlaces, line, origin
from kb.imports.report.tables import tables
from kb.imports.report.weights import grouped, weight


def text(result: ImportResult) -> str:
    """The whole report."""
    places = FindingPlaces(result.articles)
    by_article: dict[str, tuple[LandedArticle, list[ImportFinding]]] = {}
    others: list[ImportFinding] = []
    for one in result.findings:
        article = places.article_of(one)
        if article is None:
            others.append(one)
        else:
            by_article.setdefault(article.path, (article, []))[1].append(one)
    lines = ["# Report of an import", "", summary(result), "", *_kinds(result.findings)]
    lines += _others(others)
    if by_article:
        lines += ["## By article, what weighs most first", ""]
    ranked = sorted(
        by_article.values(), key=lambda it: (-sum(map(weight, it[1])), -len(it[1]), it[0].path)
    )
    for article, found in ranked:
        lines += _article(article, found)
    guessed = list(tables(result))
    if guessed:
        lines += ["## What was guessed, and what became of ids and drafts", "", *guessed]
    return "\n".join(lines).rstrip("\n") + "\n"


def _kinds(findings: Sequence[ImportFinding]) -> Iterator[str]:
    groups = grouped(findings)
    if groups:
        yield from ("## What needs a hand, or to be known", "")
        yield from (f"- {len(found)}: {kind}" for kind, found in groups.items())
        yield ""


def _others(findings: Sequence[ImportFinding]) -> Iterator[str]:
    """Findings that no article has: files, settings, redirects."""
    if findings:
        yield from ("## Of no single article", "")
    for kind, found in grouped(findings).items():
        yield from (f"### {kind}: {len(found)}", "")
        yield from (f"- {line(_place(one), one)}" for one in found)
        yield ""


def _place(finding: ImportFinding) -> str:
    path = finding.path.partition("#")[0]
    return f"{path}:{finding.line}" if path and finding.line else path


def _article(article: LandedArticle, found: Sequence[ImportFinding]) -> Iterator[str]:
    status = f", {article.status}" if article.status != "published" else ""
    yield from (f"### {article.title}", "", f"{article.path}{status}, from {origin(article)}", "")
    for kind, ones in grouped(found).items():
        yield f"- {kind}"
        yield from (f"  - {line(_line_in(article, one), one)}" for one in ones)
    yield ""


def _line_in(article: LandedArticle, finding: ImportFinding) -> str:
    """The place of a finding within its article, or in the page that it was."""
    if finding.path == article.path:
        return f"line {finding.line} here" if finding.line else ""
    return f"line {finding.line} of the source" if finding.line else ""
