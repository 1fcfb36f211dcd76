"""A text tried before it is saved, as pages show it: look, problems, effect on search."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class ProofProblem:
    """A problem with the line of the file it stands in, and of the text below the form."""

    line: int
    body_line: int
    """0 for the front matter."""
    message: str
    names: tuple[str, ...]
    """What it is about, where the message does not name it."""
    remedy: str
    is_remark: bool


@dataclass(frozen=True)
class ProofQuestion:
    """A title or question with its place now and in what readers have, and the words shown."""

    text: str
    is_title: bool
    rank: int
    rank_before: int
    """0 where it was not found."""
    is_new: bool
    """It was not asked of what readers have."""
    outcome: str
    """In words."""
    shown: str
    shown_title: str
    """Of the article whose words are shown; "" for this one."""


@dataclass(frozen=True)
class ProofDuplicate:
    title: str
    url: str
    percent: int


@dataclass(frozen=True)
class TextOnTrial:
    """`html` is None where the text cannot be shown; `questions` where search was not tried."""

    html: Markup | None
    title: str
    summary: str
    problems: tuple[ProofProblem, ...]
    questions: tuple[ProofQuestion, ...] | None = None
    duplicates: tuple[ProofDuplicate, ...] = ()
    has_vectors: bool = True
    fault: str = ""
    """Why nothing could be tried, in words."""
    search_fault: str = ""
    """Why search could not be."""
