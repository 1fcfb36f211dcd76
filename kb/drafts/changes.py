"""Changes that are under way: which there are, and an article as its change has it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from kb.accounts import roles
from kb.content.files.article_file import Place, place_of
from kb.drafts.model import (
    ArticleChange,
    ArticleEntry,
    Author,
    BadPlace,
    ChangeId,
    NoSuchArticle,
    OpenArticle,
    Revision,
)
from kb.drafts.repository import trees
from kb.drafts.repository.clone import CHANGES, Clone
from kb.drafts.texts import messages
from kb.drafts.texts.heads import FileHead, heads

_FIELDS = "%(refname)%00%(objectname)%00%(authorname)%00%(authoremail:trim)%00%(authordate:unix)"
_FORMAT = f"{_FIELDS}%00%(contents)%00"


@dataclass(frozen=True)
class Tip:
    """An article's newest state: that of its change, else the published one.

    `path` is below the folder of articles; `change` None where there is no change.
    """

    place: Place
    revision: Revision
    published: Revision
    path: str
    change: ArticleChange | None


def place(clone: Clone, change_id: str) -> Place:
    """The place that a change's id names. Raises BadPlace."""
    found = place_of(f"{change_id}.md", clone.languages)
    if not isinstance(found, Place):
        raise BadPlace(f"{found.message}. {found.remedy}")
    return found


def under_way(clone: Clone) -> tuple[ArticleChange, ...]:
    """Every change, the latest first. Raises CloneUnusable."""
    published = {one.path for one in trees.entries(clone, clone.published())}
    found = _read(clone, CHANGES, published)
    return tuple(sorted(found, key=lambda change: change.saved_at, reverse=True))


def tip_of(clone: Clone, change_id: ChangeId) -> Tip:
    """The newest state of an article. Raises BadPlace, NoSuchArticle."""
    found, published = place(clone, change_id), clone.published()
    path = clone.prefix + found.path
    is_published = bool(trees.blob_at(clone, published, path))
    known = {path} if is_published else set()
    change = next(_read(clone, CHANGES + change_id, known), None)
    if change is None and not is_published:
        raise NoSuchArticle(f"there is no article {change_id}")
    if change is None:
        return Tip(found, published, published, found.path, None)
    return Tip(found, change.revision, published, change.path, change)


def opened(clone: Clone, change_id: ChangeId, *, author: Author) -> OpenArticle:
    """An article to edit. Raises NotAllowed, BadPlace, NoSuchArticle, CloneUnusable."""
    roles.require(author.role, "articles.read")
    tip = tip_of(clone, change_id)
    is_retired = tip.change is not None and tip.change.is_retired
    shown = tip.published if is_retired else tip.revision
    text = trees.text_at(clone, shown, clone.prefix + tip.path)
    if tip.change is None:
        return OpenArticle(change_id, tip.path, text, tip.revision, "published", False, False)
    return OpenArticle(
        change_id=change_id,
        path=tip.path,
        text=text,
        revision=tip.revision,
        state=tip.change.state,
        is_new=tip.change.is_new,
        is_retired=is_retired,
        note=tip.change.note,
        author=tip.change.author,
        saved_at=tip.change.saved_at,
    )


def listed(clone: Clone, *, author: Author) -> tuple[ArticleEntry, ...]:
    """Every article and every change, by path. Raises NotAllowed, CloneUnusable."""
    roles.require(author.role, "articles.read")
    published = {one.path: one.blob for one in trees.entries(clone, clone.published())}
    found = {change.id: change for change in _read(clone, CHANGES, published)}
    blobs: dict[ChangeId, str] = {}
    for path, blob in published.items():
        below = path.removeprefix(clone.prefix)
        if path.startswith(clone.prefix) and isinstance(place_of(below, clone.languages), Place):
            blobs[below.removesuffix(".md")] = blob
    for change in found.values():
        blob = trees.blob_at(clone, change.revision, clone.prefix + change.path)
        blobs[change.id] = blob or blobs.get(change.id, "")
    known = heads(clone, blobs.values())
    lines = (_entry(clone, it, known.get(blobs[it], FileHead()), found.get(it)) for it in blobs)
    return tuple(sorted(lines, key=lambda entry: entry.path))


def _entry(
    clone: Clone, change_id: ChangeId, head: FileHead, change: ArticleChange | None
) -> ArticleEntry:
    path = change.path if change else f"{change_id}.md"
    at = place(clone, path.removesuffix(".md"))
    return ArticleEntry(
        change_id=change_id,
        path=path,
        lang=at.lang,
        section=at.section,
        category=at.category,
        slug=at.slug,
        id=head.id,
        title=head.title,
        status=head.status,
        change=change,
    )


def _read(clone: Clone, pattern: str, published: Collection[str]) -> Iterator[ArticleChange]:
    """Changes whose references match; `published` are paths of files that readers have."""
    output = clone.git.run("for-each-ref", f"--format={_FORMAT}", pattern.rstrip("/"))
    parts = output.decode("utf-8", "replace").split("\0")
    for at in range(0, len(parts) - 6, 6):
        name, revision, author, email, seconds, message = parts[at : at + 6]
        change_id = name.lstrip("\n").removeprefix(CHANGES)
        step = messages.read(message)
        if not isinstance(place_of(step.path, clone.languages), Place):
            continue
        yield ArticleChange(
            id=change_id,
            path=step.path,
            revision=revision,
            state=step.state,
            author=author,
            author_email=email,
            note=step.note,
            saved_at=datetime.fromtimestamp(int(seconds), tz=UTC),
            is_new=f"{clone.prefix}{change_id}.md" not in published,
            is_retired=step.is_retired,
        )
