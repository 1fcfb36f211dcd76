"""Sentences about what was done last, by the word that an address carries."""

from __future__ import annotations

from collections.abc import Mapping

from kb.texts import N_, Text
from kb.web.layout.locale import translated
from kb.web.staff.articles.pages.editor import Notice

DONE: Mapping[str, Text] = {
    "saved": N_("Saved. Readers do not see it until it is published."),
    "merged": N_("Saved, together with what somebody else had changed meanwhile."),
    "unchanged": N_("There was nothing new to save."),
    "begun": N_("A new article has been begun."),
    "asked": N_("Sent to review."),
    "sent-back": N_("Given back to its author."),
    "discarded": N_("The change was given up; readers go on seeing the published text."),
    "published": N_("Published. Readers have it as soon as the site is built anew."),
    "unsent": N_("Published here, but the other repository did not take it. It is kept."),
    "retiring": N_("It is taken off the site when this change is published."),
    "restored": N_("That version was saved anew. Publish it to let readers have it."),
    "moved": N_("It has another address once this change is published."),
    "pushed": N_("Everything was sent."),
    "pulled": N_("Changes of others were taken over."),
}


def done_notice(done: str) -> Notice | None:
    """None for a word that is none of ours."""
    text = DONE.get(done)
    return Notice(translated(text), "warn" if done == "unsent" else "done") if text else None
