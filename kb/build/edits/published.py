"""Builds of what is published in the editor, beside the servers, without anybody at a shell.

Each build is a process of its own: the encoder's memory is given back when it ends. Between them
what others have pushed is pulled, and what could not be pushed is sent again.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import structlog

from kb.build.edits.follow import follow, stopped_by_signal
from kb.config import Config
from kb.drafts import publication
from kb.drafts.built import BuildState, note_build
from kb.drafts.model import Author, DraftError
from kb.drafts.repository.clone import Clone
from kb.drafts.repository.git import GitFailed

log = structlog.get_logger(__name__)

ROUND_S = 300.0
"""Between two looks at the remote; a build that failed is tried again as often."""
EXIT_BUSY = 75  # as of commands: see `kb.cli.exits`
_STEP_S = 0.2
_COMMAND = (sys.executable, "-m", "kb", "build")


@dataclass
class Publisher:
    """Builds, pulls and pushes for one clone, in one thread."""

    clone: Clone
    stopped: threading.Event
    command: tuple[str, ...] = _COMMAND
    _round_at: float = field(default=float("-inf"))
    _has_failed: bool = False

    def tick(self) -> None:
        """Exchange commits with the remote and build anew what failed, every ROUND_S."""
        if time.monotonic() - self._round_at < ROUND_S:
            return
        self._round_at = time.monotonic()
        try:
            self._exchange()
        except (DraftError, GitFailed, OSError) as error:
            log.warning("content_not_exchanged", reason=str(error))
        if self._has_failed:
            self.build()

    def build(self) -> bool:
        """Build what the work tree holds; False when another build runs, so that this one waits."""
        try:
            revision = self.clone.published()
            code = self._run()
            if code == EXIT_BUSY or self.stopped.is_set():
                return False
            self._has_failed = code != 0
            state: BuildState = "failed" if self._has_failed else "built"
            note_build(self.clone, revision, state)
        except (DraftError, GitFailed, OSError) as error:
            self._has_failed = True
            log.error("build_failed", reason=str(error))
        return True

    def _run(self) -> int:
        process = subprocess.Popen(self.command)
        while process.poll() is None:
            if self.stopped.wait(_STEP_S):
                process.terminate()
                process.wait()
        return process.returncode

    def _exchange(self) -> None:
        site = Author("Otvet", self.clone.committer, "lead")
        if fault := publication.pull(self.clone, author=site):
            log.warning("content_not_pulled", reason=fault)
        elif publication.push_status(self.clone).waiting:
            publication.push(self.clone, author=site)


def follow_published(config: Config, clone: Clone) -> None:
    """Build at once and whenever something is published, until SIGTERM or SIGINT."""
    stopped = stopped_by_signal()
    publisher = Publisher(clone, stopped)
    follow(config.articles_dir, publisher.build, tick=publisher.tick, stopped=stopped)
