"""Builds after every edit of the articles, for `kb serve --watch`.

Stays in one process, so that the encoder, unchanged files and rendered pages are at hand and an
edit is served within two seconds. For `kb serve --dev` it also checks all articles after each
build, from a thread of its own: a build never waits for that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from kb.build import build
from kb.build.edits.follow import follow, stopped_by_signal
from kb.build.examination import examine
from kb.catalog import check_report
from kb.config import Config
from kb.drafts.built import forget_builds
from kb.drafts.repository.clone import open_clone
from search.errors import BuildInProgress, EncoderUnavailable

log = structlog.get_logger(__name__)


class Examiner:
    """Checks all articles in a thread when asked to, at most one time more than at once."""

    def __init__(self, examine_all: Callable[[], None]) -> None:
        self._examine = examine_all
        self._wanted = threading.Event()
        threading.Thread(target=self._run, name="examiner", daemon=True).start()

    def ask(self) -> None:
        """Check soon; what changes while a check runs is checked after it."""
        self._wanted.set()

    def _run(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            try:
                self._examine()
            except Exception:  # authors would be shown old problems for ever
                log.exception("check_failed")


def watch(config: Config, *, is_checking: bool = False) -> None:
    """Build whenever something under the articles changes, until SIGTERM or SIGINT."""
    stopped = stopped_by_signal()
    if clone := open_clone(config):
        forget_builds(clone)  # they are not noted here
    memory = build.Memory()
    examiner = Examiner(lambda: _examine(config)) if is_checking else None

    def build_and_check() -> bool:
        is_done = _build(config, memory)
        if examiner:
            examiner.ask()
        return is_done

    build_and_check()
    # Loads what later builds need, so that the first edit is as quick as the others. Beside the
    # loop: an edit made meanwhile must not be missed.
    threading.Thread(target=build.warm_up, args=(config, memory), daemon=True).start()
    follow(config.articles_dir, build_and_check, tick=lambda: None, stopped=stopped)


def _examine(config: Config) -> None:
    check_report.save(examine(config), config.data_dir / check_report.FOLDER)


def _build(config: Config, memory: build.Memory) -> bool:
    """Build once; False when it has to be tried again."""
    try:
        report = build.build(config, memory=memory)
    except BuildInProgress as error:
        log.info("build_waits", reason=str(error))
        return False
    except (OSError, EncoderUnavailable) as error:
        log.error("build_failed", reason=str(error))
        return False
    for problem in report.problems:
        log.warning("article_problem", problem=str(problem))
    if report.build.is_new:
        log.info("built", generation=report.build.name, articles=report.build.documents)
    return True
