"""The files of a change brought upon what was published meanwhile.

The result is what is published, under the change's own files. A file that both have changed is
merged by its lines; an article that was moved meanwhile is found by its id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.content.files.retired_ids import RETIRED_FILE
from kb.drafts.model import Conflict, PlaceTaken, Revision, Unmergeable
from kb.drafts.repository import merge, trees
from kb.drafts.repository.clone import Clone
from kb.drafts.repository.merge import TextMerge
from kb.drafts.repository.trees import BlobId, Edits, FileChange
from kb.drafts.texts.heads import head, heads


@dataclass(frozen=True)
class FileMerge:
    """Edits upon the published files, and what a person must settle, by path."""

    edits: Edits
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True)
class _Sides:
    """The three commits of a merge."""

    clone: Clone
    base: Revision
    change: Revision
    published: Revision


def merged_files(
    clone: Clone, *, base: Revision, change: Revision, published: Revision
) -> FileMerge:
    """Join what a change has made of `base` with what is published.

    Raises DraftError for files that cannot be joined at all, CloneUnusable.
    """
    sides = _Sides(clone, base, change, published)
    files = trees.changed(clone, base, change)
    moves = _moves(clone, files)
    edits: dict[str, BlobId | None] = {}
    conflicts = []
    for file in files:
        source = moves.get(file.path, file.path)
        if file.path in moves.values():
            continue  # what was moved is merged where it went
        if source != file.path:
            _require_free(sides, file.path)
            edits[source] = None
            file = FileChange(file.path, trees.blob_at(clone, base, source), file.new)
        theirs = trees.blob_at(clone, published, source)
        if theirs == file.old:
            edits[file.path] = file.new or None
        elif theirs != file.new:
            path, joined = _joined(sides, file, theirs)
            if isinstance(joined, Conflict):
                conflicts.append(joined)
            else:
                edits[path] = trees.write_blob(clone, joined.encode("utf-8"))
        elif source != file.path:
            edits[file.path] = file.new
    return FileMerge(edits, tuple(conflicts))


def _require_free(sides: _Sides, path: str) -> None:
    if trees.blob_at(sides.clone, sides.published, path):
        below = path.removeprefix(sides.clone.prefix).removesuffix(".md")
        raise PlaceTaken(f"there is an article {below} by now; choose another place")


def _moves(clone: Clone, files: Sequence[FileChange]) -> Mapping[str, str]:
    """Path of an article → path it had before its change moved it, told by its id."""
    texts = [file for file in files if file.path.endswith(".md")]
    removed = {file.path: file.old for file in texts if file.old and not file.new}
    if not removed:
        return {}
    added = {file.path: file.new for file in texts if file.new and not file.old}
    known = heads(clone, [*removed.values(), *added.values()])
    before = {(known[blob].id, _lang(clone, path)): path for path, blob in removed.items()}
    return {
        path: source
        for path, blob in added.items()
        if known[blob].id and (source := before.get((known[blob].id, _lang(clone, path))))
    }


def _lang(clone: Clone, path: str) -> str:
    return path.removeprefix(clone.prefix).partition("/")[0]


def conflict_of(
    clone: Clone,
    path: str,
    base: str,
    yours: str,
    theirs: str,
    joined: TextMerge,
    revision: Revision,
    settles: Revision = "",
) -> Conflict:
    """Two texts for a person to settle; `path` is below the folder of articles."""
    return Conflict(
        path=path,
        base=base,
        yours=yours,
        theirs=theirs,
        parts=joined.parts,
        marked=joined.marked,
        revision=revision,
        settles=settles,
        author=_author(clone, settles or revision, clone.prefix + path),
    )


def _joined(sides: _Sides, file: FileChange, theirs: BlobId) -> tuple[str, str | Conflict]:
    """Path and text of a file that both changed, or their conflict."""
    clone = sides.clone
    below = file.path.removeprefix(clone.prefix)
    if not file.path.endswith(".md") and below != RETIRED_FILE:
        raise Unmergeable(f"{below} was changed by others too, and is no text that can be merged")
    path = file.path
    if not theirs and file.new and (moved := _moved_to(sides, file)):
        path, theirs = moved
    base, yours = trees.text_of(clone, file.old), trees.text_of(clone, file.new)
    text = trees.text_of(clone, theirs)
    if file.new and theirs:
        is_list = below == RETIRED_FILE
        joined = merge.merged(clone, base=base, yours=yours, theirs=text, union=is_list)
        if joined.is_clean:
            return path, joined.text
    else:  # removed by one, changed by the other
        joined = merge.all_in_conflict(yours, text)
    conflict = conflict_of(
        clone, below, base, yours, text, joined, sides.change, settles=sides.published
    )
    return path, conflict


def _moved_to(sides: _Sides, file: FileChange) -> tuple[str, BlobId] | None:
    """The path and content that an article of `base` has now, found by its id and language."""
    clone = sides.clone
    known = head(trees.text_of(clone, file.old)).id
    lang = _lang(clone, file.path)
    if not known:
        return None
    for other in trees.changed(clone, sides.base, sides.published):
        is_new = other.new and not other.old and other.path.startswith(f"{clone.prefix}{lang}/")
        if is_new and head(trees.text_of(clone, other.new)).id == known:
            return other.path, other.new
    return None


def _author(clone: Clone, revision: Revision, path: str) -> str:
    """Name of who changed a file last."""
    return clone.git.text("log", "-1", "--format=%an", revision, "--", path)
