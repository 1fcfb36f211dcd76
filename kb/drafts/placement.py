"""Places of articles: new ones get one, others move. Addresses of before are kept elsewhere.

A new article begins as a change. One that moves takes its published translations along, since all
versions of an article share folder and slug.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.accounts import roles
from kb.content.files import categories, retired_ids
from kb.content.files.article_file import MAX_TITLE_CHARS, Place, place_of
from kb.content.model import Category
from kb.content.moves.relative_links import relinked
from kb.content.new_article import draft_text, fresh_id
from kb.content.shared_text.filled_file import read_file
from kb.drafts import changes, steps
from kb.drafts.changes import Tip, tip_of
from kb.drafts.model import (
    Author,
    BadPlace,
    BadTitle,
    BeingRetired,
    ChangeId,
    Moved,
    OpenArticle,
    PlaceTaken,
    Revision,
    Unshowable,
)
from kb.drafts.repository import trees
from kb.drafts.repository.clone import Clone
from kb.drafts.texts import slugs
from kb.drafts.texts.heads import heads
from kb.drafts.texts.messages import StepMessage

MOST_TRIED = 50
"""Numbers behind a slug that others have already."""


@dataclass(frozen=True)
class _Taken:
    """Ids and places that are in use, by articles and by changes."""

    ids: frozenset[str]
    paths: frozenset[str]


def known_categories(clone: Clone) -> tuple[Category, ...]:
    """Categories that an article can be put into, as they are published."""
    return tuple(categories.read(_articles(clone), clone.languages, read_file)[0].values())


def start(
    clone: Clone,
    *,
    lang: str,
    section: str,
    category: str,
    title: str,
    author: Author,
    slug: str = "",
) -> OpenArticle:
    """Begin an article with a fresh id; its slug is made of the title where none is named.

    Raises NotAllowed, BadTitle, Unshowable, BadPlace, PlaceTaken for a slug that was named,
    CloneUnusable.
    """
    roles.require(author.role, "articles.write")
    title = _title(title)
    taken = _taken(clone)
    text = draft_text(lang, title, fresh_id(taken.ids))
    for candidate in _candidates(slug or slugs.slug_of(title) or "article", is_fixed=bool(slug)):
        place = _place(clone, lang, section, category, candidate)
        if place.path not in taken.paths and _begun(clone, place, text, title, author):
            return changes.opened(clone, _id(place), author=author)
    raise PlaceTaken(f"there is an article {section}/{category}/{slug} already")


def translate(clone: Clone, change_id: ChangeId, *, lang: str, author: Author) -> OpenArticle:
    """Begin a version in another language: the same id, folder and slug, the text to be
    translated. Raises NotAllowed, BadPlace, NoSuchArticle, PlaceTaken, CloneUnusable."""
    roles.require(author.role, "articles.write")
    original = tip_of(clone, change_id)
    at = changes.place(clone, original.path.removesuffix(".md"))
    place = _place(clone, lang, at.section, at.category, at.slug)
    text = trees.text_at(clone, original.revision, clone.prefix + original.path)
    taken = _taken(clone)
    if place.path in taken.paths or not _begun(clone, place, text, f"{at.slug} ({lang})", author):
        raise PlaceTaken(f"there is a version in {lang} already")
    return changes.opened(clone, _id(place), author=author)


def move(
    clone: Clone,
    change_id: ChangeId,
    *,
    section: str,
    category: str,
    slug: str,
    revision: Revision,
    author: Author,
) -> Revision:
    """Give an article another place, in its change; readers find it there once it is published.

    Raises NotAllowed, BadPlace, NoSuchArticle, PlaceTaken, Moved, BeingRetired, CloneUnusable.
    """
    roles.require(author.role, "articles.write")
    tip = tip_of(clone, change_id)
    if tip.revision != revision:
        raise Moved("somebody else has changed it meanwhile; look at it again")
    if tip.change and tip.change.is_retired:
        raise BeingRetired("this article is being retired; give that up to move it")
    aim = _place(clone, tip.place.lang, section, category, slug)
    if aim.path == tip.path:
        return revision
    edits: dict[str, str | None] = {}
    for old, new, blob in _moves(clone, tip, aim):
        edits |= {clone.prefix + old: None, clone.prefix + new: blob}
    _require_free(clone, tip, edits)
    state = tip.change.state if tip.change else "draft"
    message = StepMessage(f"Move to {section}/{category}/{slug}", path=aim.path, state=state)
    made = steps.take(clone, tip, edits, message, author=author)
    if not made:
        raise Moved("somebody else has changed it meanwhile; look at it again")
    return made


def _moves(clone: Clone, tip: Tip, aim: Place) -> Iterator[tuple[str, str, str]]:
    """Old path, new path and content of every version that moves, this one first."""
    at = changes.place(clone, tip.path.removesuffix(".md"))
    paths = {lang: f"{lang}/{at.section}/{at.category}/{at.slug}.md" for lang in clone.languages}
    blobs = {
        lang: blob
        for lang, path in paths.items()
        if (blob := trees.blob_at(clone, tip.revision, clone.prefix + path))
    }
    known = heads(clone, blobs.values())
    own_id = known[blobs[at.lang]].id
    for lang, blob in blobs.items():
        if lang == at.lang or (own_id and known[blob].id == own_id):
            new = f"{lang}/{aim.section}/{aim.category}/{aim.slug}.md"
            yield paths[lang], new, _relinked(clone, blob, paths[lang], new)


def _relinked(clone: Clone, blob: str, old: str, new: str) -> str:
    """The content of a file at its new path: its own links go on leading where they led."""
    text = trees.text_of(clone, blob)
    moved = relinked(text, old=old, new=new)
    return blob if moved == text else trees.write_blob(clone, moved.encode("utf-8"))


def _require_free(clone: Clone, tip: Tip, edits: dict[str, str | None]) -> None:
    """Raise PlaceTaken when a file would come upon another article's."""
    own = {clone.prefix + tip.place.path, clone.prefix + tip.path}
    for path in [path for path, blob in edits.items() if blob and path not in own]:
        below = path.removeprefix(clone.prefix)
        in_way = trees.blob_at(clone, tip.revision, path) or trees.blob_at(
            clone, tip.published, path
        )
        others = (one for one in changes.under_way(clone) if one.id != _id(tip.place))
        if in_way or any(below in (one.path, f"{one.id}.md") for one in others):
            raise PlaceTaken(f"there is an article {below.removesuffix('.md')} already")


def _taken(clone: Clone) -> _Taken:
    """Ids and places of articles and changes, and ids that were retired."""
    published = clone.published()
    files = {one.path: one.blob for one in trees.entries(clone, published)}
    under_way = changes.under_way(clone)
    for change in under_way:
        files[f"{clone.prefix}{change.id}.md"] = trees.blob_at(
            clone, change.revision, clone.prefix + change.path
        )
    paths = {path.removeprefix(clone.prefix) for path in files}
    blobs = [blob for path, blob in files.items() if path.endswith(".md")]
    ids = {head.id for head in heads(clone, blobs).values()}
    retired = retired_ids.read(_articles(clone))[0]
    return _Taken(
        frozenset(ids | retired.keys()), frozenset(paths | {change.path for change in under_way})
    )


def _begun(clone: Clone, place: Place, text: str, title: str, author: Author) -> bool:
    blob = trees.write_blob(clone, text.encode("utf-8"))
    message = StepMessage(f"Start {title}"[:72].rstrip(), path=place.path)
    edits = {clone.prefix + place.path: blob}
    return bool(steps.begin(clone, _id(place), edits, message, author=author))


def _candidates(slug: str, *, is_fixed: bool) -> Iterator[str]:
    yield from (slugs.numbered(slug, number) for number in range(1, 2 if is_fixed else MOST_TRIED))


def _place(clone: Clone, lang: str, section: str, category: str, slug: str) -> Place:
    """The place, in a category that there is. Raises BadPlace."""
    found = place_of(f"{lang}/{section}/{category}/{slug}.md", clone.languages)
    if not isinstance(found, Place):
        raise BadPlace(f"{found.message}. {found.remedy}")
    if not any((it.section, it.slug) == (section, category) for it in known_categories(clone)):
        raise BadPlace(f"`{category}` is not a category of {section}")
    return found


def _title(text: str) -> str:
    title = " ".join(text[: 4 * MAX_TITLE_CHARS].split())
    if not 0 < len(title) <= MAX_TITLE_CHARS:
        raise BadTitle(f"the title needs 1 to {MAX_TITLE_CHARS} characters")
    if not title.isprintable():
        raise Unshowable("the title holds a character that cannot be shown")
    return title


def _articles(clone: Clone) -> Path:
    return clone.folder / clone.prefix


def _id(place: Place) -> ChangeId:
    return place.path.removesuffix(".md")
