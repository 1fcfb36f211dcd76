"""Words of the history for what nobody has written a note about, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping

from kb.drafts.texts.changed import ChangedPart, parts_told
from kb.texts import N_, Text
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import translated

PART_WORDS: Mapping[ChangedPart, Text] = {
    "title": N_("title"),
    "summary": N_("summary"),
    "questions": N_("questions"),
    "status": N_("who may read it"),
    "details": N_("details of the form"),
    "text": N_("text"),
    "pictures": N_("pictures"),
    "nothing": N_("nothing that readers see"),
}
STEP_WORDS: Mapping[str, Text] = {
    "Ask for review": N_("Sent to review"),
    "Send back": N_("Given back to the author"),
    "Join what was published elsewhere": N_("Joined with what was published elsewhere"),
}
FILE_WORDS: Mapping[str, Text] = {
    "Publish ": N_("Published"),
    "Retire ": N_("To be taken off the site"),
    "Settle ": N_("Published elsewhere in other words, to be settled"),
}
"""By the beginning of subjects that go on with the path of a file."""
_MOVE, _RESTORE = "Move to ", "Restore "
_SLUGS_OF_A_PLACE, _SHOWN_OF_A_REVISION = 3, 10


def message_in_words(message: str) -> str:
    """The message of a version; words of people stay as they are."""
    subject, gap, note = message.partition("\n\n")
    return f"{_told(subject)}{gap}{note}"


def _told(subject: str) -> str:
    if parts := parts_told(subject):
        named = ", ".join(translated(PART_WORDS[one]) for one in parts)
        return _("Changed: %(parts)s", parts=named)
    if subject in STEP_WORDS:
        return translated(STEP_WORDS[subject])
    for beginning, words in FILE_WORDS.items():
        if subject.startswith(beginning) and _is_path(subject.removeprefix(beginning)):
            return translated(words)
    aim = subject.removeprefix(_MOVE)
    if subject.startswith(_MOVE) and _is_path(aim) and aim.count("/") == _SLUGS_OF_A_PLACE - 1:
        return _("Moved to %(place)s", place=aim)
    if subject.startswith(_RESTORE) and _is_revision(subject.removeprefix(_RESTORE)):
        return _("An earlier version brought back")
    return subject


def _is_path(text: str) -> bool:
    return "/" in text and " " not in text


def _is_revision(text: str) -> bool:
    return len(text) == _SHOWN_OF_A_REVISION and set(text) <= set("0123456789abcdef")
