"""Checking beside builds: what changes while a check runs is checked again after it."""

from __future__ import annotations

import threading

from kb.build.edits.watch import Examiner
from tests.support.patience import PATIENCE_S


def test_a_change_during_a_check_is_checked_after_it() -> None:
    began, go_on = threading.Semaphore(0), threading.Semaphore(0)

    def examine() -> None:
        began.release()
        assert go_on.acquire(timeout=PATIENCE_S)

    examiner = Examiner(examine)
    examiner.ask()
    assert began.acquire(timeout=PATIENCE_S)
    for _ in range(3):
        examiner.ask()
    go_on.release()
    assert began.acquire(timeout=PATIENCE_S)
    go_on.release()
    assert not began.acquire(blocking=False)


def test_a_check_that_fails_is_not_the_last() -> None:
    done = threading.Semaphore(0)

    def examine() -> None:
        done.release()
        raise OSError("no room")

    examiner = Examiner(examine)
    for _ in range(2):
        examiner.ask()
        assert done.acquire(timeout=PATIENCE_S)
