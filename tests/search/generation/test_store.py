"""Generations: atomic switch, verification, pruning, locks."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from search.errors import BuildInProgress, IndexCorrupt, IndexMissing, IndexOutdated
from search.generation.manifest import MANIFEST
from search.generation.open_generation import OpenGeneration
from search.generation.store import Store

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def publish(store: Store, content: str, *, digest: str | None = None) -> str:
    with store.lock(), store.draft() as draft:
        draft.write("data/file.txt", content.encode())
        manifest = store.publish(
            draft,
            fingerprints={"content": digest or f"{abs(hash(content)):012x}"[:12]},
            counts={},
            facts={},
            now=NOW,
        )
    return manifest.name


def test_published_generation_is_current_and_verified(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = publish(store, "one")
    assert store.current_name() == name
    generation = OpenGeneration(store.path(name))
    assert generation.path("data/file.txt").read_text() == "one"
    assert generation.manifest.files["data/file.txt"].bytes == 3


def test_no_generation_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="kb build"):
        Store(tmp_path).candidates()


def test_abandoned_draft_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = publish(store, "one")
    with store.lock(), store.draft() as draft:
        draft.write("data/file.txt", b"two")
    assert store.current_name() == name
    assert store.names() == [name]
    assert [p.name for p in (tmp_path / "generations").iterdir()] == [name]


def test_orphans_of_killed_builds_are_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = publish(store, "one")
    orphan = tmp_path / "generations" / ".draft-99999"
    orphan.mkdir()
    (orphan / "half").write_bytes(b"x")
    other = publish(store, "two")
    assert not orphan.exists()
    assert store.names() == sorted([name, other], reverse=True)


@pytest.mark.parametrize("damage", ["flip", "truncate", "zero", "delete"])
def test_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    path = store.path(publish(store, "content")) / "data/file.txt"
    if damage == "delete":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        if damage == "flip":
            data[3] ^= 1
        elif damage == "truncate":
            del data[4:]
        else:
            data[:] = bytes(len(data))
        path.write_bytes(bytes(data))
    with pytest.raises(IndexCorrupt, match="kb build"):
        OpenGeneration(path.parent.parent)


def test_lazy_files_are_checked_on_demand(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folder = store.path(publish(store, "content"))
    (folder / "data/file.txt").write_text("CONTENT")
    generation = OpenGeneration(folder, lazy=("data/",))
    with pytest.raises(IndexCorrupt):
        generation.verify("data/")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"sha256": 1, "body": 2}', b"[" * 100_000])
def test_damaged_manifest_is_refused(tmp_path: Path, text: bytes) -> None:
    store = Store(tmp_path)
    folder = store.path(publish(store, "content"))
    (folder / MANIFEST).write_bytes(text)
    with pytest.raises(IndexCorrupt):
        OpenGeneration(folder)


def test_changed_manifest_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folder = store.path(publish(store, "content"))
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["body"]["counts"] = {"documents": 7}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(IndexCorrupt, match="changed"):
        OpenGeneration(folder)


def test_other_format_asks_for_a_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    monkeypatch.setattr("search.generation.manifest.FORMAT", 99)
    folder = store.path(publish(store, "content"))
    monkeypatch.undo()
    with pytest.raises(IndexOutdated, match="kb build"):
        OpenGeneration(folder)


def test_second_builder_is_told_who_builds(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.lock():
        code = (
            "import sys; from pathlib import Path; from search.generation.store import Store\n"
            "from search.errors import BuildInProgress\n"
            "try:\n"
            "    with Store(Path(sys.argv[1])).lock(): pass\n"
            "except BuildInProgress as error: print(error)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
        )
    assert f"pid {os.getpid()}, since 20" in done.stdout
    with store.lock():
        pass


def test_lock_within_one_process_is_exclusive_too(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.lock(), pytest.raises(BuildInProgress), store.lock():
        pass


def test_prune_spares_current_and_open_ones(tmp_path: Path) -> None:
    store = Store(tmp_path)
    names = [publish(store, f"{n}", digest=f"{n:012x}") for n in range(5)]
    held = OpenGeneration(store.path(names[0]))
    store.switch(names[1])
    deleted = store.prune(keep=2)
    assert sorted(deleted) == [names[2]]
    held.close()
    assert store.prune(keep=2) == [names[0]]
    assert sorted(store.names()) == [names[1], names[3], names[4]]


def test_shared_file_is_not_copied(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = OpenGeneration(store.path(publish(store, "one")))
    with store.lock(), store.draft() as draft:
        entry = first.manifest.files["data/file.txt"]
        draft.share(first.path("data/file.txt"), "data/file.txt", entry)
        name = store.publish(
            draft, fingerprints={"content": "f" * 12}, counts={}, facts={}, now=NOW
        ).name
    second = OpenGeneration(store.path(name))
    assert second.path("data/file.txt").stat().st_ino == first.path("data/file.txt").stat().st_ino


def test_copied_generation_opens_elsewhere(tmp_path: Path) -> None:
    store = Store(tmp_path / "here")
    name = publish(store, "one")
    other = Store(tmp_path / "there")
    shutil.copytree(store.path(name), other.path(name))
    assert OpenGeneration(other.path(other.candidates()[0])).manifest.name == name


def test_candidates_fall_back_to_older_generations(tmp_path: Path) -> None:
    store = Store(tmp_path)
    names = [publish(store, f"{n}", digest=f"{n:012x}") for n in range(3)]
    assert store.candidates() == names[::-1]
    store.switch(names[0])
    assert store.candidates() == [names[0], names[2], names[1]]


def test_generation_folders_are_private(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = publish(store, "one")
    assert store.path(name).stat().st_mode & 0o077 == 0
