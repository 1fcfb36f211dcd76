"""The fault campaigns over the index; `python -m bench.torture` has the long ones.

Each campaign runs as its own process. That they can find something is tested too: with a part of
the program broken on purpose they must fail.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.torture.index import corruption, powerloss
from bench.torture.index.children import Child
from bench.torture.index.kill import leftovers, serving_version
from bench.torture.index.shim import compiler
from bench.torture.index.world import Golden, ToySource, build_version, documents, opened
from bench.torture.report import Report, Tally, module
from search.generation import durable, files, open_generation, store
from search.generation.store import Store
from search.lexical import whoosh_index
from tests.support.fixtures.campaigns import Campaign

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Golden:
    return Golden(tmp_path_factory.mktemp("golden"))


@pytest.fixture(scope="module")
def sound_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sound")
    for version in (corruption.OLD, corruption.NEW):
        build_version(root, version, at=version)
    return root


def run(name: str, *, trials: int) -> Report:
    """Run a slice of a campaign; fails the test when it found something."""
    budget = ["--seconds", "1800", "--trials", str(trials)]  # the trials end it, on any machine
    command = [sys.executable, "-m", module(name), *budget]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    report = Report(**json.loads(done.stdout))
    assert not report.failures
    assert done.returncode == 0
    return report


@pytest.mark.campaign
def test_killed_builds_leave_old_or_new_version(campaign: Campaign) -> None:
    trials = campaign.size(5, whole=60)
    report = run("kill", trials=trials)
    assert report.trials - report.counts.get("finished", 0) > 0.3 * trials


@pytest.mark.campaign
def test_power_loss_leaves_old_or_new_version(campaign: Campaign) -> None:
    trials = campaign.size(12, whole=200)
    report = run("powerloss", trials=trials)
    assert report.counts["old"] > 0.3 * trials


@pytest.mark.campaign
def test_random_damage_is_never_silent(campaign: Campaign) -> None:
    trials = campaign.size(12, whole=200)
    report = run("corruption", trials=trials)
    assert report.trials - report.counts.get("harmless", 0) > 0.3 * trials


@pytest.mark.campaign
def test_one_of_eight_builders_wins(campaign: Campaign) -> None:
    assert run("race", trials=campaign.size(1, whole=10)).counts["races"] >= 1


@pytest.mark.campaign
def test_swaps_are_not_noticed_by_readers(campaign: Campaign) -> None:
    report = run("swap", trials=campaign.size(8, whole=60))
    assert report.counts["answers"] > 10
    assert report.counts["swaps"] > 3


@pytest.mark.campaign
def test_failing_change_leaves_old_or_new_version(campaign: Campaign) -> None:
    """With a C compiler any change may fail, else those below."""
    if compiler():
        counts = run("nth_failure", trials=campaign.size(8, whole=80)).counts
        assert counts.get("disk full", 0) + counts.get("input/output error", 0) > 2


@pytest.mark.parametrize("limit", [0, 100, 3000, 12_000])
def test_write_beyond_a_limit_stops_the_build(tmp_path: Path, golden: Golden, limit: int) -> None:
    """A real failure of the operating system that needs no compiler and no mount."""

    def limited() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        return build_version(tmp_path, 2, at=2).name

    assert_stops_without_harm(tmp_path, golden, limited, "File too large|requested and|short")


@pytest.mark.parametrize("name", ["fsync", "link", "symlink", "replace", "mkdir"])
def test_failing_call_stops_the_build(tmp_path: Path, golden: Golden, name: str) -> None:
    def broken() -> str:
        def fail(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        setattr(os, name, fail)
        if name == "link":  # becomes a copy
            shutil.copyfile = fail  # type: ignore[assignment]
        return build_version(tmp_path, 2, at=2).name

    assert_stops_without_harm(tmp_path, golden, broken, "No space left")


def assert_stops_without_harm(root: Path, golden: Golden, work, message: str) -> None:  # type: ignore[no-untyped-def]
    build_version(root, 1, at=1)
    ending = Child(work).wait()
    assert ending.is_a(OSError), ending
    assert re.search(message, ending.message)
    assert serving_version(golden, root, (1,)) == 1
    build_version(root, 2, at=3)
    assert serving_version(golden, root, (2,)) == 2
    assert leftovers(root) == []


@contextmanager
def full_disk(folder: Path, megabytes: float) -> Iterator[Path]:
    """A file system of its own that is soon full."""
    options = f"size={int(megabytes * 1024)}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(path: Path) -> None:
    """Write until nothing more fits on the disk."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def can_mount() -> bool:
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return os.getuid() == 0 and not subprocess.run(command, capture_output=True).returncode


@pytest.mark.skipif(not can_mount(), reason="mounting a small disk needs root; limits are tested")
def test_full_disk_is_named_in_one_line(tmp_path: Path) -> None:
    articles = small_library(tmp_path)
    (tmp_path / "disk").mkdir()
    with full_disk(tmp_path / "disk", 1) as disk:
        assert kb_build(articles, disk).returncode == 0
        before = Store(disk / "index").current_name()
        filler = disk / "filler"
        fill(filler)
        edit(articles)
        done = kb_build(articles, disk)
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1
        assert re.search(rf"No space left.*Free space: 0 MB in {disk}", done.stderr), done.stderr
        assert Store(disk / "index").current_name() == before
        filler.unlink()
        assert kb_build(articles, disk).returncode == 0
        assert Store(disk / "index").current_name() != before
        assert leftovers(disk) == []


def test_second_command_exits_with_75(tmp_path: Path) -> None:
    articles = small_library(tmp_path)
    with Store(tmp_path / "var" / "index").lock():
        done = kb_build(articles, tmp_path / "var")
    assert done.returncode == 75
    notice = rf"another build is in progress \(pid {os.getpid()}, since 20[-: \d]+ UTC\)\n"
    assert re.fullmatch(notice, done.stderr)


def small_library(folder: Path) -> Path:
    """Two articles of the sample library."""
    articles = folder / "articles"
    target = articles / "ru" / "faq" / "payment"
    target.mkdir(parents=True)
    shutil.copy(ROOT / "articles" / "categories.yml", articles)
    for name in ("gift-cards.md", "payment-methods.md"):
        shutil.copy(ROOT / "articles" / "ru" / "faq" / "payment" / name, target)
    return articles


def edit(articles: Path) -> None:
    path = articles / "ru" / "faq" / "payment" / "gift-cards.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nЕщё одно слово.\n", encoding="utf-8")


def kb_build(articles: Path, data: Path) -> subprocess.CompletedProcess[str]:
    settings = {"KB_ARTICLES_DIR": str(articles), "KB_DATA_DIR": str(data), "KB_ENCODER": "none"}
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | settings
    return subprocess.run(
        [sys.executable, "-m", "kb", "build"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_tampered_pickle_is_not_loaded(tmp_path: Path, sound_index: Path, golden: Golden) -> None:
    corruption.copy_index(sound_index, tmp_path)
    canary = tmp_path / "canary"
    corruption.tamper_pickle(corruption.files_of_current(tmp_path)[0], canary)
    corruption.look(golden, tmp_path)
    build_version(tmp_path, corruption.NEW, at=9)
    assert corruption.look(golden, tmp_path) == "harmless"
    assert not canary.exists()


def test_tampered_pickle_would_do_harm(tmp_path: Path, sound_index: Path) -> None:
    """The proof of the test above: Whoosh itself runs it."""
    corruption.copy_index(sound_index, tmp_path)
    canary = tmp_path / "canary"
    target = corruption.files_of_current(tmp_path)[0]
    corruption.tamper_pickle(target, canary)
    folder = next(p for p in target.parents if p.parent.name == "generations")

    def open_it() -> str:
        whoosh_index.update(folder / files.LEXICAL, removed=[], added=[])
        return "opened"

    Child(open_it).wait()
    assert canary.exists()


@pytest.mark.parametrize("damage", corruption.DAMAGES, ids=lambda damage: damage.__name__)
def test_every_damage_of_every_file_is_noticed(
    tmp_path: Path, sound_index: Path, golden: Golden, damage: corruption.Damage
) -> None:
    """All kinds of files once, the manifest too."""
    chance = random.Random(1)
    found = set()
    for name in (
        "manifest.json",
        "passages.json.gz",
        "vectors/passages/coarse.npy",
        "lexical/postings",
    ):
        root = tmp_path / name.replace("/", "-")
        corruption.copy_index(sound_index, root)
        folder = Store(root / "index").path(Store(root / "index").current_name() or "")
        target = folder / name
        damage(target if target.is_file() else sorted(target.iterdir())[-1], chance)
        found.add(corruption.look(golden, root))
    assert found <= {"older generation", "nothing opens", "harmless"}
    assert found != {"harmless"} or damage.__name__ == "add_stranger"


def test_unverified_damage_would_be_found_by_the_campaign(
    tmp_path: Path, sound_index: Path, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_generation, "verify_file", lambda *_: None)
    corruption.copy_index(sound_index, tmp_path)
    for path in corruption.files_of_current(tmp_path):
        if path.name == "coarse.npy":
            content = path.read_bytes()
            path.write_bytes(content[:200] + bytes(1000) + content[1200:])
    assert corruption.look(golden, tmp_path) == "SILENT"


@pytest.mark.parametrize("lazy_part", ["sync_tree", "sync_folder"])
def test_missing_sync_would_be_found_by_the_campaign(
    tmp_path: Path, golden: Golden, lazy_part: str
) -> None:
    def forget_to_sync() -> None:
        for one in (durable, store):
            setattr(one, lazy_part, lambda _: None)

    failures: list[str] = []
    for seed in range(20):  # what is lost is drawn by lot
        tally = Tally(seconds=60, most_trials=12)
        powerloss.replay_build(
            tally,
            golden,
            tmp_path / str(seed),
            (1, 2),
            random.Random(seed),
            prepare=forget_to_sync,
            is_backwards=True,
        )
        failures += tally.failures
        if failures:
            break
    assert failures


def test_equal_content_gives_equal_fingerprints(tmp_path: Path) -> None:
    """Built in other steps, at another time, in another place."""
    build_version(tmp_path / "one", 5, at=1)
    for version in (3, 5, 4, 5):
        build_version(tmp_path / "other", version, at=100 + version)
    manifests = []
    for name in ("one", "other"):
        with opened(tmp_path / name) as live:
            manifests.append(live.require().searcher.generation.manifest)
    assert manifests[0].fingerprints == manifests[1].fingerprints
    assert manifests[0].counts == manifests[1].counts
    same = ("documents.json", "passages.json.gz", "labels.json", "completions.json")
    for path in (
        *same,
        "vectors/passages/fine.npy",
        "vectors/labels/coarse.npy",
        "content/catalog.json",
    ):
        assert manifests[0].files[path] == manifests[1].files[path], path


def test_article_edited_back_ranks_as_before(tmp_path: Path, golden: Golden) -> None:
    """Its postings are in two segments then."""
    for step, version in enumerate((1, 2, 1, 2, 1)):
        build_version(tmp_path, version, at=step)
    assert serving_version(golden, tmp_path, (1,)) == 1


def test_damage_in_the_folder_of_the_encoder_is_not_built_upon(
    tmp_path: Path, golden: Golden
) -> None:
    """The generation's encoder and the cache it came from are one file on disk."""
    build_version(tmp_path, 1, at=1)
    weights = ToySource(tmp_path).query_encoder_folder() / "weights"
    weights.write_bytes(b"damaged" + weights.read_bytes()[7:])
    assert serving_version(golden, tmp_path, (1,)) is None
    build_version(tmp_path, 1, at=2)
    assert serving_version(golden, tmp_path, (1,)) == 1


def test_documents_of_versions_differ() -> None:
    """Else no campaign could tell the old from the new version."""
    assert len({str(documents(version)) for version in range(24)}) == 24


def test_build_that_changes_nothing_sweeps_up_too(tmp_path: Path) -> None:
    build_version(tmp_path, 1)
    orphan = tmp_path / "index" / "generations" / ".draft-12345"
    orphan.mkdir()
    assert not build_version(tmp_path, 1).is_new
    assert leftovers(tmp_path) == []


def test_generation_that_cannot_be_deleted_does_not_fail_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new one serves by then: saying that nothing changed would be wrong."""
    for version in (1, 2):
        build_version(tmp_path, version, at=version)
    rename = Path.rename

    def fail_for_old_ones(path: Path, target: Path) -> Path:
        if ".draft-old" in str(target):
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_for_old_ones)
    build = build_version(tmp_path, 3, at=3)
    assert (build.is_new, build.pruned) == (True, ())
    monkeypatch.undo()
    assert len(build_version(tmp_path, 4, at=4).pruned) == 2
