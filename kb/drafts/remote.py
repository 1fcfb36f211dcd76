"""The remote of the clone: fetched before a publication, pushed to after it.

What the remote refuses stays in the clone and is sent again with the next push. What others have
pushed meanwhile is merged; where it contradicts what was published here, the remote's words count
and ours become a change again. A remote whose history was rewritten is left alone: pushing would
bring back what somebody has removed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kb.content.files.article_file import Place, place_of
from kb.content.files.whole_file import write_whole
from kb.drafts.file_merge import merged_files
from kb.drafts.model import (
    Author,
    ChangeId,
    CloneBusy,
    Conflict,
    DraftError,
    PushOutcome,
    PushState,
    RemoteRewritten,
    Revision,
    Unmergeable,
)
from kb.drafts.repository import checkout, trees
from kb.drafts.repository.clone import CHANGES, DISCARDED, STALE_LOCK_S, Clone, remove_stale
from kb.drafts.repository.git import MAX_DETAIL_CHARS, NETWORK_S, GitFailed
from kb.drafts.texts.messages import StepMessage

ACCEPTED = "refs/otvet/remote"
"""The newest commit of the remote that was taken over."""
PROBE_S = 10.0
MOST_ROUNDS = 3
"""Pulls and pushes in turn while others push at the same time."""
_KEPT = "push.json"


@dataclass(frozen=True)
class Remote:
    """Source and aim of the published branch."""

    name: str
    branch: str
    """Full name over there."""
    tracking: str
    """Our reference for it."""


def remote_of(clone: Clone) -> Remote | None:
    """The remote that the branch follows, else `origin`; None without any."""
    branch = clone.branch()
    short = branch.removeprefix("refs/heads/")
    name = _setting(clone, f"branch.{short}.remote")
    names = clone.git.text("remote").split()
    name = name if name in names else "origin"
    if name not in names:
        return None
    there = _setting(clone, f"branch.{short}.merge") or branch
    tracking = f"refs/remotes/{name}/{there.removeprefix('refs/heads/')}"
    return Remote(name, there, tracking)


def fetch(clone: Clone, remote: Remote, hold: Sequence[int]) -> Revision:
    """The remote's newest commit, "" while its branch does not exist. Raises GitFailed."""
    remove_stale(clone.git.git_dir / f"{remote.tracking}.lock", STALE_LOCK_S)
    try:
        clone.git.run(
            "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head",
            "--", remote.name, f"+{remote.branch}:{remote.tracking}",
            limit_s=NETWORK_S, hold=hold,
        )  # fmt: skip
    except GitFailed as error:
        if "couldn't find remote ref" in error.detail:
            return ""
        raise
    return clone.find(remote.tracking)


def pull(clone: Clone, hold: Sequence[int], *, author: Author) -> tuple[ChangeId, ...]:
    """Take over what the remote has, in the turn of publication.

    Returns changes that were published here and that the remote contradicts. Raises GitFailed for
    a remote that cannot be read, DraftError for one that cannot be joined.
    """
    remote = remote_of(clone)
    newest = fetch(clone, remote, hold) if remote else ""
    if not newest:
        return ()
    _require_same_history(clone, newest)
    reopened = _join(clone, newest, author)
    clone.update({ACCEPTED: (clone.find(ACCEPTED), newest)}, message="Pull")
    checkout.bring(clone, hold)
    return reopened


def push(clone: Clone, hold: Sequence[int], *, author: Author) -> PushOutcome:
    """Send what is published, pulling again while others push; in the turn of publication."""
    remote = remote_of(clone)
    if remote is None:
        return _kept(clone, "no_remote", "")
    for _ in range(MOST_ROUNDS):
        now = clone.published()
        try:
            _send(clone, remote, now, hold)
        except GitFailed as error:
            if not _is_behind(error):
                return _kept(clone, _state_of(error), error.detail)
        else:
            clone.update({ACCEPTED: (clone.find(ACCEPTED), now)}, message="Push")
            return _kept(clone, "pushed", "")
        try:
            pull(clone, hold, author=author)
        except (GitFailed, DraftError) as error:
            return _kept(clone, "refused", getattr(error, "detail", str(error)))
    return _kept(clone, "refused", "others push all the time")


def status(clone: Clone) -> PushOutcome:
    """Result of the last push, and how much waits. Raises CloneUnusable."""
    remote = remote_of(clone)
    if remote is None:
        return PushOutcome("no_remote", "", None, 0)
    kept = _read_kept(clone)
    waiting = _waiting(clone, remote)
    at = datetime.fromisoformat(kept["at"]) if kept.get("at") else None
    if not waiting:
        return PushOutcome("pushed", "", at, 0)
    return PushOutcome(kept.get("state", "pushed"), kept.get("detail", ""), at, waiting)


def probe(clone: Clone) -> str:
    """Try whether the remote would take what is published, and leave nothing there; its name.

    "" without a remote. Raises GitFailed.
    """
    remote = remote_of(clone)
    if remote is None:
        return ""
    aim = f"{clone.published()}:{remote.branch}"
    try:
        clone.git.run("push", "--dry-run", "--", remote.name, aim, limit_s=PROBE_S)
    except GitFailed as error:
        if not _is_behind(error):  # others have pushed: the next publication pulls that first
            raise
    return remote.name


def failed(clone: Clone, error: GitFailed | DraftError) -> PushOutcome:
    """Keep why nothing was sent: the remote could not be asked, or could not be joined."""
    if isinstance(error, GitFailed):
        return _kept(clone, "unreachable", error.detail)
    return _kept(clone, "refused", str(error))


def _send(clone: Clone, remote: Remote, revision: Revision, hold: Sequence[int]) -> None:
    clone.git.run(
        "push", "--no-follow-tags", "--no-recurse-submodules", "--no-signed", "--",
        remote.name, f"{revision}:{remote.branch}",
        limit_s=NETWORK_S, hold=hold,
    )  # fmt: skip


def _require_same_history(clone: Clone, newest: Revision) -> None:
    accepted = clone.find(ACCEPTED)
    if not accepted or clone.is_ancestor(accepted, newest):
        return
    if not clone.is_ancestor(clone.published(), newest):
        raise RemoteRewritten(
            "the history of the remote was rewritten; look at both in the clone and take one over"
            " by `git reset --hard` there"
        )


def _join(clone: Clone, newest: Revision, author: Author) -> tuple[ChangeId, ...]:
    """Move the branch to what holds both. Raises DraftError, CloneBusy."""
    for _ in range(MOST_ROUNDS):
        ours = clone.published()
        if clone.is_ancestor(newest, ours):
            return ()
        conflicts: tuple[Conflict, ...] = ()
        base, made = "", newest
        if not clone.is_ancestor(ours, newest):
            base = clone.merge_base(ours, newest)
            if not base:
                raise RemoteRewritten("the remote has nothing in common with the clone")
            files = merged_files(clone, base=base, change=ours, published=newest)
            conflicts = files.conflicts
            tree = trees.edited(clone, newest, files.edits)
            message = "Join what was published elsewhere\n"
            made = trees.commit(clone, tree, [ours, newest], author=author, message=message)
        checkout.require_unedited(clone, ours, made)
        moves = {clone.branch(): (ours, made)}
        for conflict in conflicts:
            moves |= _reopening(clone, conflict, base, author)
        if clone.update(moves, message="Pull"):
            return tuple(conflict.path.removesuffix(".md") for conflict in conflicts)
    raise CloneBusy("the clone is being worked in; try again")


def _reopening(
    clone: Clone, conflict: Conflict, base: Revision, author: Author
) -> dict[str, tuple[Revision, Revision]]:
    """References that make a change of what was published here: begun where the two histories
    part, so that the next merge compares it with the remote's words."""
    change_id = conflict.path.removesuffix(".md")
    if not isinstance(place_of(conflict.path, clone.languages), Place):
        raise Unmergeable(f"{conflict.path} was changed here and at the remote; join it by hand")
    path = clone.prefix + conflict.path
    tip = clone.change_tip(change_id)
    text = trees.text_at(clone, tip, path) if tip else conflict.yours
    edits = {path: trees.write_blob(clone, text.encode("utf-8")) if text else None}
    step = StepMessage(f"Settle {conflict.path}", path=conflict.path, is_retired=not text)
    tree = trees.edited(clone, base, edits)
    made = trees.commit(clone, tree, [base], author=author, message=step.written())
    moves = {CHANGES + change_id: (tip, made)}
    aside = f"{DISCARDED}{change_id}/{tip}"
    return moves | ({aside: ("", tip)} if tip and not clone.find(aside) else {})


def _waiting(clone: Clone, remote: Remote) -> int:
    """Publications that the remote lacks: steps of the branch, but for those that joined it."""
    known = clone.find(remote.tracking)
    without = [f"^{known}"] if known else []
    steps = clone.git.text("rev-list", "--first-parent", "--parents", clone.published(), *without)
    others = [line.split()[2:] for line in steps.splitlines()]
    joins = sum(bool(known and one and clone.is_ancestor(one[0], known)) for one in others)
    return len(others) - joins


def _kept(clone: Clone, state: PushState, detail: str) -> PushOutcome:
    at = datetime.now(UTC)
    kept = {"state": state, "detail": detail[:MAX_DETAIL_CHARS], "at": at.isoformat()}
    with suppress(OSError):  # of a full disk; what waits is counted anew all the same
        write_whole(clone.own_dir / _KEPT, json.dumps(kept).encode("utf-8"))
    remote = remote_of(clone)
    return PushOutcome(state, kept["detail"], at, _waiting(clone, remote) if remote else 0)


def _read_kept(clone: Clone) -> dict[str, Any]:
    try:
        read = json.loads((clone.own_dir / _KEPT).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _is_behind(error: GitFailed) -> bool:
    """True when the remote has commits that we have not."""
    return any(mark in error.detail for mark in ("(fetch first)", "(non-fast-forward)"))


def _state_of(error: GitFailed) -> PushState:
    return "refused" if "rejected]" in error.detail else "unreachable"


def _setting(clone: Clone, name: str) -> str:
    try:
        return clone.git.text("config", "--get", name)
    except GitFailed:
        return ""
