"""The serving generation: swapped while readers search, refused when damaged, mended in place."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.torture.index.world import (
    PATIENT,
    Golden,
    ask,
    build_version,
    load_toy_encoder,
    opened,
    wait_until,
)
from kb.catalog import generation as live_module
from kb.catalog.generation import LiveGeneration
from search.errors import IndexMissing
from search.generation.files import ENCODER
from search.generation.manifest import MANIFEST
from search.generation.store import Store
from search.semantic.encoder import SETTINGS_FILE


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Golden:
    return Golden(tmp_path_factory.mktemp("golden"))


@contextmanager
def followed(root: Path) -> Iterator[LiveGeneration]:
    """A server's generation with its thread running."""
    live = LiveGeneration(Store(root / "index"), load_encoder=load_toy_encoder, limits=PATIENT)
    live.start()
    try:
        yield live
    finally:
        live.close()


def current(root: Path) -> Path:
    store = Store(root / "index")
    return store.path(store.current_name() or "")


def has_encoder(live: LiveGeneration) -> bool:
    return live.encoder_state().is_available


def test_without_an_index_the_command_is_named(tmp_path: Path) -> None:
    with opened(tmp_path) as live:
        assert live.get() is None
        with pytest.raises(IndexMissing, match="kb build"):
            live.require()


def test_first_build_is_served_without_restart(tmp_path: Path) -> None:
    with followed(tmp_path) as live:
        build_version(tmp_path, 1)
        assert wait_until(lambda: live.get() is not None, 5)


def test_new_generation_is_served_and_the_old_one_let_go(tmp_path: Path, golden: Golden) -> None:
    build_version(tmp_path, 1, at=1)
    with followed(tmp_path) as live:
        for version in (2, 3, 4):
            build_version(tmp_path, version, at=version)
            name = Store(tmp_path / "index").current_name()
            assert wait_until(lambda name=name: live.require().name == name, 5)  # type: ignore[misc]
        assert wait_until(lambda: has_encoder(live), 5)
        assert golden.verdict(ask(live.require()), 4) == "golden"
        build_version(tmp_path, 5, at=5)
        assert len(Store(tmp_path / "index").names()) == 2


def test_damaged_new_generation_is_not_served(tmp_path: Path, golden: Golden) -> None:
    build_version(tmp_path, 1, at=1)
    with opened(tmp_path) as live:
        build_version(tmp_path, 2, at=2)
        (current(tmp_path) / "passages.json.gz").write_bytes(b"[]")
        assert not live.refresh()
        assert golden.verdict(ask(live.require()), 1) == "golden"
        assert "passages.json.gz differs" in live.degraded_reasons()[0]


def test_server_starts_with_the_older_generation(tmp_path: Path, golden: Golden) -> None:
    build_version(tmp_path, 1, at=1)
    build_version(tmp_path, 2, at=2)
    damaged = current(tmp_path)
    (damaged / "passages.json.gz").unlink()
    with opened(tmp_path) as live:
        assert golden.verdict(ask(live.require()), 1) == "golden"
        assert damaged.name in live.degraded_reasons()[0]
        build_version(tmp_path, 2, at=3)
        assert live.refresh()
        assert live.degraded_reasons() == ()
        assert golden.verdict(ask(live.require()), 2) == "golden"


def test_refused_generation_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden
) -> None:
    build_version(tmp_path, 1, at=1)
    build_version(tmp_path, 2, at=2)
    path = current(tmp_path) / "passages.json.gz"
    sound = path.read_bytes()
    path.write_bytes(sound[:-1])
    with opened(tmp_path) as live:
        path.write_bytes(sound)
        assert not live.refresh()
        monkeypatch.setattr(live_module, "RETRY_S", 0.0)
        live._retry_at = 0.0
        assert live.refresh()
        assert golden.verdict(ask(live.require()), 2) == "golden"


def test_refused_generation_is_not_read_again_at_every_poll(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_version(tmp_path, 1)
    (current(tmp_path) / MANIFEST).write_bytes(b"")
    with opened(tmp_path) as live:
        monkeypatch.setattr(live, "_open", pytest.fail)
        for _ in range(5):
            assert not live.refresh()


def test_following_survives_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "POLL_S", 0.01)
    build_version(tmp_path, 1, at=1)
    with followed(tmp_path) as live:
        real = live._store.candidates
        failed: list[bool] = []

        def candidates() -> list[str]:
            if not failed:
                failed.append(True)
                raise OSError(24, "Too many open files")
            return real()

        monkeypatch.setattr(live._store, "candidates", candidates)
        monkeypatch.setattr(live_module, "RETRY_S", 0.0)
        name = build_version(tmp_path, 2, at=2).name
        assert wait_until(lambda: live.require().name == name, 5)
        assert failed


def damage_encoder(folder: Path, damage: str) -> None:
    """Files are replaced, not written to: other generations hold links to them."""
    path = folder / ("weights" if "weights" in damage else SETTINGS_FILE)
    content = path.read_bytes()
    path.unlink()
    if damage.startswith("truncated"):
        path.write_bytes(content[: int(len(content) * float(damage.split()[1]))])
    elif damage.startswith("other dimension"):
        path.write_text(json.dumps(json.loads(content) | {"dim": 32}), encoding="utf-8")
    elif damage.startswith("flipped"):
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])


ENCODER_DAMAGES = [
    *(f"truncated {share / 10} weights" for share in range(10)),
    *(f"truncated {share / 10} settings" for share in range(10)),
    "missing weights",
    "missing settings",
    "flipped weights",
    "flipped settings",
    "other dimension settings",
]


@pytest.fixture(scope="module")
def sound_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sound")
    build_version(root, 1)
    return root


@pytest.mark.parametrize("damage", ENCODER_DAMAGES)
def test_damaged_encoder_degrades_to_words_and_recovers_by_itself(
    tmp_path: Path, sound_index: Path, golden: Golden, damage: str
) -> None:
    shutil.copytree(sound_index / "index", tmp_path / "index", symlinks=True)
    folder = current(tmp_path) / ENCODER
    damage_encoder(folder, damage)
    with opened(tmp_path) as live:
        assert golden.verdict(ask(live.require()), 1) == "degraded"
        assert live.degraded_reasons()[0].startswith("encoder: ")
        shutil.copytree(current(sound_index) / ENCODER, folder, dirs_exist_ok=True)
        assert wait_until(lambda: has_encoder(live), 5)
        assert golden.verdict(ask(live.require()), 1) == "golden"
        assert live.degraded_reasons() == ()


def test_rebuild_mends_the_encoder_of_a_running_server(tmp_path: Path, golden: Golden) -> None:
    build_version(tmp_path, 1, at=1)
    damage_encoder(current(tmp_path) / ENCODER, "flipped weights")
    with opened(tmp_path) as live:
        assert not has_encoder(live)
        build_version(tmp_path, 1, at=2)
        assert live.refresh()
        assert wait_until(lambda: has_encoder(live), 5)
        assert golden.verdict(ask(live.require()), 1) == "golden"


def test_working_encoder_is_kept_over_a_swap(tmp_path: Path) -> None:
    loads: list[Path] = []

    def load(folder: Path) -> object:
        loads.append(folder)
        return load_toy_encoder(folder)

    build_version(tmp_path, 1, at=1)
    live = LiveGeneration(Store(tmp_path / "index"), load_encoder=load, limits=PATIENT)  # type: ignore[arg-type]
    live.refresh()
    assert wait_until(lambda: has_encoder(live), 5)
    build_version(tmp_path, 2, at=2)
    assert live.refresh()
    assert has_encoder(live)
    assert len(loads) == 1
    live.close()


def test_index_without_encoder_says_so(tmp_path: Path) -> None:
    build_version(tmp_path, 1, with_encoder=False)
    with opened(tmp_path) as live:
        assert live.degraded_reasons() == ("the index was built without an encoder",)


def test_damaged_segments_of_whoosh_do_not_concern_readers(tmp_path: Path, golden: Golden) -> None:
    build_version(tmp_path, 1, at=1)
    for path in (current(tmp_path) / "lexical" / "segments").iterdir():
        path.write_bytes(b"damaged")
    with opened(tmp_path) as live:
        assert golden.verdict(ask(live.require()), 1) == "golden"
    build_version(tmp_path, 2, at=2)
    with opened(tmp_path) as live:
        assert golden.verdict(ask(live.require()), 2) == "golden"


def test_copied_generation_serves_elsewhere(tmp_path: Path, golden: Golden) -> None:
    """Without a pointer, and after the place where it was made has gone."""
    here, there = tmp_path / "here", tmp_path / "there"
    name = build_version(here, 1).name
    shutil.copytree(current(here), there / "index" / "generations" / name)
    shutil.rmtree(here)
    with opened(there) as live:
        assert golden.verdict(ask(live.require()), 1) == "golden"


READ_ONLY = """
import os, sys
from pathlib import Path
from bench.torture.index.world import ask, opened

def look(root):
    with opened(Path(root)) as live:
        return f"{live.require().name} {len(ask(live.require()).hits)} {live.degraded_reasons()}"

look(sys.argv[1])  # imports what is imported late
if os.getuid() == 0:
    os.setuid(65534)
assert not os.access(sys.argv[1] + "/index", os.W_OK)
print(look(sys.argv[1]))
"""


def test_read_only_folder_serves() -> None:
    """Nothing is written while serving, not even a lock."""
    with tempfile.TemporaryDirectory() as folder:  # not below a folder that only we may enter
        root = Path(folder)
        name = build_version(root, 1).name
        change_modes(root, folders=0o555, files=0o444)
        command = [sys.executable, "-c", READ_ONLY, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        change_modes(root, folders=0o755, files=0o644)
    assert done.stdout.splitlines()[-1:] == [f"{name} 12 ()"], done.stderr


def change_modes(root: Path, *, folders: int, files: int) -> None:
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(folders if path.is_dir() else files)
