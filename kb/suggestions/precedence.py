"""Messages that no search decides: dangers, risks, a person asked for, and small talk. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from kb.content.topics import Topics
from kb.languages.record import DANGERS, PERSON, SELF_HARM
from kb.suggestions.follow_up import topical_terms
from kb.suggestions.reasons import DecisionReason
from kb.suggestions.small_talk import small_talk

SAFETY: DecisionReason = "safety"
MOST_REJECTED = 2
"""After so many suggestions that did not help, no third is tried."""


def matter_for_a_person(topics: Topics, message: str) -> DecisionReason | None:
    """The reason for which a person must have this message; None if none must."""
    held = topics.held(message)
    if held & DANGERS and SELF_HARM not in held:
        return SAFETY
    if held - DANGERS - {PERSON}:
        return "sensitive_topic"
    return "user_requested" if held else None


def reason_without_search(
    topics: Topics, message: str, history: Sequence[str], *, rejected: int = 0
) -> DecisionReason | None:
    """The reason that is known before anything is looked for; None when articles decide.

    Even with `safety` articles are worth showing, below the way to a person.
    """
    if reason := matter_for_a_person(topics, message):
        return reason
    said = small_talk(message)
    if said == "thanks" or (said == "yes" and history):
        return "thanks"
    if said in ("failed", "no") and history:
        return "not_solved"
    if rejected >= MOST_REJECTED:
        return "repeat_failed"
    if said == "greeting":
        return "greeting"
    if said or not topical_terms(" ".join((*history, message))):
        return "too_short"
    return None
