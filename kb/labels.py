"""Names of the codes that people see on pages, one table an enum, translated where they are shown.

Reasons of votes have theirs in `kb.feedback.reasons`, letters and notes their own words. Nothing is
imported: a test holds that each table names every member of its enum and no other, and that every
label stands in every catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.texts import N_, Text

REASON_LABELS: Mapping[str, Text] = {
    "not_solved": N_("The articles did not help"),
    "confident": N_("An article was likely to answer"),
    "low_confidence": N_("No article was likely to help"),
    "no_results": N_("Nothing was found"),
    "partial": N_("Articles answered in part only"),
    "ambiguous": N_("The question was not clear"),
    "user_requested": N_("The customer asked for a person"),
    "sensitive_topic": N_("A topic for a person"),
    "repeat_failed": N_("Two suggestions did not help"),
    "too_short": N_("The question was too short"),
    "unsupported_locale": N_("Asked in another language"),
    "holdout": N_("Picked at random, to measure"),
    "greeting": N_("Only a greeting so far"),
    "unavailable": N_("Search was not available"),
    "other": N_("Another reason"),
}
"""`HandoffReason` and `DecisionReason`: why a customer was handed off, a suggestion came out so."""

STATUS_LABELS: Mapping[str, Text] = {
    "queued": N_("On its way"),
    "delivered": N_("Delivered"),
    "fallback_email": N_("Delivered by e-mail"),
    "failed": N_("Not delivered"),
    "client": N_("Passed on in the chat"),
}
"""`HandoffStatus`."""

VERDICT_LABELS: Mapping[str, Text] = {
    "solved": N_("helped"),
    "not_solved": N_("did not help"),
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


def reason_label(reason: str) -> Text:
    """The label of a stored reason; that of `other` for a code of another release."""
    return REASON_LABELS.get(reason, REASON_LABELS["other"])
