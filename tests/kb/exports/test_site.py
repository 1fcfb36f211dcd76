"""The site as plain files: every link leads to a file, nothing needs a server, nothing leaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli.main import main
from kb.config import Config
from kb.content.files import old_paths
from kb.exports import redirect_pages
from kb.exports.folder import MARKER, FileNames
from kb.exports.links import Linker
from kb.exports.redirect_pages import file_of_old_path
from tests.support.web import exported_site
from tests.support.web.exported_site import BASE, MONEY, broken_links, parsed
from tests.support.web.product_library import VEGA_START


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return exported_site.write(tmp_path_factory.mktemp("exported"))


@pytest.fixture(scope="module")
def root(settings: Config) -> Path:
    """An export whose address is known."""
    target = settings.data_dir.parent / "site"
    made = exported_site.export(settings, target, base=BASE)
    assert made.dead == ()
    return target


@pytest.fixture(scope="module")
def bare(settings: Config) -> Path:
    """An export whose address is not known."""
    target = settings.data_dir.parent / "bare"
    exported_site.export(settings, target)
    return target


def text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


def test_every_link_leads_to_a_file_and_a_place_in_it(root: Path, bare: Path) -> None:
    assert list(broken_links(root, base=BASE)) == []
    assert list(broken_links(bare)) == []
    assert len(parsed(root)) > 60


def test_no_form_but_the_search(root: Path) -> None:
    for name, page in parsed(root).items():
        for form in page.forms:
            assert form.get("method", "get") == "get", name
            assert form["action"].rpartition("/")[2] == "index.html"
    article = text(root, "ru/faq/choosing/money/index.html")
    for word in ("vote", "viewed", "instant", "/contact"):
        assert word not in article


def test_what_looks_like_an_address_in_code_stays(root: Path) -> None:
    assert """href="/nowhere" src='/static/x'""" in text(root, "ru/faq/choosing/money/index.html")


def test_search_engines_get_addresses_of_the_exported_site(root: Path, bare: Path) -> None:
    article = text(root, "ru/faq/choosing/codes/index.html")
    assert f'<link rel="canonical" href="{BASE}/ru/faq/choosing/codes/">' in article
    assert f'hreflang="en" href="{BASE}/en/faq/choosing/codes/"' in article
    sitemap = text(root, "sitemap.xml")
    assert f"<loc>{BASE}/ru/faq/choosing/codes/</loc>" in sitemap
    assert "guides/care/both" not in sitemap
    assert not (bare / "sitemap.xml").exists()
    for path in (*root.rglob("*"), *bare.rglob("*")):
        if path.suffix in (".html", ".xml", ".css", ".js"):
            assert "export.invalid" not in path.read_text(encoding="utf-8")
    assert "canonical" not in text(bare, "ru/faq/choosing/codes/index.html")


def test_nothing_that_readers_cannot_see_is_exported(root: Path) -> None:
    everything = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    for secret in (b"zyxdraft", b"zyxinternal", b"zyxphantom", b"zyxlonely"):
        assert secret not in everything


@pytest.mark.parametrize(
    ("file", "target"),
    [
        (f"a/{MONEY}/index.html", "../../ru/faq/choosing/money/index.html"),
        (f"a/{VEGA_START}/en/index.html", "../../../en/guides/start/vega/index.html"),
        ("en/guides/care/both/index.html", "../two/index.html"),
        ("ru/guides/care/both/index.html", "../two/index.html"),
        ("hc/en-us/articles/360001-errors/index.html", "/en/faq/choosing/codes/index.html#e-05"),
        ("old/page.html", "../ru/guides/other/plain/index.html"),
        ("помощь/уход/index.html", "../../ru/guides/care/index.html"),
        ("status/index.html", "https://status.example.com/x"),
        ("index.html", "ru/index.html"),
    ],
)
def test_old_addresses_lead_on(root: Path, file: str, target: str) -> None:
    page = text(root, file)
    assert 'http-equiv="refresh"' in page
    assert f'{target}"' in page


def test_the_first_rule_that_fits_is_the_closest() -> None:
    listed = {"/hc/*": "/ru/", "/hc/ru/x/*": "/ru/faq/", "/hc/ru/x/1": "/ru/guides/"}
    assert redirect_pages.rules(listed).splitlines() == [
        "/hc/ru/x/1 /ru/guides/ 301",
        "/hc/ru/x/* /ru/faq/ 301",
        "/hc/* /ru/ 301",
    ]


def test_hosts_that_read_rules_get_them(root: Path) -> None:
    rules = text(root, "_redirects").splitlines()
    assert "/hc/* /docs/ru/faq/ 301" in rules
    assert "/hc/en-us/articles/360001-errors /docs/en/faq/choosing/codes/ 301" in rules
    assert not [rule for rule in rules if "kb.php" in rule or "gone" in rule]


def test_the_index_knows_all_forms_of_words(root: Path) -> None:
    script = text(root, "ru/search/index.js")
    index = json.loads(script.partition("=")[2].removesuffix(";\n"))
    assert [doc[1] for doc in index["docs"] if "money" in doc[0]] == ["Когда вернутся деньги"]
    begins = {
        begin: [index["endings"][it] for it in index["sets"][numbers[1]]]
        for begin, numbers in index["stems"].items()
    }
    forms = {begin + ending for begin, endings in begins.items() for ending in endings}
    assert {"деньгами", "денег", "возвратом", "ошибок", "e5"} <= forms


def test_a_second_export_takes_away_what_is_gone(settings: Config, tmp_path: Path) -> None:
    target = tmp_path / "site"
    exported_site.export(settings, target)
    names = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    (target / "kept.txt").write_text("mine")
    marker = json.loads((target / MARKER).read_text())
    assert {*marker, MARKER} == names
    (target / MARKER).write_text(json.dumps([*marker, "old.html", "../outside.html"]))
    (target / "old.html").write_text("old")
    (tmp_path / "outside.html").write_text("not ours")
    exported_site.export(settings, target)
    assert not (target / "old.html").exists()
    assert (target / "kept.txt").exists()
    assert (tmp_path / "outside.html").exists()


def run(settings: Config, *arguments: str) -> tuple[int, str]:
    told = {"KB_ARTICLES_DIR": str(settings.articles_dir), "KB_DATA_DIR": str(settings.data_dir)}
    done = CliRunner().invoke(main, ["export", *arguments], env=told | {"KB_ENCODER": "none"})
    return done.exit_code, done.output


def test_the_command_writes_a_site_and_spares_a_strangers_folder(
    settings: Config, tmp_path: Path
) -> None:
    status, output = run(settings, "--site", str(tmp_path / "site"))
    assert status == 0, output
    assert "pages" in output
    assert "[info" not in output
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "letter.txt").write_text("mine")
    status, output = run(settings, "--site", str(tmp_path / "own"))
    assert status == 2
    assert "neither empty nor an earlier export" in output
    assert run(settings)[0] == 2
    assert run(settings, "x.zip", "--site", str(tmp_path / "site"))[0] == 2
    assert run(settings, "--site", str(tmp_path / "site"), "--drafts")[0] == 2
    assert run(settings, "--site", str(tmp_path / "s"), "--url", "javascript:alert(1)")[0] == 2


@pytest.mark.parametrize(
    "old",
    ["/../../etc/passwd", "/a/./b", "/a//b", "/a\\b", "/a/%00", "/" + "ы" * 101, "/x" * 30, "/a:b"],
)
def test_old_paths_that_are_no_file_make_none(old: str) -> None:
    assert file_of_old_path(old_paths.read(old)) == ""


def test_no_file_is_a_folder_of_another() -> None:
    names = FileNames(["a/b/index.html"])
    assert not names.take("a/b")
    assert not names.take("a/b/index.html/c.html")
    assert names.take("a/c.html")


def test_a_link_to_nothing_becomes_text() -> None:
    linker = Linker("", "https://export.invalid", {})
    html = '<p><a href="/nowhere">a</a> <img src="https://b/c"></p>'
    made = linker.page(html, lambda _: None, str)
    assert made == '<p><a>a</a> <img src="https://b/c"></p>'
