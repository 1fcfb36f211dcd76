"""Companions that end again and again: started anew, soon enough for what they are for."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from kb.config import Config
from kb.server import supervisor
from kb.server.supervisor import LASTING_S, _Companion


class Machine:
    """A clock, and processes that have ended as soon as they were started until they last."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.started: list[float] = []
        self.lasts_until = 0.0

    def start(self, *_: Any, **__: Any) -> Any:
        self.started.append(self.now)
        return SimpleNamespace(pid=1, poll=lambda: None if self.now < self.lasts_until else 1)

    def run(self, companion: _Companion, *, seconds: float) -> None:
        ends_at = self.now + seconds
        while self.now < ends_at:
            companion.keep_running()
            self.now += 1.0


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(supervisor, "time", SimpleNamespace(monotonic=lambda: made.now))
    monkeypatch.setattr(supervisor, "subprocess", SimpleNamespace(Popen=made.start))
    return made


@pytest.mark.parametrize(("command", "longest_s"), [("worker", 2), ("watch", 60)])
def test_pauses_grow_to_a_bound(machine: Machine, command: str, longest_s: int) -> None:
    machine.run(_Companion(command), seconds=500)
    pauses = [later - earlier for earlier, later in pairwise(machine.started)]
    assert pauses[:2] == [1.0, 2.0]
    assert max(pauses) == pauses[-1] == longest_s


def test_after_one_has_lasted_pauses_are_short_again(machine: Machine) -> None:
    companion = _Companion("worker")
    machine.run(companion, seconds=30)
    machine.lasts_until = ended_at = machine.now + LASTING_S
    machine.run(companion, seconds=LASTING_S + 4)
    assert [one - ended_at for one in machine.started if one >= ended_at] == [0.0, 1.0, 3.0]


@pytest.mark.parametrize(
    ("watch", "dev", "clone", "arguments"),
    [
        (False, False, "", None),
        (False, False, "/srv/content", ("--published",)),
        (True, False, "/srv/content", ()),
        (False, True, "/srv/content", ("--check",)),
    ],
)
def test_what_is_published_in_the_editor_is_built_by_default(
    watch: bool, dev: bool, clone: str, arguments: tuple[str, ...] | None
) -> None:
    config = Config(content_repository=clone)
    assert supervisor._arguments_of_watch(config, watch=watch, dev=dev) == arguments
