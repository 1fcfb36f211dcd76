"""Shapes of changes to articles that are on their way to readers, and what can stand in the way.

No git and no files: whoever shows changes may hold these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kb.content.model import ArticleStatus, Problem

Revision = str
"""A commit, as 40 or 64 hex digits in small letters; "" where there is none."""
ChangeId = str
"""Place of an article as a change found it: `<language>/<section>/<category>/<slug>`. A change
that moves its article keeps its id until it is published."""
ChangeState = Literal["published", "draft", "review"]
"""`published`: nothing is being changed; the others: there is a change, and who has it."""


@dataclass(frozen=True)
class Author:
    """Somebody who saves: name and address go into commits, the role decides what is allowed."""

    name: str
    email: str
    role: str


@dataclass(frozen=True)
class OpenArticle:
    """An article as the editor shows it. `revision` goes along with the next save.

    `text` is the whole file; of one that the change retires, as readers still have it. `path` is
    below the folder of articles and names where the change puts it.
    """

    change_id: ChangeId
    path: str
    text: str
    revision: Revision
    state: ChangeState
    is_new: bool
    """True for an article that readers have never seen."""
    is_retired: bool
    note: str = ""
    """Words written with the last step of a review."""
    author: str = ""
    """Name of who saved last."""
    saved_at: datetime | None = None


@dataclass(frozen=True)
class ArticleChange:
    """One change that is not published yet."""

    id: ChangeId
    path: str
    revision: Revision
    state: Literal["draft", "review"]
    author: str
    """Name of who took its last step."""
    author_email: str
    note: str
    saved_at: datetime
    is_new: bool
    is_retired: bool


@dataclass(frozen=True)
class ArticleEntry:
    """One line of the list of articles, as the change has it where there is one.

    `id`, `title` and `status` are "" where the front matter cannot be read.
    """

    change_id: ChangeId
    path: str
    lang: str
    section: str
    category: str
    slug: str
    id: str
    title: str
    status: ArticleStatus | Literal[""]
    change: ArticleChange | None
    """None for an article that nobody is changing."""


@dataclass(frozen=True)
class MergePart:
    """A piece of a merged text: the same in both (`is_conflict` false, both texts equal), or not.

    All `yours` in order are not the whole text of one side: what merged is as merged.
    """

    is_conflict: bool
    yours: str
    theirs: str


@dataclass(frozen=True)
class Conflict:
    """Two texts that a person must settle; nothing was saved.

    Save the settled text with `revision` as its base and, where it is not "", with `settles`.
    """

    path: str
    base: str
    yours: str
    theirs: str
    parts: tuple[MergePart, ...]
    marked: str
    """The merged text with `<<<<<<<` and `>>>>>>>` around what must be settled."""
    revision: Revision
    settles: Revision
    """The published revision it conflicts with; "" where another save of the same change does."""
    author: str
    """Name of who wrote `theirs`."""


@dataclass(frozen=True)
class Saved:
    """A save that is kept: from here on nothing of it is lost."""

    change_id: ChangeId
    revision: Revision
    text: str
    """As it was saved; differs from what was sent where another's words were merged in."""
    is_merged: bool
    is_unchanged: bool = False
    """True when there was nothing to save."""


PushState = Literal["pushed", "refused", "unreachable", "no_remote"]


@dataclass(frozen=True)
class PushOutcome:
    """Result of the last push. `detail` is what git said, secrets left out, at most 1,000
    characters."""

    state: PushState
    detail: str
    at: datetime | None
    waiting: int
    """Publications that the remote does not have, commits made by hand among them."""


@dataclass(frozen=True)
class Published:
    """A change that readers will see with the next build; `push` says how far it has gone."""

    revision: Revision
    push: PushOutcome
    reopened: tuple[ChangeId, ...] = ()
    """Earlier publications that were never pushed and that the remote contradicts: changes again,
    to be settled."""


@dataclass(frozen=True)
class ArticleRevision:
    """One entry of an article's history."""

    revision: Revision
    author: str
    author_email: str
    at: datetime
    message: str
    path: str
    """The file of that time, below the folder of articles; "" where it was removed."""
    is_published: bool


LineKind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class DiffLine:
    """A line of a comparison; numbers count from 1, None where that side has no such line."""

    kind: LineKind
    text: str
    old: int | None
    new: int | None


@dataclass(frozen=True)
class DiffHunk:
    """Lines that belong together: what changed, and up to three lines around it."""

    lines: tuple[DiffLine, ...]


@dataclass(frozen=True)
class ArticleDiff:
    """Two versions of an article, compared by lines."""

    old_path: str
    new_path: str
    hunks: tuple[DiffHunk, ...]
    is_cut: bool
    """True when there was more to show."""


@dataclass(frozen=True)
class AddedPicture:
    """A picture that was saved with a change, and how an article shows it."""

    name: str
    """Below the media folder."""
    markdown: str
    """`![](../../../media/name.png)`, its description left to the author."""
    revision: Revision


class DraftError(Exception):
    """A step that cannot be taken; the message is a sentence for who tried it."""


class CloneUnusable(DraftError):
    """The clone cannot be worked with; the message is for an operator."""


class NoRoom(CloneUnusable):
    """The disk of the clone is full, or nearly."""


class CloneBusy(DraftError):
    """Somebody else's step took too long; nothing was done, try again."""


class NoSuchArticle(DraftError):
    """There is no article and no change of this id."""


class BadPlace(DraftError):
    """An article cannot lie there: the message says why."""


class PlaceTaken(DraftError):
    """Another article, or a change, has this address already."""


class UnknownRevision(DraftError):
    """The revision a step starts from is none of this article's."""


class Moved(DraftError):
    """The change has moved on since it was looked at; look again."""


class BadText(DraftError):
    """A text or a message that cannot be kept."""


class HoldsNul(BadText):
    """A text with a NUL character."""


class HoldsHalfCharacter(BadText):
    """A text that no encoding can hold."""


class TextTooLarge(BadText):
    """A text of more bytes than a file may have."""


class NoteTooLong(BadText):
    """A note of more characters than a commit may carry."""


class Unshowable(BadText):
    """A title or note with a character that cannot be shown."""


class Unsettled(DraftError):
    """A text that still holds the marks of a merge."""


class BadTitle(BadText):
    """A title that is empty or too long."""


class BadPasted(DraftError):
    """A picture that cannot be taken: message and remedy."""


class BeingRetired(DraftError):
    """The article's change retires it, so there is no text to save."""


class NothingToDo(DraftError):
    """There is nothing to publish, to discard or to retire."""


class Unrelated(DraftError):
    """A change begun in a history that was replaced as a whole; its text must be saved anew."""


class RemoteRewritten(DraftError):
    """The remote's history does not go on from what was taken over; nothing is pulled or pushed."""


class Unmergeable(DraftError):
    """Others have changed a file too, and it is no article that could be settled."""


class Unfit(DraftError):
    """An article that readers would not see, or not right; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class MustSettle(DraftError):
    """A change that cannot be published before its `conflict` with the published text is
    settled."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(f"{conflict.path} was changed by {conflict.author} meanwhile")
        self.conflict = conflict
