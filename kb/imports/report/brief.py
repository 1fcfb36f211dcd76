"""The report for the screen: counts by kind, the first of each, and how much was guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kb.imports.arrival.changes import SINCE
from kb.imports.model import ImportFinding, ImportResult
from kb.imports.report.places import FindingPlaces, line
from kb.imports.report.tables import guesses
from kb.imports.report.weights import grouped
from kb.texts import counted

SHOWN = 3
"""Of each kind."""
MAX_MESSAGE_CHARS = 110


def summary(result: ImportResult) -> str:
    """One line that tells the outcome."""
    if not (
        result.new or result.updated or result.pictures or result.redirects or result.is_changed
    ):
        are = "is as it was" if result.unchanged == 1 else "are as they were"
        return f"Nothing changed: {counted(result.unchanged, 'article')} {are} imported"
    parts = [counted(result.new, "new article")]
    for count, words in (
        (result.updated, f"{result.updated:,} updated"),
        (result.unchanged, f"{result.unchanged:,} unchanged"),
        (result.drafts, counted(result.drafts, "draft")),
        (result.translations, f"{counted(result.translations, 'translation')} among them"),
        (result.categories, counted(result.categories, "new category", "new categories")),
        (result.pictures, counted(result.pictures, "picture")),
        (result.redirects, counted(result.redirects, "old address", "old addresses")),
    ):
        if count:
            parts.append(words)
    return f"{result.format}: {', '.join(parts)}"


def lines(result: ImportResult) -> Iterator[str]:
    """Lines for the screen."""
    yield summary(result)
    told = [it for it in result.findings if result.is_changed or it.kind in SINCE]
    remarks = sum(it.is_remark for it in told)
    groups = grouped([it for it in told if not it.is_remark])
    places = FindingPlaces(result.articles)
    if told:
        yield ""
        yield f"Needs a hand, or to be known: {len(told)}"
    for kind, found in groups.items():
        yield from _group(kind, found, places)
    if remarks:
        word = "remark" if remarks == 1 else "remarks"
        yield f"{remarks:>6}  {word} of kb check, in the report"
    if result.is_changed and (made := guesses(result)):
        yield f"Guessed, and listed in the report: {', '.join(made)}"


def _group(kind: str, found: list[ImportFinding], places: FindingPlaces) -> Iterator[str]:
    files = len({one.path for one in found if one.path})
    yield f"{len(found):>6}  {kind}{f' ({files} files)' if files > 1 else ''}"
    for one in found[:SHOWN]:
        yield f"        {line(places.place(one), _short(one))}"
    if len(found) > SHOWN:
        yield f"        … and {len(found) - SHOWN} more"


def _short(finding: ImportFinding) -> ImportFinding:
    message = " ".join(finding.message.split())
    if len(message) > MAX_MESSAGE_CHARS:
        message = f"{message[: MAX_MESSAGE_CHARS - 1]}…"
    return replace(finding, message=message)
