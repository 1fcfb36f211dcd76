"""Everything that `kb check` finds: problems and remarks of the articles and of the site's folder.

The findings themselves are made in `kb.content` and `kb.branding`; here they are gathered once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from kb.build.examination import examined
from kb.cli.check import site_check
from kb.config import Config
from kb.content.fault_kinds import FaultKind, Severity
from kb.content.model import Library, Problem
from kb.relevance import relevance_file


@dataclass(frozen=True)
class Findings:
    """Problems and remarks, and the folders of the files they are of."""

    articles: int
    """Articles that could be read."""
    found: tuple[Problem, ...]
    """Of both severities, by path and line; paths begin at the folder of articles or at the site's
    own."""
    articles_dir: Path
    site_dir: Path

    def of(self, severity: Severity) -> tuple[Problem, ...]:
        return tuple(one for one in self.found if one.severity == severity)

    @cached_property
    def groups(self) -> tuple[tuple[FaultKind, tuple[Problem, ...]], ...]:
        """By kind: problems first, the most frequent first among each."""
        by_kind: dict[FaultKind, list[Problem]] = {}
        for one in self.found:
            by_kind.setdefault(one.kind, []).append(one)
        ordered = sorted(by_kind.items(), key=lambda it: (it[0].severity, -len(it[1]), it[0]))
        return tuple((kind, tuple(ones)) for kind, ones in ordered)

    def file(self, problem: Problem) -> str:
        """Path of the problem's file from the folder one works in, posix; absolute from outside."""
        is_site = problem.path.startswith(f"{self.site_dir.name}/")
        base = self.site_dir.parent if is_site else self.articles_dir
        path = (base / problem.path).absolute()
        here = Path.cwd()
        return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def gather(config: Config, root: Path, today: date, searched: Sequence[Problem] = ()) -> Findings:
    """Read and check all that authors and the operator keep in files, beside what search told."""
    made = examined(config, root, today)
    of_tests = _of_tests(root, made.library, config.languages)
    found = {*searched, *made.found, *of_tests, *site_check.check(config)}
    return Findings(len(made.library.articles), tuple(sorted(found)), root, config.site_dir)


def _of_tests(root: Path, library: Library, languages: Sequence[str]) -> Sequence[Problem]:
    cases, problems = relevance_file.read(root, languages)
    return (*problems, *relevance_file.misnamed(cases, library))
