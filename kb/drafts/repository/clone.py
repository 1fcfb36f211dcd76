"""The clone that Otvet commits to: where it is, its branch, its references and its locks.

Changes lie at `refs/otvet/changes/<change id>`: no branch of the remote, nothing in the work tree.
All writers of references hold one lock for the moment of writing, and name what they replace; so a
lock file of git's under `refs/otvet` belongs to nobody alive and is removed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.config import Config
from kb.drafts.model import ChangeId, CloneBusy, CloneUnusable, NoRoom, Revision
from kb.drafts.repository.git import LOCAL_S, Git, GitFailed

CHANGES = "refs/otvet/changes/"
DISCARDED = "refs/otvet/discarded/"
CHECKED_OUT = "refs/otvet/checked-out"
"""The commit that the work tree was brought to last."""
NOTHING = ""
STALE_LOCK_S = 5.0
"""Age at which a lock of git's on references outside `refs/otvet` is nobody's any more: git holds
them for milliseconds."""
_REVISION = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PATIENCE_STEP_S = 0.02
_PASSING = "passing-"
LEAST_FREE_BYTES = 16_000_000
"""Room for a step: its text and pictures, an index of all files, and what a merge writes."""
LEFT_BEHIND_S = 24 * 3600.0


@dataclass(frozen=True)
class Clone:
    """One clone; cheap to make, runs git when asked."""

    folder: Path
    prefix: str
    """Folder of the articles in it, with a slash behind, or "" for the whole."""
    languages: tuple[str, ...]
    committer: str
    """Address in the committer's line of every commit."""

    @cached_property
    def git(self) -> Git:
        """Raises CloneUnusable."""
        if self.prefix.startswith("../"):
            raise CloneUnusable("KB_ARTICLES_DIR must lie in KB_CONTENT_REPOSITORY")
        return Git(require_own(self.folder))

    @property
    def own_dir(self) -> Path:
        """Locks, passing files and what the last push gave; inside `.git`."""
        return self.folder / ".git" / "otvet"

    @contextmanager
    def passing_folder(self) -> Iterator[Path]:
        """A folder for files of one step; a killed one's is swept later."""
        with self._told(), TemporaryDirectory(dir=self._made(), prefix=_PASSING) as folder:
            yield Path(folder)

    def sweep(self, *, least_age_s: float = LEFT_BEHIND_S) -> None:
        """Remove folders that killed steps have left behind."""
        for folder in self.own_dir.glob(f"{_PASSING}*"):
            with suppress(OSError):
                if time.time() - folder.stat().st_mtime >= least_age_s:
                    shutil.rmtree(folder)

    def branch(self) -> str:
        """Full name of the branch that is published. Raises CloneUnusable."""
        try:
            return self.git.text("symbolic-ref", "--quiet", "HEAD")
        except GitFailed:
            raise CloneUnusable("the clone is on no branch; check one out") from None

    def published(self) -> Revision:
        """The newest commit of that branch. Raises CloneUnusable."""
        found = self.find(self.branch())
        if not found:
            raise CloneUnusable("the clone holds no commit yet")
        return found

    def find(self, name: str) -> Revision:
        """The commit that a reference or revision names, "" for none."""
        try:
            return self.git.text("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except GitFailed:
            return NOTHING

    def change_tip(self, change_id: ChangeId) -> Revision:
        return self.find(CHANGES + change_id)

    def is_known(self, revision: str) -> bool:
        """Tell whether `revision` is a commit of the published branch or of a change, given up or
        not; all else in the clone is nobody's business."""
        if not _REVISION.fullmatch(revision) or self.find(revision) != revision:
            return False
        names = (self.branch(), "refs/otvet")
        found = self.git.text("for-each-ref", "--count=1", f"--contains={revision}", *names)
        return bool(found)

    def is_ancestor(self, older: Revision, newer: Revision) -> bool:
        try:
            self.git.run("merge-base", "--is-ancestor", older, newer)
        except GitFailed as error:
            if error.code != 1:
                raise
            return False
        return True

    def merge_base(self, one: Revision, other: Revision) -> Revision:
        """The nearest common ancestor, "" for none."""
        try:
            return self.git.text("merge-base", one, other)
        except GitFailed:
            return NOTHING

    def update(self, changes: Mapping[str, tuple[Revision, Revision]], *, message: str) -> bool:
        """Set references, each given as (from, to), "" for none; all or none.

        False when one was not at its `from`: whoever asked looks again.
        """
        commands = b"".join(
            b"update %s\0%s\0%s\0" % (name.encode(), _or_zero(new, old), _or_zero(old, new))
            for name, (old, new) in changes.items()
        )
        with self.turn("references") as hold:
            ends_at = time.monotonic() + 2 * STALE_LOCK_S
            while True:
                locked = self._locked(changes)
                if any(self.find(name) != old for name, (old, _) in changes.items()):
                    return False
                try:
                    self.git.run(
                        "update-ref", "-m", message, "-z", "--stdin", given=commands, hold=hold
                    )
                except GitFailed:
                    if not locked or time.monotonic() >= ends_at:
                        raise
                    time.sleep(_PATIENCE_STEP_S)
                else:
                    return True

    @contextmanager
    def turn(self, name: str, *, patience_s: float = LOCAL_S) -> Iterator[Sequence[int]]:
        """Hold a lock among processes and threads, as descriptors that git is to hold along.

        Raises CloneBusy when the turn does not come within `patience_s`.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        with self._told():
            handle = os.open(self._made() / f"{name}.lock", flags, 0o600)
            try:
                _lock(handle, patience_s)
                yield (handle,)
            finally:
                os.close(handle)

    def require_room(self) -> None:
        """Raise NoRoom while the disk is so full that a step might stop half-way."""
        free = shutil.disk_usage(self.folder).free
        if free < LEAST_FREE_BYTES:
            raise NoRoom(f"the disk of the clone has {free:,} bytes of room left")

    def _made(self) -> Path:
        self.own_dir.mkdir(exist_ok=True)
        return self.own_dir

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Files that cannot be written are told as what is wrong with the clone."""
        try:
            yield
        except OSError as error:
            kind = NoRoom if error.errno in (errno.ENOSPC, errno.EDQUOT) else CloneUnusable
            raise kind(f"{self.folder} cannot be written: {error.strerror}") from error

    def _locked(self, names: Mapping[str, object]) -> bool:
        """Remove locks that a killed git has left, while the turn is ours; True where one stays,
        which may be somebody's who works in the clone."""
        stays = False
        for name in (*names, "HEAD", "packed-refs"):
            lock = self.git.git_dir / f"{name}.lock"
            remove_stale(lock, 0.0 if name.startswith("refs/otvet/") else STALE_LOCK_S)
            stays = stays or lock.exists()
        return stays


def open_clone(config: Config) -> Clone | None:
    """The clone of KB_CONTENT_REPOSITORY, None where the setting is empty. Runs nothing."""
    if not config.content_repository:
        return None
    folder = Path(os.path.realpath(config.content_repository))
    below = os.path.relpath(os.path.realpath(config.articles_dir), folder)
    prefix = "" if below == "." else f"{Path(below).as_posix()}/"
    address = config.mail_from or config.contact_email or "otvet@localhost"
    return Clone(folder, prefix, config.languages, address)


def require_own(folder: Path) -> Path:
    """Raise CloneUnusable unless `folder` is the top of a clone that only its user can change:
    the settings in it may run programs."""
    if not (folder / ".git").is_dir():
        raise CloneUnusable(f"{folder} is no clone: there is no folder {folder / '.git'}")
    for path in (folder, folder / ".git", folder / ".git" / "config"):
        try:
            status = path.stat()
        except OSError as error:
            raise CloneUnusable(f"{path} cannot be read: {error.strerror}") from error
        if status.st_uid != os.getuid():
            raise CloneUnusable(f"{path} belongs to another user than the one Otvet runs as")
        if status.st_mode & 0o002:
            raise CloneUnusable(f"{path} can be written by everybody; run `chmod o-w {path}`")
    return folder


def remove_stale(lock: Path, least_age_s: float) -> None:
    """Remove a lock file of git's that is at least so old."""
    try:
        if time.time() - lock.stat().st_mtime >= least_age_s:
            lock.unlink()
    except FileNotFoundError:
        return


def _or_zero(revision: Revision, other: Revision) -> bytes:
    """Git writes "no commit" as zeros, as many as the other has digits."""
    return (revision or "0" * len(other)).encode()


def _lock(handle: int, patience_s: float) -> None:
    ends_at = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            if time.monotonic() >= ends_at:
                raise CloneBusy("another step in the clone takes long; try again") from None
            time.sleep(_PATIENCE_STEP_S)
        else:
            return
