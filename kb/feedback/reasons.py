"""Reasons to find an article unhelpful, and their labels: all there is to change for another one,
beside the catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from kb.texts import N_, NP_, Text

VoteReason = Literal["not_related", "related_not_answered", "outdated", "unclear", "other"]

REASONS: tuple[VoteReason, ...] = get_args(VoteReason)


@dataclass(frozen=True)
class VoteReasonLabels:
    """The words for a reason, by who reads them."""

    choice: Text
    """As readers choose it below an article."""
    staff: Text | None
    """After "did not help:"; None where these words say all that is known."""
    letter: Text
    """After the article's title in a letter or a note."""


VOTE_REASON_LABELS: Mapping[str, VoteReasonLabels] = {
    "not_related": VoteReasonLabels(
        choice=N_("It is about something else"),
        staff=N_("about something else"),
        letter=NP_("letter", "about something else"),
    ),
    "related_not_answered": VoteReasonLabels(
        choice=N_("It is on the topic but does not answer my question"),
        staff=N_("on the topic, but no answer"),
        letter=NP_("letter", "on the subject, without the answer"),
    ),
    "outdated": VoteReasonLabels(
        choice=N_("It is out of date"),
        staff=N_("out of date"),
        letter=NP_("letter", "outdated"),
    ),
    "unclear": VoteReasonLabels(
        choice=N_("It is hard to understand"),
        staff=N_("hard to understand"),
        letter=NP_("letter", "unclear"),
    ),
    "other": VoteReasonLabels(
        choice=N_("Something else"),
        staff=None,
        letter=NP_("letter", "another reason"),
    ),
}
"""By `VoteReason`, in the order in which they are offered."""


def labels_of(reason: str) -> VoteReasonLabels:
    """The labels of a stored code; those of `other` for one that is no reason any more."""
    return VOTE_REASON_LABELS.get(reason, VOTE_REASON_LABELS["other"])
