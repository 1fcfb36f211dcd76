"""Builds after publications: noted for the editor, tried again, with the remote in between."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from kb.build.edits import published
from kb.build.edits.published import EXIT_BUSY, Publisher
from kb.drafts.built import build_state, note_build
from tests.support.repositories import ARTICLE, REFUND, Workplace, workplace
from tests.support.repositories.published import PATH, on_disk
from tests.support.repositories.published import published as publish


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return workplace(tmp_path)


def ending(place: Workplace, code: int) -> Publisher:
    """A publisher whose builds end with `code`."""
    command = (sys.executable, "-c", f"raise SystemExit({code})")
    return Publisher(place.clone, threading.Event(), command)


def test_a_build_is_noted_until_something_else_is_published(place: Workplace) -> None:
    assert build_state(place.clone) is None
    assert ending(place, 0).build()
    assert build_state(place.clone) == "built"
    publish(place, REFUND.replace("First", "1st"))
    assert build_state(place.clone) == "due"


def test_a_build_that_fails_is_told_and_tried_again_with_the_next_round(place: Workplace) -> None:
    publisher = ending(place, 1)
    assert publisher.build()
    assert build_state(place.clone) == "failed"
    publisher.command = ending(place, 0).command
    publisher.tick()
    assert build_state(place.clone) == "built"


def test_another_build_is_waited_for(place: Workplace) -> None:
    assert not ending(place, EXIT_BUSY).build()
    assert build_state(place.clone) is None


def test_a_build_ends_with_its_publisher(place: Workplace) -> None:
    publisher = Publisher(
        place.clone, threading.Event(), (sys.executable, "-c", "import time; time.sleep(600)")
    )
    threading.Timer(0, publisher.stopped.set).start()
    assert not publisher.build()


def test_what_others_pushed_comes_and_what_waits_goes_by_itself(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "ROUND_S", 0.0)
    hook = place.refuse_pushes()
    assert publish(place, REFUND.replace("First", "1st")).push.waiting
    publisher = ending(place, 0)
    publisher.tick()
    hook.unlink()
    place.push_elsewhere("articles/en/guides/returns/exchange.md", None)
    publisher.tick()
    assert "1st" in place.remote_text(PATH)
    assert not (place.clone.folder / "articles/en/guides/returns/exchange.md").exists()
    assert "1st" in on_disk(place, ARTICLE)


def test_a_remote_that_is_gone_stops_no_build(place: Workplace) -> None:
    place.remote.rename(place.remote.with_suffix(".gone"))
    publisher = ending(place, 0)
    publisher.tick()
    assert publisher.build()


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"revision": 1}', '{"revision":"","state":"x"}'])
def test_a_note_that_cannot_be_read_says_nothing(place: Workplace, kept: str) -> None:
    note_build(place.clone, "", "built")
    (place.clone.own_dir / "built.json").write_text(kept)
    assert build_state(place.clone) is None
