"""Names of the codes that people see, one table an enum, translated where they are shown.

Nothing of ours is imported but the marks: a test holds that each table names every member of its
enum and no other, and that every label stands in every catalogue. The words around them in letters
and notes are in `kb.handoffs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from kb.texts import N_, NP_, Text

VoteReason = Literal["not_related", "related_not_answered", "outdated", "unclear", "other"]

VOTE_REASONS: tuple[VoteReason, ...] = get_args(VoteReason)
"""All there is to change for another one: here, below, and in the catalogues."""

REASON_LABELS: Mapping[str, Text] = {
    "not_solved": N_("The articles did not help"),
    "confident": N_("An article was likely to answer"),
    "low_confidence": N_("No article was likely to help"),
    "no_results": N_("Nothing was found"),
    "partial": N_("Articles answered in part only"),
    "ambiguous": N_("The question was not clear"),
    "user_requested": N_("The customer asked for a person"),
    "safety": N_("A danger"),
    "sensitive_topic": N_("A topic for a person"),
    "repeat_failed": N_("Two suggestions did not help"),
    "too_short": N_("The question was too short"),
    "unsupported_locale": N_("Asked in another language"),
    "holdout": N_("Picked at random, to measure"),
    "greeting": N_("Only a greeting so far"),
    "thanks": N_("Thanks, nothing else"),
    "unavailable": N_("Search was not available"),
    "other": N_("Another reason"),
}
"""`HandoffReason` and `DecisionReason`: why a customer was handed off, a suggestion came out so."""

ROLE_LABELS: Mapping[str, Text] = {
    "agent": N_("Answers customers"),
    "author": N_("Author"),
    "reviewer": N_("Reviewer"),
    "lead": N_("Lead"),
}
"""`Role` of staff."""

STAFF_EVENT_LABELS: Mapping[str, Text] = {
    "added": N_("Account made"),
    "removed": N_("Account removed"),
    "role": N_("Role given"),
    "invited": N_("Invited"),
    "taken_back": N_("Invitation taken back"),
    "accepted": N_("Invitation accepted"),
}
"""`StaffEventKind`: what was done to an account."""

SAFETY_LINE = N_(
    "If somebody is hurt or has swallowed a part, or there is a fire, call the emergency services "
    "first. Stop using the device and, if you can do so safely, unplug it; keep away from it."
)
"""What a customer who tells of a danger reads first."""

STATUS_LABELS: Mapping[str, Text] = {
    "queued": N_("On its way"),
    "delivered": N_("Delivered"),
    "fallback_email": N_("Delivered by e-mail"),
    "failed": N_("Not delivered"),
    "client": N_("Passed on in the chat"),
}
"""`HandoffStatus`."""

UNKNOWN_STATUS = N_("Unknown")
"""Of a hand-off that another release left in a state this one has no word for."""


@dataclass(frozen=True)
class VerdictLabels:
    """The words for a verdict on an article, by who reads them; its title stands before them."""

    staff: Text
    note: Text
    """In the sentences for an agent, in the customer's language."""
    letter: Text


VERDICT_LABELS: Mapping[str, VerdictLabels] = {
    "solved": VerdictLabels(
        staff=N_("helped"),
        note=NP_("note", "helped"),
        letter=NP_("letter", "helped"),
    ),
    "not_solved": VerdictLabels(
        staff=N_("did not help"),
        note=NP_("note", "did not help"),
        letter=NP_("letter", "did not help"),
    ),
}
"""`Verdict`."""

WANTED_LABELS: Mapping[str, Text] = {
    "all": N_("All"),
    "public": N_("Public"),
    "internal": N_("Internal"),
}
"""`Wanted`: which articles a search for staff looks at."""


@dataclass(frozen=True)
class SectionLabels:
    """The words for a section of the help."""

    title: Text
    tagline: Text
    """For whom it is, from the reader's side."""
    subtitle: Text
    icon: str
    """Name in `static/icons.svg`."""


SECTION_LABELS: Mapping[str, SectionLabels] = {
    "faq": SectionLabels(
        title=N_("Questions and answers"),
        tagline=N_("Before you buy"),
        subtitle=N_("Questions and answers about ordering"),
        icon="cart",
    ),
    "guides": SectionLabels(
        title=N_("Guides"),
        tagline=N_("You have bought it"),
        subtitle=N_("Guides to the things you own"),
        icon="book",
    ),
}
"""`SectionName`."""


def status_label(status: str) -> Text:
    """The label of a stored status."""
    return STATUS_LABELS.get(status, UNKNOWN_STATUS)


def reason_label(reason: str) -> Text:
    """The label of a stored reason; that of `other` for a code of another release."""
    return REASON_LABELS.get(reason, REASON_LABELS["other"])


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


def vote_reason_labels(reason: str) -> VoteReasonLabels:
    """The labels of a stored code; those of `other` for one that is no reason any more."""
    return VOTE_REASON_LABELS.get(reason, VOTE_REASON_LABELS["other"])
