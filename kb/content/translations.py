"""Translations: the version of an article that the others follow, and when it is newer. Pure.

Compares dates of commits only: a file's own time says when it was copied, not when it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

TOLERANCE = timedelta(days=1)
"""Versions changed together may be committed one after the other."""


class Version(Protocol):
    """One language version, as an article or as a page."""

    @property
    def lang(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def changes(self) -> Sequence[datetime]: ...


AnyVersion = TypeVar("AnyVersion", bound=Version)


def original(versions: Sequence[AnyVersion], default: str) -> AnyVersion | None:
    """The version that the others follow: in the language one of them names, else in `default`.

    None when there is no such version.
    """
    lang = next((it.source for it in versions if it.source), default)
    return next((it for it in versions if it.lang == lang), None)


def newer_original(
    version: AnyVersion, versions: Sequence[AnyVersion], default: str
) -> AnyVersion | None:
    """The original of `version` if it changed more than a day later; None when git cannot tell."""
    found = original(versions, default)
    if found is None or found.lang == version.lang or not (found.changes and version.changes):
        return None
    return found if found.changes[0] - version.changes[0] > TOLERANCE else None
