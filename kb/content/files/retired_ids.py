"""Ids of removed articles, in `retired.txt`: one a line, comments after `#`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kb.content.fault_kinds import FaultKind
from kb.content.files.fields import ID
from kb.content.files.text import BadFile, read_text
from kb.content.model import Problem

RETIRED_FILE = "retired.txt"


def read(root: Path) -> tuple[Mapping[str, int], tuple[Problem, ...]]:
    """Retired ids with their lines, and problems; a missing file retires nothing."""
    if not (root / RETIRED_FILE).exists():
        return {}, ()
    try:
        text = read_text(root, RETIRED_FILE)
    except BadFile as error:
        return {}, (error.problem,)
    retired: dict[str, int] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        retired_id = line.partition("#")[0].strip()
        if ID.fullmatch(retired_id):
            retired.setdefault(retired_id, number)
        elif retired_id:
            message = f"`{retired_id}` is not an id"
            remedy = "One id a line, # comments"
            problem = Problem(RETIRED_FILE, number, message, remedy, FaultKind.BAD_VALUE)
            problems.append(problem)
    return retired, tuple(problems)
