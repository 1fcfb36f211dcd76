"""The state of all articles as `kb check` tells it, kept beside a build for the authors' bar.

Written by `kb serve --dev` after each build, read by its pages. Production has no such file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kb.content.fault_kinds import FaultKind
from kb.content.files.whole_file import write_whole
from kb.content.model import Problem

FOLDER = "run"
"""In the data folder, with what else lasts as long as the server runs."""
NAME = "check.json"

_KINDS = {kind.value: kind for kind in FaultKind}


@dataclass(frozen=True)
class ArticleState:
    """A file as it was read: its status, and lines of the front matter's keys."""

    status: str
    key_lines: Mapping[str, int]


@dataclass(frozen=True)
class CheckReport:
    """Everything that is wrong or to be remarked, and the articles that could be read."""

    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    articles: Mapping[str, ArticleState]
    """By path, relative to the folder of articles."""
    version: str = ""
    """Equal for equal reports that were read from a file."""

    def problems_of(self, path: str) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.path == path)

    def remarks_of(self, path: str) -> tuple[Problem, ...]:
        return tuple(remark for remark in self.remarks if remark.path == path)


def save(report: CheckReport, folder: Path) -> None:
    """Write the report whole into `folder`. Raises OSError."""
    data = {
        "problems": [asdict(problem) for problem in report.problems],
        "remarks": [asdict(remark) for remark in report.remarks],
        "articles": {
            path: {"status": state.status, "key_lines": dict(state.key_lines)}
            for path, state in report.articles.items()
        },
    }
    write_whole(folder / NAME, json.dumps(data, ensure_ascii=False).encode())


def read(folder: Path) -> CheckReport | None:
    """The report in `folder`; None before the first, and for one that cannot be read."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        content = (folder / NAME).read_bytes()
        data: dict[str, Any] = json.loads(content)
        return CheckReport(
            problems=tuple(map(_problem, data["problems"])),
            remarks=tuple(map(_problem, data["remarks"])),
            articles={path: ArticleState(**one) for path, one in data["articles"].items()},
            version=hashlib.sha256(content).hexdigest()[:16],
        )
    return None


def _problem(data: dict[str, Any]) -> Problem:
    return Problem(**{**data, "kind": _KINDS[data["kind"]]})
