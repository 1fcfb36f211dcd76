"""Reports that machines read: JSON, SARIF 2.1.0, and annotations of GitHub's workflows.

The shape of each is a promise: docs/writing.md describes the first, the others are standards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from kb import VERSION
from kb.cli.check.findings import Findings
from kb.content.fault_kinds import FaultKind, Severity
from kb.content.model import Problem

JSON_VERSION = 1
"""Raised when something of the shape is taken away or means something else."""
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: dict[Severity, str] = {"problem": "error", "remark": "warning"}
"""Of SARIF; GitHub has the same names."""


def as_json(findings: Findings) -> str:
    """Counts, and every problem and remark with its kind and place."""
    body = {
        "version": JSON_VERSION,
        "articles": findings.articles,
        "problems": len(findings.of("problem")),
        "remarks": len(findings.of("remark")),
        "kinds": [
            {"kind": kind, "severity": kind.severity, "label": kind.label, "count": len(ones)}
            for kind, ones in findings.groups
        ],
        "found": [
            {
                "kind": one.kind,
                "severity": one.severity,
                "path": one.path,
                "file": findings.file(one),
                "line": one.line,
                "message": one.message,
                "remedy": one.remedy,
            }
            for one in findings.found
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def as_sarif(findings: Findings) -> str:
    """A log of one run; every kind is a rule."""
    kinds = list(FaultKind)
    driver = {"name": "Otvet", "semanticVersion": VERSION, "rules": list(map(_rule, kinds))}
    results = [
        _result(findings, one, {"ruleId": one.kind, "ruleIndex": kinds.index(one.kind)})
        for one in findings.found
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps(
        {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1
    )


def _rule(kind: FaultKind) -> dict[str, Any]:
    return {
        "id": kind,
        "shortDescription": {"text": kind.label},
        "defaultConfiguration": {"level": LEVELS[kind.severity]},
    }


def _result(findings: Findings, problem: Problem, rule: dict[str, Any]) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(findings.file(problem))},
        "region": {"startLine": problem.line},
    }
    return {
        **rule,
        "level": LEVELS[problem.severity],
        "message": {"text": f"{problem.message}. {problem.remedy}"},
        "locations": [{"physicalLocation": place}],
    }


def as_annotations(findings: Findings) -> Iterator[str]:
    """Workflow commands, problems first: GitHub shows the first ten of a step."""
    for kind, ones in findings.groups:
        for one in ones:
            place = f"file={_property(findings.file(one))},line={one.line}"
            text = _data(f"{one.message}. {one.remedy}")
            yield f"::{LEVELS[kind.severity]} {place},title={_property(kind.label)}::{text}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
