"""Messages of commits: a subject, a note, and behind them what Otvet itself must know.

The last paragraph is ours alone, so that no text of a person can pass for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kb.drafts.model import NoteTooLong, Unshowable

MAX_SUBJECT_CHARS = 72
MAX_NOTE_CHARS = 2000
_PATH, _STATE, _RETIRED = "Otvet-Path: ", "Otvet-State: ", ", retired"


@dataclass(frozen=True)
class StepMessage:
    """Words of a commit of a change. `path` is below the folder of articles, "" when none is
    told: the commit is not ours."""

    subject: str
    note: str = ""
    path: str = ""
    state: Literal["draft", "review"] = "draft"
    is_retired: bool = False

    def written(self) -> str:
        note = f"{self.note}\n\n" if self.note else ""
        retired = _RETIRED if self.is_retired else ""
        return f"{self.subject}\n\n{note}{_PATH}{self.path}\n{_STATE}{self.state}{retired}\n"


def read(message: str) -> StepMessage:
    """Words as they were written, or the whole text of a message that is not ours."""
    text, _, last = message.rstrip("\n").rpartition("\n\n")
    lines = last.split("\n")
    if len(lines) != 2 or not lines[0].startswith(_PATH) or not lines[1].startswith(_STATE):
        subject, _, rest = message.strip("\n").partition("\n")
        return StepMessage(subject, rest.strip())
    subject, _, note = text.partition("\n")
    state = lines[1].removeprefix(_STATE)
    return StepMessage(
        subject,
        note.strip(),
        lines[0].removeprefix(_PATH),
        "review" if state.removesuffix(_RETIRED) == "review" else "draft",
        state.endswith(_RETIRED),
    )


def told(text: str, usual: str) -> tuple[str, str]:
    """Subject and note of what somebody typed, or the usual subject: what does not fit into one
    line stands whole in the note. Raises NoteTooLong, Unshowable."""
    note = note_of(text)
    line = " ".join(note.split())
    if not line:
        return usual[:MAX_SUBJECT_CHARS], ""
    if len(line) <= MAX_SUBJECT_CHARS:
        return line, ""
    cut = line[:MAX_SUBJECT_CHARS]
    return (cut.rpartition(" ")[0] or cut[:-1]) + "…", note


def note_of(text: str) -> str:
    """A note of several lines. Raises NoteTooLong, Unshowable."""
    if len(text) > MAX_NOTE_CHARS:
        raise NoteTooLong(f"the note has more than {MAX_NOTE_CHARS} characters")
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    if not all(line.replace("\t", " ").isprintable() for line in lines):
        raise Unshowable("the note holds a character that cannot be shown")
    return "\n".join(lines).strip()
