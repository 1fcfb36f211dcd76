"""Weights of findings: what readers miss before what merely looks otherwise, advice last."""

from __future__ import annotations

from collections.abc import Sequence

from kb.imports.arrival.changes import CONFLICT
from kb.imports.model import ImportFinding
from kb.imports.outcome.verdict import OF_CHECK

LOSS, CHANGE, NOTE, ADVICE = 8, 4, 1, 0
LOSSES = frozenset(
    {
        CONFLICT,
        "Articles without text in the export",
        "Callouts that do not end",
        "Expressions of MDX, shown as they are",
        "Files that could not be read",
        "In a language that the site does not have",
        "Links that lead nowhere, now plain words",
        "Links to files, which articles cannot hold",
        "Old addresses of two pages",
        "Pictures inside of the text",
        "Pictures of a kind that cannot be shown",
        "Pictures on other hosts, now links",
        "Pictures that cannot be used",
        "Pictures that the source lacks",
        "Queries, taken out",
        "Redirects of the old site that lead nowhere",
        "Syntax that readers would see",
        "Texts too long to translate, kept as they are",
        "Translations without their article",
        "Variables without a value, now bare words",
    }
)
"""Something of the source is not there, or is shown wrong."""
NOTES = frozenset(
    {
        "Abbreviations' meanings, taken out",
        "About the repository",
        "Cells over several columns, now followed by empty ones",
        "Cells over several rows, now repeated",
        "Diagrams, shown as code",
        "Folders that hold no help",
        "Formulas, shown as code",
        "Front matter that was not carried over",
        "Outside of the folders with pages",
        "Parts that other pages include",
        "Pictures with the same name",
        "States of tasks that only Obsidian has, now ticked",
        "Titles made of file names",
        "Videos, now links",
    }
)
"""Facts that an importer wants to know once."""


def weight(finding: ImportFinding) -> int:
    """The weight of a finding; 0 for advice."""
    if finding.is_remark:
        return ADVICE
    if finding.kind in LOSSES or finding.kind.endswith(f"({OF_CHECK})"):
        return LOSS
    return NOTE if finding.kind in NOTES else CHANGE


def grouped(findings: Sequence[ImportFinding]) -> dict[str, list[ImportFinding]]:
    """Findings by kind, the heaviest first, and of those the most frequent."""
    found: dict[str, list[ImportFinding]] = {}
    for one in findings:
        found.setdefault(one.kind, []).append(one)
    return dict(sorted(found.items(), key=lambda it: (-weight(it[1][0]), -len(it[1]), it[0])))
