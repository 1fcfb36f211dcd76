"""A danger that a message tells of, and the line on safety that stands before all else then.

Told by the lists, which need no index, and by its meaning where that can be had.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.content.topics import Topics
from kb.labels import SAFETY_LINE
from kb.languages.detection import written_in
from kb.suggestions.decision import MAX_MESSAGE_CHARS, person_needed
from kb.suggestions.precedence import SAFETY, matter_for_a_person
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import translated
from kb.web.services import services
from search.errors import IndexMissing


@dataclass(frozen=True)
class SafetyNotice:
    """Advice for a danger, in the language of the message that tells of it."""

    title: str
    text: str
    lang: str
    """"" unless it is in another language than the page."""


def is_danger(message: str) -> bool:
    text = message[:MAX_MESSAGE_CHARS]
    try:
        return person_needed(services().loaded(), text) == SAFETY
    except IndexMissing:
        return matter_for_a_person(Topics(), text) == SAFETY


def spoken_in(message: str, lang: str) -> str:
    """The language of a message on a page in `lang`."""
    return written_in(message[:MAX_MESSAGE_CHARS], services().config.languages, lang)


def notice_for(message: str, lang: str) -> SafetyNotice | None:
    """The notice for a message on a page in `lang`; None when it tells of no danger."""
    return notice_in(spoken_in(message, lang), lang) if is_danger(message) else None


def notice_in(spoken: str, lang: str) -> SafetyNotice:
    """The notice in the language `spoken` on a page in `lang`."""
    with force_locale(spoken.replace("-", "_")):
        return SafetyNotice(
            title=_("Safety first"),
            text=translated(SAFETY_LINE),
            lang=spoken if spoken != lang else "",
        )
