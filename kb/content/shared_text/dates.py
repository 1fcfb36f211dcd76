"""Times at which what an article shares with others changed: a change of its own words too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from kb.content import git_history
from kb.content.git_history import MOST_CHANGES, Dates
from kb.content.shared_text.shared import Used
from kb.content.shared_text.variables import VARIABLES_FILE, Variables


class SharedDates:
    """Times of changes to snippets and variables; those of variables are asked for once, if ever.

    A change of one variable is none of the others in its file.
    """

    def __init__(self, root: Path, variables: Variables, dates: Mapping[str, Dates]) -> None:
        self._root = root
        self._variables = variables
        self._dates = dates
        self._lines: tuple[datetime, ...] | None = None

    def joined(self, own: Dates, lang: str, used: Used) -> Dates:
        """Times of an article's own changes and of those of what it shares, newest first.

        Without its own history there is none.
        """
        if not own or not (used.snippets or used.variables):
            return own
        of_snippets = (date for path in used.snippets for date in self._dates.get(path, ()))
        of_variables = (self._of_variable(lang, name) for name in used.variables)
        found = {*own, *of_snippets, *(date for date in of_variables if date)}
        return tuple(sorted(found, reverse=True)[:MOST_CHANGES])

    def _of_variable(self, lang: str, name: str) -> datetime | None:
        variable = self._variables.get(lang, {}).get(name)
        if self._lines is None:
            is_known = VARIABLES_FILE in self._dates
            self._lines = git_history.line_dates(self._root, VARIABLES_FILE) if is_known else ()
        if variable is None or variable.line > len(self._lines):
            return None
        return self._lines[variable.line - 1]
