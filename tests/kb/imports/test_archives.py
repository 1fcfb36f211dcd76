"""Hostile archives and folders: one line each, and nothing written."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.imports import importer
from kb.imports.model import CannotImport, ImportOptions
from tests.support.imports import LANGUAGES, Importing, zipped

PAGE = "# Refunds\n\nMoney comes back within ten days.\n"
OPTIONS = ImportOptions(languages=LANGUAGES)


def archive(path: Path, *names: str, content: bytes = b"x") -> None:
    zipped(path, {"a/page.md": PAGE, **dict.fromkeys(names, content)})


def link(path: Path) -> None:
    info = zipfile.ZipInfo("a/link.md")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("a/page.md", PAGE)
        opened.writestr(info, "/etc/passwd")


def encrypted(path: Path) -> None:
    archive(path)
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    path.write_bytes(bytes(data))


def with_nul(path: Path) -> None:
    archive(path, "a/bad_name.md")
    path.write_bytes(path.read_bytes().replace(b"bad_name", b"bad\0name"))


def nested(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as opened:
        opened.writestr("b.md", PAGE)
    archive(path, "a/more.zip", content=inner.getvalue())


def many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as opened:
        for number in range(50_001):
            opened.writestr(f"a/{number}.md", "")


def damaged(path: Path) -> None:
    archive(path)
    data = path.read_bytes()
    path.write_bytes(data[:40] + b"\xff" * 20 + data[60:])


def liar(path: Path) -> None:
    """An archive whose list gives a page a size that it has not."""
    archive(path)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (5).to_bytes(4, "little")
    path.write_bytes(bytes(data))


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "zip slip": (lambda path: archive(path, "../../evil.md"), "leaves the archive"),
    "slip inside": (lambda path: archive(path, "a/../../evil.md"), "leaves the archive"),
    "absolute": (lambda path: archive(path, "/etc/evil.md"), "absolute path"),
    "drive": (lambda path: archive(path, "C:/evil.md"), "absolute path"),
    "backslash": (lambda path: archive(path, "a\\evil.md"), "backslash"),
    "backslashes out": (
        lambda path: zipped(path, {"a\\..\\..\\evil.md": PAGE}),
        "leaves the archive",
    ),
    "drive of Windows": (lambda path: zipped(path, {"C:\\evil.md": PAGE}), "absolute path"),
    "share": (lambda path: zipped(path, {"\\\\host\\share\\evil.md": PAGE}), "absolute path"),
    "case twins": (lambda path: archive(path, "a/PAGE.md"), "another entry"),
    "unicode twins": (
        lambda path: archive(path, "a/\u0439.md", "a/\u0438\u0306.md"),
        "another entry",
    ),
    "folder and file": (lambda path: archive(path, "a/x", "a/x/y.md"), "another entry"),
    "reserved": (lambda path: archive(path, "a/con.md"), "Windows reserves"),
    "control": (lambda path: archive(path, "a/e\x1b[31m.md"), "control character"),
    "too long": (lambda path: archive(path, f"a/{'x' * 300}.md"), "too long"),
    "ratio": (lambda path: archive(path, "a/b.png", content=bytes(5_000_000)), "times its size"),
    "link": (link, "link or a device"),
    "encrypted": (encrypted, "encrypted"),
    "nul": (with_nul, "NUL"),
    "nested": (nested, "archive in the archive"),
    "count": (many, "more than 50,000 entries"),
    "damaged": (damaged, "damaged.zip"),
    "liar": (liar, "liar.zip"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    make, words = HOSTILE[name]
    path = tmp_path / f"{name}.zip"
    make(path)
    root = tmp_path / "articles"
    root.mkdir()
    with pytest.raises(CannotImport, match=words) as error:
        importer.run(path, root, OPTIONS)
    assert "\n" not in str(error.value)
    assert str(error.value).isprintable()
    assert list(root.iterdir()) == []
    assert not (tmp_path / "evil.md").exists()


def test_the_sum_of_many_small_files_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.imports.sources.archive.MAX_TOTAL_BYTES", 1_000)
    path = zipped(tmp_path / "big.zip", {f"a/{number}.md": "x" * 200 for number in range(9)})
    with pytest.raises(CannotImport, match="unpacks to more than 1,000 bytes"):
        importer.run(path, tmp_path / "articles", OPTIONS)


def test_links_and_devices_in_a_folder_are_told_and_not_followed(importing: Importing) -> None:
    secret = importing.source.parent / "secret.md"
    importing.source.mkdir()
    secret.write_text("# Secret\n\nNobody should read this.\n")
    (importing.source / "link.md").symlink_to(secret)
    (importing.source / "folder").symlink_to(importing.source.parent)
    os.mkfifo(importing.source / "pipe.md")
    result = importing.run({"page.md": PAGE})
    assert result.new == 1
    left = [it for it in result.findings if it.kind == "Files left out"]
    assert {it.path for it in left} == {"link.md", "folder", "pipe.md"}
    assert b"Nobody" not in b"".join(importing.contents.values())


def test_a_zip_lands_as_its_folder_does(importing: Importing, tmp_path: Path) -> None:
    path = zipped(tmp_path / "help.zip", {"help-main/pay/refunds.md": PAGE})
    result = importer.run(path, importing.root, OPTIONS)
    assert (result.new, importing.paths) == (1, ["en/guides/pay/refunds.md"])


@pytest.mark.parametrize(
    ("name", "content"),
    [("none", None), ("text.bin", b"abc"), ("empty.zip", b"PK\x05\x06" + bytes(18))],
)
def test_what_is_no_source_is_said(name: str, content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CannotImport, match=name.partition(".")[0]):
        importer.run(tmp_path / name, tmp_path / "articles", OPTIONS)
    assert not (tmp_path / "articles").exists()


def test_the_list_of_contents_is_read_once(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {f"a/{number}.md": f"# Page {number}\n\nText of it.\n" for number in range(40)}
    importing.source = zipped(importing.root.parent / "old.zip", pages)
    opened: list[object] = []
    begin = zipfile.ZipFile.__init__

    def counted(self: zipfile.ZipFile, *given: Any, **named: Any) -> None:
        opened.append(self)
        begin(self, *given, **named)

    monkeypatch.setattr(zipfile.ZipFile, "__init__", counted)
    assert importing.run().new == 40
    assert len(opened) == 1
