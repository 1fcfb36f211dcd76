"""Check of the clone that the editor commits to: git, branch, work tree and remote."""

from __future__ import annotations

from collections.abc import Iterator

from kb.cli.doctor.model import Finding, bad
from kb.config import Config
from kb.drafts import remote
from kb.drafts.model import CloneUnusable
from kb.drafts.repository import checkout
from kb.drafts.repository.clone import Clone, open_clone
from kb.drafts.repository.git import GitFailed
from kb.texts import counted

SUBJECT = "content"
_MOST_NAMED = 3


def check_clone(config: Config) -> Iterator[Finding]:
    """Tell whether people could save and publish; reaches the remote, and changes nothing."""
    clone = open_clone(config)
    if clone is None:
        yield Finding(SUBJECT, "no editor, as KB_CONTENT_REPOSITORY is not set")
        return
    try:
        branch = clone.branch().removeprefix("refs/heads/")
        clone.published()
        yield Finding(SUBJECT, f"{clone.folder} publishes {branch}")
        yield from _work_tree(clone)
        yield from _remote(clone)
    except CloneUnusable as error:
        yield bad(SUBJECT, str(error), "set up a clone as docs/editor.md tells")


def _work_tree(clone: Clone) -> Iterator[Finding]:
    edited = checkout.edited_by_hand(clone)
    if edited:
        more = f" and {len(edited) - _MOST_NAMED} more" if len(edited) > _MOST_NAMED else ""
        named = ", ".join(edited[:_MOST_NAMED])
        yield Finding(
            SUBJECT,
            f"edited by hand: {named}{more}",
            f"commit or undo that in {clone.folder}; these files cannot be published until then",
        )


def _remote(clone: Clone) -> Iterator[Finding]:
    try:
        name = remote.probe(clone)
    except GitFailed as error:
        reason = error.detail.replace("\n", "; ")
        remedy = "see docs/editor.md on keys; what is published waits in the clone meanwhile"
        yield bad(SUBJECT, f"the remote takes nothing: {reason}", remedy)
        return
    if not name:
        yield Finding(
            SUBJECT, "no remote", "add one by `git remote add origin`, or keep a copy yourself"
        )
    elif waiting := remote.status(clone).waiting:
        remedy = "push from the editor; the next publication sends them, too"
        yield Finding(SUBJECT, f"{name} lacks {counted(waiting, 'publication')} made here", remedy)
    else:
        yield Finding(SUBJECT, f"{name} takes what is published")
