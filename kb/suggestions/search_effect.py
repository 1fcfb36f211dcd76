"""The effect of an article on search, for its author: whether its words find it, and what is shown.

Asked as a customer would ask: the title and each of the `questions` is a message of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kb.catalog.catalog import ArticleVersion
from kb.catalog.generation import Loaded
from kb.suggestions.decision import Question, suggest
from kb.suggestions.reasons import DecisionReason
from search.model import Quotation
from search.ranking.confidence import Action

AskedFrom = Literal["title", "questions"]
MOST_QUESTIONS = 30
"""More of an article are not tried: each costs a search with reading."""


@dataclass(frozen=True)
class AskedText:
    """A title or question as a customer's message, and what would become of it."""

    text: str
    origin: AskedFrom
    rank: int
    """Place of the article among all that are found, from 1; 0 when it is not."""
    action: Action
    reason: DecisionReason
    first: ArticleVersion | None
    """The article found first, whose words are shown."""
    shown: Quotation | None
    """The words of `first` that answer, or would be read first; None where there are none."""
    is_degraded: bool
    """More time, or a working encoder or reader, might have led to another ranking."""


def ask(loaded: Loaded, page: ArticleVersion, text: str, origin: AskedFrom) -> AskedText:
    """Ask `text` in the language of `page`, and look where the article comes.

    What was too late the first time has been kept meanwhile, and is asked once more.
    """
    asked = Question(text, page.lang)
    made = suggest(loaded, asked)
    if made.is_degraded:
        made = suggest(loaded, asked)
    findings = made.findings
    groups = findings.groups if findings else ()
    first = findings.hits[0] if findings and findings.hits else None
    return AskedText(
        text=text,
        origin=origin,
        rank=groups.index(page.id) + 1 if page.id in groups else 0,
        action=made.decision.action,
        reason=made.decision.reason,
        first=first.page if first else None,
        shown=(made.answer or first.hit.quotation) if first else None,
        is_degraded=made.is_degraded,
    )


def asked_texts(loaded: Loaded, page: ArticleVersion) -> tuple[AskedText, ...]:
    """The title, then the questions of `page` in their order, each asked."""
    questions = page.questions[:MOST_QUESTIONS]
    return (
        ask(loaded, page, page.title, "title"),
        *(ask(loaded, page, question, "questions") for question in questions),
    )
