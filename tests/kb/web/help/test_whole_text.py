"""The text of all articles: made once, kept in files, or in memory while the disk is full."""

from __future__ import annotations

import errno
import gzip
from pathlib import Path

import pytest

from kb.web.help import whole_text
from kb.web.help.whole_text import MOST_KEPT, RETRY_S, MadeText, WholeText


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Maker:
    """Makes another text each time."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        return f"text {self.made}"


def contents(found: MadeText) -> tuple[bytes, bytes]:
    plain, gzipped = (
        one if isinstance(one, bytes) else one.read_bytes() for one in (found.plain, found.gzipped)
    )
    return plain, gzip.decompress(gzipped)


def full_disk(path: Path, content: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_text_is_made_once_for_a_generation_by_all_processes(tmp_path: Path) -> None:
    make = Maker()
    processes = [WholeText() for _ in range(3)]
    for _ in range(2):
        for one in processes:
            found = one.get(tmp_path / "texts", ("one",), make)
            assert isinstance(found.plain, Path)
            assert contents(found) == (b"text 1", b"text 1")
    assert contents(processes[0].get(tmp_path / "texts", ("two",), make)) == (b"text 2", b"text 2")
    assert make.made == 2


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    whole, make = WholeText(), Maker()
    for number in range(MOST_KEPT + 3):
        last = whole.get(tmp_path, (str(number),), make)
    assert len(list(tmp_path.iterdir())) == 2 * MOST_KEPT
    assert contents(last) == (f"text {MOST_KEPT + 3}".encode(),) * 2


def test_half_of_a_text_is_made_anew(tmp_path: Path) -> None:
    whole, make = WholeText(), Maker()
    found = whole.get(tmp_path, ("one",), make)
    assert isinstance(found.gzipped, Path)
    found.gzipped.unlink()
    assert contents(whole.get(tmp_path, ("one",), make)) == (b"text 2", b"text 2")


def test_a_full_disk_loses_nothing_and_mends_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, make = Clock(), Maker()
    whole = WholeText(clock=clock)
    with monkeypatch.context() as full:
        full.setattr(whole_text, "write_whole", full_disk)
        for _ in range(3):
            found = whole.get(tmp_path, ("one",), make)
            assert isinstance(found.plain, bytes)
            assert contents(found) == (b"text 1", b"text 1")
        assert contents(whole.get(tmp_path, ("two",), make)) == (b"text 2", b"text 2")
    assert isinstance(whole.get(tmp_path, ("two",), make).plain, bytes)
    clock.now += RETRY_S
    found = whole.get(tmp_path, ("two",), make)
    assert isinstance(found.plain, Path)
    assert contents(found) == (b"text 2", b"text 2")
    assert make.made == 2


def test_no_half_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    assert contents(WholeText().get(tmp_path, ("one",), Maker())) == (b"text 1", b"text 1")
    assert list(tmp_path.iterdir()) == []
