"""Versions of an article: which there are, one of them, and two compared."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from kb.accounts import roles
from kb.drafts import former_paths, saves, steps
from kb.drafts.changes import tip_of
from kb.drafts.model import (
    ArticleDiff,
    ArticleRevision,
    Author,
    ChangeId,
    CloneUnusable,
    Conflict,
    DiffHunk,
    DiffLine,
    LineKind,
    Revision,
    Saved,
)
from kb.drafts.repository import trees
from kb.drafts.repository.clone import Clone
from kb.drafts.repository.git import GitFailed
from kb.drafts.texts import messages

MOST_VERSIONS = 200
MOST_LINES = 5000
CONTEXT_LINES = 3
_FORMAT = "%H%x00%an%x00%ae%x00%at%x00%B%x00"
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@.*")
_KINDS: dict[str, LineKind] = {" ": "same", "+": "added", "-": "removed"}


def versions(
    clone: Clone, change_id: ChangeId, *, author: Author, most: int = MOST_VERSIONS
) -> tuple[ArticleRevision, ...]:
    """An article's versions, the newest first, through renames; its change's before those that
    are published. Raises NotAllowed, BadPlace, NoSuchArticle, CloneUnusable."""
    roles.require(author.role, "articles.read")
    tip = tip_of(clone, change_id)
    start = tip.published if tip.change and tip.change.is_retired else tip.revision
    mark = secrets.token_hex(16)  # that no message can hold
    output = clone.git.run(
        "log", "-z", f"--format={mark}{_FORMAT}", "--name-status", "--follow", "-M", f"-n{most}",
        start, "--", clone.prefix + tip.path,
    )  # fmt: skip
    published = _published(clone, tip.published, tip.revision)
    records = output.decode("utf-8", "replace").split(mark)[1:]
    return tuple(_version(clone, record.split("\0"), published) for record in records)


def text_of_version(
    clone: Clone, change_id: ChangeId, revision: Revision, *, author: Author
) -> str:
    """The file as it was then, "" where it was not there. Raises as `versions`, UnknownRevision."""
    roles.require(author.role, "articles.read")
    steps.require_known(clone, revision)
    return former_paths.text_at(clone, tip_of(clone, change_id), revision)


def compared(
    clone: Clone, change_id: ChangeId, old: Revision, new: Revision, *, author: Author
) -> ArticleDiff:
    """Two versions by lines. Raises as `text_of_version`."""
    roles.require(author.role, "articles.read")
    tip = tip_of(clone, change_id)
    for revision in (old, new):
        steps.require_known(clone, revision)
    paths = [former_paths.path_at(clone, tip, one) for one in (old, new)]
    texts = [
        trees.text_at(clone, one, path) if path else ""
        for one, path in zip((old, new), paths, strict=True)
    ]
    hunks, is_cut = _hunks(clone, texts[0], texts[1])
    shown = [path.removeprefix(clone.prefix) for path in paths]
    return ArticleDiff(shown[0], shown[1], hunks, is_cut)


def restore(
    clone: Clone, change_id: ChangeId, revision: Revision, *, base: Revision, author: Author
) -> Saved | Conflict:
    """Save an earlier version's text anew, upon revision `base`. Raises as `saves.save`,
    UnknownRevision for a version that holds no text."""
    text = text_of_version(clone, change_id, revision, author=author)
    if not text:
        raise steps.unknown_revision()
    return saves.save(
        clone, change_id, text, base=base, author=author, message=f"Restore {revision[:10]}"
    )


def _published(clone: Clone, published: Revision, tip: Revision) -> frozenset[Revision]:
    """Commits of a change that readers do not have, as those that are not published."""
    if published == tip:
        return frozenset()
    return frozenset(clone.git.text("rev-list", tip, f"^{published}").split())


def _version(clone: Clone, fields: Sequence[str], waiting: frozenset[Revision]) -> ArticleRevision:
    """From what the format names, then the status and the path or, of a rename, both."""
    revision, name, email, seconds, message, *rest = fields
    status, *paths = [part for part in (one.strip("\n") for one in rest) if part]
    step = messages.read(message)
    return ArticleRevision(
        revision=revision,
        author=name,
        author_email=email,
        at=datetime.fromtimestamp(int(seconds), tz=UTC),
        message="\n\n".join(filter(None, (step.subject, step.note))),
        path="" if status == "D" else paths[-1].removeprefix(clone.prefix),
        is_published=revision not in waiting,
    )


def _hunks(clone: Clone, old: str, new: str) -> tuple[tuple[DiffHunk, ...], bool]:
    blobs = [trees.write_blob(clone, text.encode("utf-8")) for text in (old, new)]
    try:
        output = clone.git.run(
            "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--text",
            f"-U{CONTEXT_LINES}", *blobs,
        )  # fmt: skip
    except GitFailed as error:
        raise CloneUnusable(f"texts cannot be compared: {error.detail}") from error
    lines = output.decode("utf-8", "replace").split("\n")
    return tuple(_read_hunks(lines[:MOST_LINES])), len(lines) > MOST_LINES


def _read_hunks(lines: list[str]) -> Iterator[DiffHunk]:
    found: list[DiffLine] = []
    old = new = 0
    for line in lines:
        if place := _HUNK.fullmatch(line):
            if found:
                yield DiffHunk(tuple(found))
            found, old, new = [], int(place[1]), int(place[2])
        elif old + new and (kind := _KINDS.get(line[:1])):
            found.append(
                DiffLine(
                    kind,
                    line[1:],
                    old if kind != "added" else None,
                    new if kind != "removed" else None,
                )
            )
            old, new = old + (kind != "added"), new + (kind != "removed")
    if found:
        yield DiffHunk(tuple(found))
