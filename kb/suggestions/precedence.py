"""Messages that no search decides: dangers, risks, a person asked for, and small talk. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from kb.content.topics import Topics
from kb.languages.record import DANGERS, PERSON, SELF_HARM
from kb.suggestions.follow_up import topical_terms
from kb.suggestions.reasons import DecisionReason
from kb.suggestions.small_talk import may_thank, small_talk

SAFETY: DecisionReason = "safety"
SENSITIVE: DecisionReason = "sensitive_topic"
REQUESTED: DecisionReason = "user_requested"
THANKS: DecisionReason = "thanks"
MOST_REJECTED = 2
"""After so many suggestions that did not help, no third is tried."""


def matter_for_a_person(
    topics: Topics, message: str, meant: DecisionReason | None = None
) -> DecisionReason | None:
    """The reason for which a person must have this message; None if none must.

    `meant`: what its meaning tells (`kb.suggestions.message_kinds`), which counts unless the site
    has switched off a list of that kind. Of words and meaning the graver counts.
    """
    held = topics.held(message)
    if meant in _reasons(topics.switched_off):
        meant = None
    is_danger = bool(held & DANGERS) or meant == SAFETY
    if is_danger and SELF_HARM not in held:
        return SAFETY
    if held - DANGERS - {PERSON} or meant == SENSITIVE:
        return SENSITIVE
    return REQUESTED if held or meant == REQUESTED else None


def _reasons(topics: frozenset[str]) -> frozenset[DecisionReason]:
    """The reasons that topics stand for."""
    return frozenset(
        SAFETY if topic in DANGERS else REQUESTED if topic == PERSON else SENSITIVE
        for topic in topics
    )


def reason_without_search(
    topics: Topics,
    message: str,
    history: Sequence[str],
    *,
    rejected: int = 0,
    meant: DecisionReason | None = None,
) -> DecisionReason | None:
    """The reason that is known before anything is looked for; None when articles decide.

    Even with `safety` articles are worth showing, below the way to a person.
    """
    if reason := matter_for_a_person(topics, message, meant):
        return reason
    said = small_talk(message)
    is_meant_as_thanks = not said and meant == THANKS and may_thank(message)
    if said == "thanks" or is_meant_as_thanks or (said == "yes" and history):
        return THANKS
    if said in ("failed", "no") and history:
        return "not_solved"
    if rejected >= MOST_REJECTED:
        return "repeat_failed"
    if said == "greeting":
        return "greeting"
    if said or not topical_terms(" ".join((*history, message))):
        return "too_short"
    return None
