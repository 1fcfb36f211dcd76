"""`kb export`: a zip that is the same help centre, without what readers cannot see."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.build import build
from kb.cli.main import main
from kb.config import Config
from kb.content import checks, products
from kb.content.library import load
from tests.support.web import product_library
from tests.support.web.product_library import LANGUAGES, PLAIN

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"></svg>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "articles"
    root.mkdir()
    product_library.write(root)
    (root / "media").mkdir()
    for name in ("shown", "hidden", "unused"):
        (root / "media" / f"{name}.svg").write_bytes(
            SVG.replace(b"4", name[0].encode().hex()[:1].encode())
        )
    plain = root / "en/guides/other/plain.md"
    plain.write_bytes(
        plain.read_bytes().replace(b"\n", b"\r\n") + b"![a](../../../media/shown.svg)\r\n"
    )
    internal = root / "en/guides/care/internal.md"
    internal.write_text(internal.read_text() + "![a](../../../media/hidden.svg)\n")
    (root / "README.md").write_text("For authors.")
    (root / "redirects.yml").write_text(f"# Kept\n/old: {PLAIN}  # so\n")
    (root / "retired.txt").write_text("zzzz9\n")
    (root / "en/guides/other/broken.md").write_text("---\nid: 1\n---\n")
    return root


def run(root: Path, *arguments: str) -> tuple[int, str]:
    settings = {"KB_ARTICLES_DIR": str(root), "KB_DATA_DIR": str(root.parent / "var")}
    done = CliRunner().invoke(main, ["export", *arguments], env=settings)
    return done.exit_code, done.output


def packed(root: Path, *options: str) -> dict[str, bytes]:
    target = root.parent / "out.zip"
    status, output = run(root, str(target), *options)
    assert status == 0, output
    with zipfile.ZipFile(target) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_only_what_readers_see_is_packed_byte_for_byte(root: Path) -> None:
    files = packed(root)
    for path, content in files.items():
        if path.endswith((".md", ".svg")):
            assert content == (root / path).read_bytes()
    everything = b"".join(files.values())
    for secret in (b"zyxdraft", b"zyxinternal", b"zyxphantom", b"zyxlonely"):
        assert secret not in everything
    assert "media/shown.svg" in files
    assert not {"media/hidden.svg", "media/unused.svg", "README.md"} & files.keys()
    assert "en/guides/other/broken.md" not in files
    assert files["redirects.yml"] == (root / "redirects.yml").read_bytes()


def test_the_rest_is_packed_when_asked_for(root: Path) -> None:
    assert "en/guides/care/internal.md" in packed(root, "--internal")
    assert "media/hidden.svg" in packed(root, "--internal")
    assert "en/guides/care/draft.md" not in packed(root, "--internal")
    assert "en/guides/care/draft.md" in packed(root, "--drafts")


def test_equal_articles_make_equal_zips(root: Path) -> None:
    target = root.parent / "out.zip"
    assert run(root, str(target))[0] == 0
    first = target.read_bytes()
    assert run(root, str(target))[0] == 0
    assert target.read_bytes() == first


def test_unpacked_it_is_the_same_help_centre(root: Path, tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path / "var", articles_dir=root, encoder="none")
    build.build(config)
    (root / "en/guides/other/plain.md").rename(root / "en/guides/other/cells.md")
    build.build(config)
    copy = tmp_path / "copy"
    for name, content in packed(root).items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(content)
    before, after = (load(it, languages=LANGUAGES) for it in (root, copy))
    public = {
        it.path: (it.id, it.title, it.body) for it in before.articles if it.status == "published"
    }
    assert {it.path: (it.id, it.title, it.body) for it in after.articles} == public
    assert checks.check(after, copy) == ()
    assert {it.slug for it in products.read(copy, LANGUAGES)[0].entries} == {"vega", "router"}
    text = (copy / "redirects.yml").read_text()
    assert text == f"# Kept\n/old: {PLAIN}  # so\n/en/guides/other/plain: {PLAIN}/en\n"


def test_a_place_that_cannot_be_written_is_told(root: Path) -> None:
    assert run(root, str(root))[0] == 2


def run_import(root: Path, source: Path, *options: str) -> tuple[int, str]:
    settings = {"KB_ARTICLES_DIR": str(root), "KB_DATA_DIR": str(root.parent / "var")}
    done = CliRunner().invoke(main, ["import", str(source), *options], env=settings)
    return done.exit_code, done.output


def test_the_zip_is_taken_in_again_byte_for_byte(root: Path, tmp_path: Path) -> None:
    files = packed(root)
    copy, source = tmp_path / "copy", root.parent / "out.zip"
    copy.mkdir()
    (copy / "redirects.yml").write_text("/mine: zzzz9\n/old: zzzz9\n")
    (copy / "retired.txt").write_text("a1a1a\n")
    (copy / "products.yml").write_text("mine: {}\n")
    status, output = run_import(copy, source)
    assert status == 0, output
    differing = {"redirects.yml", "retired.txt", "products.yml"}
    for name in files.keys() - differing:
        assert (copy / name).read_bytes() == files[name]
    assert (copy / "redirects.yml").read_text() == "/mine: zzzz9\n/old: zzzz9\n"
    assert (copy / "retired.txt").read_text() == "a1a1a\nzzzz9\n"
    assert (copy / "products.yml").read_text() == "mine: {}\n"
    assert "products.yml" in output
    assert "Nothing changed" in run_import(copy, source)[1]


def test_other_markdown_is_not_taken_for_ours(root: Path, tmp_path: Path) -> None:
    path = root / "en/guides/other/plain.md"
    path.write_bytes(path.read_bytes().replace(PLAIN.encode(), b"intro"))
    source = tmp_path / "foreign.zip"
    with zipfile.ZipFile(source, "w") as made:
        for name in ("categories.yml", "en/guides/other/plain.md"):
            made.writestr(name, (root / name).read_bytes())
    assert "markdown" in run_import(tmp_path / "into", source)[1]
