"""The results of `kb test` for machines: JSON, and JUnit's XML, which CI shows beside a change."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from kb.build.trial.comparison import Comparison
from kb.relevance.reply import SiteReply
from kb.relevance.verdict import CaseVerdict, described

JSON_VERSION = 1
"""Raised when something of the shape is taken away or means something else."""
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(found: Comparison) -> str:
    body = {
        "version": JSON_VERSION,
        "against": found.against or None,
        "is_loss": found.is_loss,
        "counts": dict(found.counts),
        "gone": found.gone,
        "problems": [str(problem) for problem in found.problems],
        "cases": [_case(verdict) for verdict in found.verdicts],
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def _case(verdict: CaseVerdict) -> dict[str, Any]:
    case = verdict.case
    return {
        "kind": case.kind,
        "lang": case.lang,
        "query": case.query,
        "article": case.article or None,
        "path": case.path,
        "line": case.line,
        "state": verdict.state,
        "reasons": verdict.reasons,
        "before": _reply(verdict.before, case.article) if verdict.before else None,
        "now": _reply(verdict.now, case.article),
    }


def _reply(reply: SiteReply, article: str) -> dict[str, Any]:
    row = reply.to_row()
    return {"rank": reply.rank(article), **row, "ranking": row["ranking"][:10]}


def as_junit(found: Comparison) -> bytes:
    """A suite for each file, a case for each question; losses are failures."""
    root = ET.Element("testsuites", name="kb test")
    suites: dict[str, list[CaseVerdict]] = {}
    for verdict in found.verdicts:
        suites.setdefault(verdict.case.path, []).append(verdict)
    for path, verdicts in suites.items():
        root.append(_suite(_file(found, path), verdicts))
    for problem in found.problems:
        file = _file(found, problem.path)
        suite = ET.SubElement(root, "testsuite", name=file, tests="1", failures="1")
        case = ET.SubElement(suite, "testcase", name=f"line {problem.line}", classname=file)
        case.set("file", file)
        case.set("line", str(problem.line))
        ET.SubElement(case, "failure", message=_xml(f"{problem.message}. {problem.remedy}"))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _file(found: Comparison, path: str) -> str:
    """Path from the folder one works in; absolute from outside."""
    whole, here = (found.articles_dir / path).absolute(), Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def _suite(path: str, verdicts: list[CaseVerdict]) -> ET.Element:
    lost = sum(verdict.is_loss for verdict in verdicts)
    suite = ET.Element("testsuite", name=path, tests=str(len(verdicts)), failures=str(lost))
    for verdict in verdicts:
        case = ET.SubElement(suite, "testcase", name=_xml(verdict.case.query), classname=path)
        case.set("file", path)
        case.set("line", str(verdict.case.line))
        if verdict.is_loss:
            failure = ET.SubElement(case, "failure", message=_xml("; ".join(verdict.reasons)))
            failure.text = _xml(_told(verdict))
    return suite


def _told(verdict: CaseVerdict) -> str:
    told = []
    for name, reply in (("was", verdict.before), ("now", verdict.now)):
        if reply:
            place = reply.rank(verdict.case.article)
            told.append(f"{name}: place {place or '—'}, {described(reply)}: {reply.shown}")
    return "\n".join(told)


def _xml(text: str) -> str:
    """Text without characters that XML cannot hold."""
    return _NOT_IN_XML.sub("�", text)
