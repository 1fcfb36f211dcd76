"""State of building what is published: noted by who builds, read by the editor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, get_args

from kb.content.files.whole_file import write_whole
from kb.drafts.model import Revision
from kb.drafts.repository.clone import Clone

BuildState = Literal["due", "built", "failed"]
_KEPT = "built.json"


@dataclass(frozen=True)
class LastBuild:
    """The last build that was begun: of which commit, and whether readers have it by now."""

    revision: Revision
    state: BuildState


def note_build(clone: Clone, revision: Revision, state: BuildState) -> None:
    """Keep what became of a build of the work tree at `revision`. Raises OSError."""
    clone.own_dir.mkdir(exist_ok=True)
    kept = json.dumps({"revision": revision, "state": state})
    write_whole(clone.own_dir / _KEPT, kept.encode("ascii"))


def forget_builds(clone: Clone) -> None:
    """Let nothing be said of builds any more."""
    (clone.own_dir / _KEPT).unlink(missing_ok=True)


def build_state(clone: Clone) -> BuildState | None:
    """True when readers have what is published, None where nobody here builds after publications.

    Raises CloneUnusable.
    """
    last = _last(clone)
    if last is None:
        return None
    return last.state if last.revision == clone.published() else "due"


def _last(clone: Clone) -> LastBuild | None:
    try:
        kept = json.loads((clone.own_dir / _KEPT).read_bytes())
        found = LastBuild(str(kept["revision"]), kept["state"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found.state in get_args(BuildState) else None
