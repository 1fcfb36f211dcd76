"""The work tree of the clone: what is built for readers. Brought along when the branch moves.

Only files that a step changes are touched, and none that somebody has edited by hand. A step that
was interrupted is finished by the next one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from kb.content.files.whole_file import write_whole
from kb.drafts.model import CloneBusy, CloneUnusable, DraftError, Revision
from kb.drafts.repository import trees
from kb.drafts.repository.clone import CHECKED_OUT, Clone
from kb.drafts.repository.git import GitFailed
from kb.drafts.repository.trees import FileChange

_JOURNAL = "checkout"


class EditedByHand(DraftError):
    """Files of the work tree that are to change were edited there and not committed."""


def bring(clone: Clone, hold: Sequence[int]) -> None:
    """Bring the work tree to what is published, in the turn of publication.

    Raises EditedByHand, CloneUnusable.
    """
    before, now = clone.find(CHECKED_OUT), clone.published()
    if not before:
        clone.update({CHECKED_OUT: ("", now)}, message="Take over")
        return
    if before == now:
        return
    journal = clone.own_dir / _JOURNAL
    if _index_lock(clone).exists() and not journal.exists():
        raise CloneBusy("somebody's git is at work in the clone; finish or end that first")
    half_done = _half_done(journal, clone, before)
    files = trees.changed(clone, before, now)
    certain = {file.path for file in half_done}
    forced = {file.path: file for file in (*half_done, *files)}
    wanted = _differing(clone, [file for file in files if file.path not in certain])
    wanted |= {path for path in forced if path in certain}
    write_whole(journal, f"{before} {now}".encode("ascii"))
    _write(clone, now, sorted(wanted | {file.path for file in files}), hold)
    clone.update({CHECKED_OUT: (before, now)}, message="Check out")
    journal.unlink(missing_ok=True)


def require_unedited(clone: Clone, old: Revision, new: Revision) -> None:
    """Raise EditedByHand when a file that differs between two commits was edited by hand, and
    CloneBusy while somebody's git holds the index."""
    if _index_lock(clone).exists() and not (clone.own_dir / _JOURNAL).exists():
        raise CloneBusy("somebody's git is at work in the clone; finish or end that first")
    _differing(clone, trees.changed(clone, old, new))


def edited_by_hand(clone: Clone) -> tuple[str, ...]:
    """Paths of the work tree that differ from what is committed; unknown files are nobody's.

    Raises CloneUnusable.
    """
    options = ("--porcelain", "-z", "--untracked-files=no", "--no-renames")
    output = clone.git.run("status", *options).decode("utf-8", "replace")
    return tuple(line[3:] for line in output.split("\0") if line)


def _half_done(journal: Path, clone: Clone, before: Revision) -> tuple[FileChange, ...]:
    """Files of a step that was interrupted; they may be in any state."""
    try:
        started, _, aim = journal.read_text("ascii").partition(" ")
    except (FileNotFoundError, UnicodeDecodeError):
        return ()
    return trees.changed(clone, before, aim) if started == before and clone.find(aim) else ()


def _differing(clone: Clone, files: Iterable[FileChange]) -> set[str]:
    """Paths that are not yet as they are to be. Raises EditedByHand for what is neither old nor
    new."""
    wanted = set()
    for file in files:
        found = _blob_on_disk(clone, file.path)
        if found == file.new:
            continue
        if found not in ("", file.old):
            raise EditedByHand(
                f"{file.path} was edited in the clone by hand; commit or undo that there first"
            )
        wanted.add(file.path)
    return wanted


def _blob_on_disk(clone: Clone, path: str) -> str:
    """Content of a file of the work tree, "" for none; something else in its place is no file."""
    where = clone.folder / path
    if not where.is_symlink() and not where.exists():
        return ""
    if where.is_symlink() or not where.is_file() or not _is_inside(clone, where):
        raise EditedByHand(f"{path} is no regular file in the clone; put that right there first")
    return clone.git.text("hash-object", f"--path={path}", "--", str(where))


def _write(clone: Clone, now: Revision, paths: Sequence[str], hold: Sequence[int]) -> None:
    """Write or remove files of the work tree, and what git knows of them."""
    _index_lock(clone).unlink(missing_ok=True)  # of a step of ours that was killed
    there = {one.path: one.blob for one in trees.entries(clone, now, *paths)} if paths else {}
    lines = b"".join(
        b"%s %s\t%s\0"
        % (
            b"100644" if path in there else b"0",
            there.get(path, "0" * len(now)).encode("ascii"),
            path.encode("utf-8"),
        )
        for path in paths
    )
    clone.git.run("update-index", "-z", "--index-info", given=lines, hold=hold)
    _replace(clone, [path for path in paths if path in there], hold)
    for path in paths:
        if path not in there:
            _remove(clone, path)
    with suppress(GitFailed):  # it also fails for files that somebody edits
        clone.git.run("update-index", "-q", "--refresh", hold=hold)


def _replace(clone: Clone, paths: Sequence[str], hold: Sequence[int]) -> None:
    """Files of the index, written beside and renamed: of a full disk or a kill readers notice
    nothing."""
    if not paths:
        return
    names = "".join(f"{path}\0" for path in paths).encode("utf-8")
    with clone.passing_folder() as folder:
        aside = f"--prefix={folder}/"
        clone.git.run("checkout-index", "-f", "-z", "--stdin", aside, given=names, hold=hold)
        for path in paths:
            where = clone.folder / path
            if not _is_inside(clone, where):
                raise CloneUnusable(f"{path} leads out of the clone")
            where.parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder / path, where)


def _index_lock(clone: Clone) -> Path:
    return clone.git.git_dir / "index.lock"


def _remove(clone: Clone, path: str) -> None:
    where = clone.folder / path
    if not _is_inside(clone, where):
        raise CloneUnusable(f"{path} leads out of the clone")
    where.unlink(missing_ok=True)
    for folder in where.parents:
        if folder == clone.folder:
            return
        with suppress(OSError):
            folder.rmdir()


def _is_inside(clone: Clone, where: Path) -> bool:
    return Path(os.path.realpath(where.parent)).is_relative_to(clone.folder)
