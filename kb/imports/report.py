"""The report of an import: counts by kind, the first of each; the whole in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb.imports.arrival.changes import SINCE
from kb.imports.model import ImportFinding, ImportResult

SHOWN = 3
"""Of each kind, on the screen."""
MAX_MESSAGE_CHARS = 110


def summary(result: ImportResult) -> str:
    """One line that tells the outcome."""
    if not (
        result.new or result.updated or result.pictures or result.redirects or result.is_changed
    ):
        return f"Nothing changed: {result.unchanged} articles are as they were imported"
    parts = [f"{result.new} new articles"]
    for count, words in (
        (result.updated, "updated"),
        (result.unchanged, "unchanged"),
        (result.drafts, "drafts"),
        (result.translations, "translations"),
        (result.categories, "new categories"),
        (result.pictures, "pictures"),
        (result.redirects, "old addresses"),
    ):
        if count:
            parts.append(f"{count} {words}")
    return f"{result.format}: {', '.join(parts)}"


def grouped(findings: Sequence[ImportFinding]) -> dict[str, list[ImportFinding]]:
    """Findings by kind, the most frequent kind first."""
    found: dict[str, list[ImportFinding]] = {}
    for one in findings:
        found.setdefault(one.kind, []).append(one)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def brief(result: ImportResult) -> Iterator[str]:
    """Lines for the screen."""
    yield summary(result)
    groups = grouped(
        result.findings if result.is_changed else [it for it in result.findings if it.kind in SINCE]
    )
    if groups:
        yield ""
        yield f"Needs a hand, or to be known: {sum(map(len, groups.values()))}"
    for kind, found in groups.items():
        files = len({one.path for one in found if one.path})
        yield f"{len(found):>6}  {kind}{f' ({files} files)' if files > 1 else ''}"
        for one in found[:SHOWN]:
            yield f"        {_line(one)}"
        if len(found) > SHOWN:
            yield f"        … and {len(found) - SHOWN} more"


def whole(result: ImportResult) -> str:
    """The report as a file."""
    lines = [summary(result), ""]
    for kind, found in grouped(result.findings).items():
        lines += [f"{kind}: {len(found)}", *(f"  {_line(one, is_whole=True)}" for one in found), ""]
    return "\n".join(lines)


def _line(finding: ImportFinding, *, is_whole: bool = False) -> str:
    place = (
        f"{finding.path}:{finding.line}: "
        if finding.line
        else f"{finding.path}: "
        if finding.path
        else ""
    )
    message = " ".join(finding.message.split())
    if not is_whole and len(message) > MAX_MESSAGE_CHARS:
        message = f"{message[: MAX_MESSAGE_CHARS - 1]}…"
    return f"{place}{message}{f'. {finding.remedy}' if finding.remedy else ''}"
