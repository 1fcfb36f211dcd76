"""`kb id`: ids for files without one, and not another byte changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli.main import main
from kb.content.addresses.article_ids import with_id
from kb.content.files.text import BadFile
from kb.content.files.written_id import written_id
from tests.support.web import product_library
from tests.support.web.product_library import VEGA_START

ID = "k2m7p"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"---\ntitle: T\n---\ntext\n", b"---\nid: k2m7p\ntitle: T\n---\ntext\n"),
        (b"---\r\ntitle: T\r\n---\r\n", b"---\r\nid: k2m7p\r\ntitle: T\r\n---\r\n"),
        (b"\xef\xbb\xbf---  \ntitle: T\n---", b"\xef\xbb\xbf---  \nid: k2m7p\ntitle: T\n---"),
        (b"---\ntitle: T\nid:  # later\n---\n", None),
        (b"---\ntitle: T\nid:\n---\n", b"---\ntitle: T\nid: k2m7p\n---\n"),
        (b"---\nid: ''\r\n---\n", b"---\nid: k2m7p\r\n---\n"),
        (b"# T\r\n\r\ntext", b"---\r\nid: k2m7p\r\n---\r\n# T\r\n\r\ntext"),
        (b"\xef\xbb\xbf# T\n", b"\xef\xbb\xbf---\nid: k2m7p\n---\n# T\n"),
        (b"", b"---\nid: k2m7p\n---\n"),
        (b"---", b"---\nid: k2m7p\n"),
        (b"---\nmeta:\n  id: x\n---\n", b"---\nid: k2m7p\nmeta:\n  id: x\n---\n"),
        (b"---\nt: T\n---\nid: x\n", b"---\nid: k2m7p\nt: T\n---\nid: x\n"),
        (b"---\nt: \xff\xfa\n---\n\xff", b"---\nid: k2m7p\nt: \xff\xfa\n---\n\xff"),
    ],
)
def test_only_the_id_is_added(before: bytes, after: bytes | None) -> None:
    if after is None:
        after = before.replace(b"id:  # later", b"id: k2m7p  # later")
    made = with_id(before, ID)
    assert made == after
    assert written_id(made) == ID


@pytest.mark.parametrize("content", [b"---\nid: intro\n---\n", b"\xff\xfe-", b"---\n\0\n---\n"])
def test_files_that_cannot_be_given_one_are_refused(content: bytes) -> None:
    with pytest.raises(BadFile):
        with_id(content, ID)


def test_an_id_that_looks_like_a_number_is_quoted() -> None:
    made = with_id(b"---\n---\n", "12e34")
    assert made == b'---\nid: "12e34"\n---\n'
    assert written_id(made) == "12e34"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "articles"
    root.mkdir()
    return product_library.write(root)


def run(root: Path, *files: str) -> tuple[int, str]:
    settings = {"KB_ARTICLES_DIR": str(root), "KB_DATA_DIR": str(root.parent / "var")}
    done = CliRunner().invoke(main, ["id", *files], env=settings)
    return done.exit_code, done.output


def test_translations_share_the_id(root: Path) -> None:
    new = "---\ntitle: T\nsummary: S\n---\n\nText.\n"
    for name in ("ru/guides/care/new.md", "en/guides/care/new.md"):
        (root / name).write_text(new)
    path = root / "en/guides/start/vega.md"
    path.write_text(path.read_text().replace(f"id: {VEGA_START}\n", ""))
    path.chmod(0o640)
    status, output = run(root, str(root))
    assert status == 0
    names = ("ru/guides/care/new.md", "en/guides/care/new.md", "en/guides/start/vega.md")
    russian, english, vega = (written_id((root / name).read_bytes()) for name in names)
    assert russian == english != ""
    assert vega == VEGA_START
    assert path.stat().st_mode & 0o777 == 0o640
    assert f"en/guides/start/vega.md: {VEGA_START}\n" in output
    assert f"ru/guides/start/vega.md: {VEGA_START} as before\n" in output
    files = {path: path.read_bytes() for path in root.rglob("*.md")}
    assert run(root, "ru", "en")[0] == 0
    assert files == {path: path.read_bytes() for path in root.rglob("*.md")}


def test_faults_are_told_and_spare_the_others(root: Path) -> None:
    (root / "en/guides/care/bad.md").write_text("---\nid: intro\n---\n")
    (root / "en/guides/care/good.md").write_text("---\ntitle: T\n---\n")
    status, output = run(root, "en/guides/care/bad.md", "en/guides/care/good.md")
    assert status == 1
    assert "has the id intro, which cannot be" in output
    assert written_id((root / "en/guides/care/good.md").read_bytes())
    assert run(root, "../outside.md")[0] == 2
    assert run(root, "/etc/hostname")[0] == 2


@pytest.mark.parametrize(
    "path",
    [
        "_snippets/en/hours.md",
        "README.md",
        "en/README.md",
        "en/guides/README.md",
        ".hidden/en/guides/start/x.md",
        "en/guides/.old/x.md",
        "en/guides/_drafts/x.md",
        "media/notes.md",
        "de/guides/start/x.md",
    ],
)
def test_a_folder_means_what_can_be_articles(root: Path, path: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("Words.\n")
    for folder in (str(root), str(file.parent)):
        assert run(root, folder)[0] == 0
        assert file.read_text() == "Words.\n"


@pytest.mark.parametrize("path", ["_snippets/en/hours.md", "media/notes.md", "products.yml"])
def test_a_file_that_is_never_an_article_is_refused(root: Path, path: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("Words.\n")
    status, output = run(root, str(file))
    assert (status, file.read_text()) == (1, "Words.\n")
    assert "is no article" in output
