"""A second import: nothing, changes, conflicts; and what a kill or a full disk leaves."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kb.content import checks
from kb.content.library import load
from kb.imports.arrival import changes, record, staged_files
from kb.imports.model import CannotImport
from tests.support.fixtures.encoder_fixture import REPOSITORY
from tests.support.imports import LANGUAGES, Importing, kinds, png, write_tree

TREE: dict[str, str | bytes] = {
    "pay/card.md": (
        "# Paying by card\n\nPay at the till. [Refunds](refund.md#how-long)\n\n"
        "![Till](img/till.png)\n"
    ),
    "pay/refund.md": (
        "---\ntags: [money]\n---\n# Refunds\n\nWithin ten days.\n\n## How long?\n\nTen days.\n"
    ),
    "send/where.md": "# Where is it?\n\nOn its way to you.\n",
    "pay/img/till.png": png(),
}
CARD, REFUND = "en/guides/pay/card.md", "en/guides/pay/refund.md"


def test_a_second_import_changes_nothing(importing: Importing) -> None:
    importing.run(TREE)
    before = importing.contents
    times = {path: (importing.root / path).stat().st_mtime_ns for path in before}
    for is_update in (False, True):
        result = importing.run(is_update=is_update)
        assert (result.new, result.updated, result.is_changed) == (0, 0, False)
        assert importing.contents == before
    assert {path: (importing.root / path).stat().st_mtime_ns for path in before} == times


def test_two_imports_of_one_source_are_equal_byte_for_byte(tmp_path: Path) -> None:
    first, second = Importing(tmp_path / "a"), Importing(tmp_path / "b")
    first.run(TREE)
    second.run(dict(reversed(TREE.items())))
    assert first.contents == second.contents


def test_a_dry_run_writes_nothing(importing: Importing) -> None:
    result = importing.run(TREE, is_dry=True)
    assert (result.new, importing.root.exists()) == (3, False)
    importing.root.mkdir()
    importing.run(TREE, is_dry=True)
    assert importing.contents == {}


def test_an_imported_library_has_no_problems(importing: Importing) -> None:
    importing.run(TREE)
    library = load(importing.root, languages=LANGUAGES)
    assert checks.check(library, importing.root) == ()


def test_update_takes_changes_and_only_update_does(importing: Importing) -> None:
    importing.run(TREE)
    before = importing.contents
    write_tree(
        importing.source,
        {"pay/refund.md": "# Refunds\n\nWithin five days.\n\n## How long?\n\nFive.\n"},
    )
    result = importing.run()
    assert changes.NEWER in kinds(result)
    assert importing.contents == before
    result = importing.run(is_update=True)
    assert result.updated == 1
    assert "Within five days." in importing.text(REFUND)
    assert importing.article(REFUND).split("\n")[1] == before[REFUND].decode().split("\n")[1]


def test_update_never_overwrites_what_was_edited_here(importing: Importing) -> None:
    importing.run(TREE)
    edited = importing.article(REFUND).replace("Within ten days.", "Within a week.")
    (importing.root / REFUND).write_text(edited)
    assert not kinds(importing.run(is_update=True))
    write_tree(
        importing.source,
        {"pay/refund.md": "# Refunds\n\nWithin five days.\n\n## How long?\n\nFive.\n"},
    )
    result = importing.run(is_update=True)
    assert (result.updated, importing.article(REFUND)) == (0, edited)
    assert changes.CONFLICT in kinds(result)


def test_what_was_moved_here_is_found_by_its_id(importing: Importing) -> None:
    importing.run(TREE)
    target = importing.root / "en/guides/send/money-back.md"
    os.rename(importing.root / REFUND, target)
    result = importing.run(is_update=True)
    assert result.new == 0
    assert not (importing.root / REFUND).exists()
    assert "(../send/money-back.md#how-long)" in importing.text(CARD)


@pytest.mark.parametrize(
    "place", ["en/guides/unlisted/money-back.md", "en/faq/new/refund.md", "en/guides/a/b/refund.md"]
)
def test_what_was_moved_out_of_the_known_categories_is_not_gone(
    importing: Importing, place: str
) -> None:
    importing.run(TREE)
    target = importing.root / place
    target.parent.mkdir(parents=True)
    os.rename(importing.root / REFUND, target)
    result = importing.run(is_update=True)
    assert changes.REMOVED not in kinds(result)
    assert not (importing.root / REFUND).exists()
    write_tree(
        importing.source, {"pay/refund.md": "# Refunds\n\nWithin five days.\n\n## How long?\n"}
    )
    assert importing.run(is_update=True).updated == 1
    assert "Within five days." in importing.text(place)


def test_what_was_removed_here_stays_removed(importing: Importing) -> None:
    importing.run(TREE)
    (importing.root / "en/guides/send/where.md").unlink()
    result = importing.run(is_update=True)
    assert changes.REMOVED in kinds(result)
    assert not (importing.root / "en/guides/send/where.md").exists()


def test_a_new_page_lands_beside_the_others(importing: Importing) -> None:
    importing.run(TREE)
    before = importing.contents
    result = importing.run({"pay/cash.md": "# Cash\n\nNotes and coins.\n"})
    assert result.new == 1
    changed = {path for path, data in importing.contents.items() if before.get(path) != data}
    assert changed == {"en/guides/pay/cash.md", "redirects.yml", record.RECORD_FILE}


def test_articles_of_the_site_keep_their_names_and_ids(importing: Importing) -> None:
    write_tree(
        importing.root,
        {
            "categories.yml": (
                "# Ours\nfaq:\n  money:\n    title: {ru: Деньги, en: Money}\n"
                "    description: {ru: О, en: On}\n"
                "guides:\n  pay:\n    title: {ru: Оплата, en: Pay}\n"
                "    description: {ru: О, en: On}\n"
            ),
            "en/guides/pay/card.md": "---\nid: k2m7p\ntitle: Ours\nsummary: Our own.\n---\nOurs.\n",
            "media/pay-img-till.png": png("blue"),
        },
    )
    result = importing.run(TREE)
    assert importing.text(CARD) == "Ours.\n"
    assert "(refund.md#how-long)" in importing.text("en/guides/pay/card-2.md")
    assert "(../../../media/pay-img-till-2.png)" in importing.text("en/guides/pay/card-2.md")
    assert "Pictures with the same name" in kinds(result)
    categories = (importing.root / "categories.yml").read_text()
    assert categories.startswith("# Ours\nfaq:\n  money:")
    assert "  send:\n" in categories
    assert load(importing.root, languages=LANGUAGES).problems == ()


def test_every_file_that_was_written_is_checked(importing: Importing) -> None:
    write_tree(importing.root, {"redirects.yml": "/old/page: zzzzz\n"})
    result = importing.run(TREE)
    told = [it for it in result.findings if it.path == "redirects.yml"]
    assert [(it.line, "kb check" in it.kind) for it in told] == [(1, True)]


def test_another_source_by_the_same_name_is_refused(importing: Importing, tmp_path: Path) -> None:
    importing.run(TREE)
    other = Importing(tmp_path / "other")
    other.source, other.root = tmp_path / "second", importing.root
    files: dict[str, str | bytes] = {
        f"x/{number}.md": f"# X{number}\n\nText of it.\n" for number in range(5)
    }
    with pytest.raises(CannotImport, match="--name"):
        other.run(files)
    assert other.run(files, name="second").new == 5


def test_a_record_that_is_damaged_is_said(importing: Importing) -> None:
    importing.run(TREE)
    (importing.root / record.RECORD_FILE).write_text("{")
    with pytest.raises(CannotImport, match=r"imports\.json"):
        importing.run()


def test_a_full_disk_leaves_nothing(importing: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    importing.run(TREE)
    before = importing.contents
    replace, count = os.replace, iter(range(100))

    def full(source: str, target: str) -> None:
        if next(count) == 2:
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        replace(source, target)

    monkeypatch.setattr("kb.imports.arrival.staged_files.os.replace", full)
    new = {f"new/{number}.md": f"# New {number}\n\nText of it.\n" for number in range(4)}
    with pytest.raises(OSError, match="No space left"):
        importing.run({**new, "pay/card.md": "# Paying by card\n\nOnly cash.\n"}, is_update=True)
    monkeypatch.undo()
    assert importing.contents == before


KILLED = """
import os, signal, sys
from pathlib import Path
from kb.imports import importer
from kb.imports.arrival import staged_files
from kb.imports.model import ImportOptions
replace, count = os.replace, iter(range(1000))
def killed(source, target):
    if next(count) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)
staged_files.os.replace = killed
importer.run(Path(sys.argv[1]), Path(sys.argv[2]), ImportOptions(languages=("ru", "en")))
"""


@pytest.mark.parametrize("step", [0, 3])
def test_of_a_killed_import_nothing_is_left_after_the_next(importing: Importing, step: int) -> None:
    write_tree(importing.source, TREE)
    importing.root.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(importing.source), str(importing.root), str(step)],
        cwd=REPOSITORY,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    (left,) = importing.root.glob(f"{staged_files.PREFIX}*")
    staged_files.take_back(importing.root, left)
    visible = [path for path in importing.contents if not path.startswith(staged_files.PREFIX)]
    assert visible == []
    assert importing.run().new == 3
    assert not list(importing.root.glob(f"{staged_files.PREFIX}*"))


def test_two_imports_at_once_are_refused(importing: Importing) -> None:
    importing.root.mkdir()
    with staged_files.staged(importing.root), pytest.raises(CannotImport, match="another import"):
        importing.run(TREE)
