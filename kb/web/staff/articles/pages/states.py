"""States of an article as lists and pages name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from kb.content.model import ArticleStatus
from kb.drafts.model import ArticleChange, OpenArticle
from kb.texts import N_, Text
from kb.web.layout.locale import translated

UnderWay = ArticleChange | OpenArticle
ListedState = Literal["published", "draft", "internal", "changed", "new", "review", "retiring"]
STATES: tuple[ListedState, ...] = get_args(ListedState)

LABELS: Mapping[ListedState, Text] = {
    "published": N_("Published"),
    "draft": N_("Draft"),
    "internal": N_("For staff only"),
    "changed": N_("Changed"),
    "new": N_("New"),
    "review": N_("In review"),
    "retiring": N_("To be taken off"),
}
TONES: Mapping[ListedState, str] = {
    "published": "public",
    "draft": "",
    "internal": "",
    "changed": "careful",
    "new": "careful",
    "review": "review",
    "retiring": "danger",
}
_UNCHANGED: Mapping[str, ListedState] = {"draft": "draft", "internal": "internal"}
STATUS_LABELS: Mapping[ArticleStatus, Text] = {
    "published": N_("For everybody"),
    "draft": N_("Draft, nobody finds it"),
    "internal": N_("For staff only"),
}


@dataclass(frozen=True)
class StateBadge:
    """A state with its word and tone."""

    state: ListedState
    label: str
    tone: str


def badge(status: str, change: UnderWay | None) -> StateBadge:
    """State of an article: that of its change where there is one, else its status."""
    state = state_of(status, change)
    return StateBadge(state, translated(LABELS[state]), TONES[state])


def state_of(status: str, change: UnderWay | None) -> ListedState:
    if change is None or change.state == "published":
        return _UNCHANGED.get(status, "published")
    if change.is_retired:
        return "retiring"
    if change.state == "review":
        return "review"
    return "new" if change.is_new else "changed"
