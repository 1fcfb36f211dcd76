"""Files that an article had before it was moved: by a change, or by what was published since."""

from __future__ import annotations

from collections.abc import Iterator

from kb.drafts.changes import Tip, place, tip_of
from kb.drafts.model import ChangeId, NoSuchArticle, Revision
from kb.drafts.repository import trees
from kb.drafts.repository.clone import Clone
from kb.drafts.texts import messages
from kb.drafts.texts.heads import head, heads

MOST_NAMES = 200


def path_at(clone: Clone, tip: Tip, revision: Revision) -> str:
    """The article's path in the repository at a revision, "" where it was not there."""
    tried: set[str] = set()
    for path in _candidates(clone, tip, revision):
        if path not in tried and trees.blob_at(clone, revision, path):
            return path
        tried.add(path)
    return ""


def text_at(clone: Clone, tip: Tip, revision: Revision) -> str:
    """The article's text at a revision, "" where it was not there."""
    path = path_at(clone, tip, revision)
    return trees.text_at(clone, revision, path) if path else ""


def followed(clone: Clone, change_id: ChangeId, revision: Revision) -> Tip:
    """The newest state of an article that was opened at a revision, wherever it lies by now.

    Raises BadPlace, NoSuchArticle.
    """
    try:
        return tip_of(clone, change_id)
    except NoSuchArticle:
        lang = place(clone, change_id).lang
        text = trees.text_at(clone, revision, f"{clone.prefix}{change_id}.md")
        found = _with_id(clone, lang, head(text).id)
        if not found:
            raise
        return tip_of(clone, found)


def _candidates(clone: Clone, tip: Tip, revision: Revision) -> Iterator[str]:
    """The likeliest first."""
    told = messages.read(clone.git.text("log", "-1", "--format=%B", revision)).path
    yield from (clone.prefix + path for path in (told, tip.place.path, tip.path) if path)
    names = clone.git.run(
        "log", "-z", "--format=", "--name-only", "--follow", "-M", f"-n{MOST_NAMES}",
        tip.revision, "--", clone.prefix + tip.path,
    )  # fmt: skip
    yield from (name for name in names.decode("utf-8", "replace").split("\0") if name.strip("\n"))


def _with_id(clone: Clone, lang: str, article_id: str) -> ChangeId:
    """The place of the published article with this id, "" for none."""
    if not article_id:
        return ""
    files = [
        one
        for one in trees.entries(clone, clone.published(), f"{clone.prefix}{lang}/")
        if one.path.endswith(".md")
    ]
    known = heads(clone, [one.blob for one in files])
    found = (one.path for one in files if one.blob in known and known[one.blob].id == article_id)
    return next(found, "").removeprefix(clone.prefix).removesuffix(".md")
