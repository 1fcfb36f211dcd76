"""An article answers at every address it ever had, though no author says so."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from kb.build import build
from kb.config import Config
from kb.content import checks
from kb.content.library import load
from tests.support.libraries.site_library import close
from tests.support.web import product_library
from tests.support.web.product_library import INTERNAL, LANGUAGES, PLAIN, VEGA_CARE, VEGA_START


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "articles").mkdir()
    product_library.write(tmp_path / "articles")
    return Config(
        data_dir=tmp_path / "var",
        articles_dir=tmp_path / "articles",
        encoder="none",
        rate_limits=False,
    )


@contextmanager
def site(config: Config) -> Iterator[FlaskClient]:
    app = create_app(config)
    try:
        yield app.test_client()
    finally:
        close(app)


def move(config: Config, old: str, new: str) -> None:
    """Rename an article's files in every language, and nothing else."""
    for lang in LANGUAGES:
        source = config.articles_dir / lang / f"{old}.md"
        if source.exists():
            target = config.articles_dir / lang / f"{new}.md"
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)


def location(client: FlaskClient, address: str) -> tuple[int, str]:
    response = client.get(address)
    return response.status_code, response.headers.get("Location", "")


def test_generations_remember_where_an_article_stood(config: Config) -> None:
    build.build(config)
    for old, new in (
        ("guides/start/vega", "guides/start/first-day"),
        ("guides/start/first-day", "guides/care/day"),
        ("guides/care/day", "faq/choosing/day-one"),
    ):
        move(config, old, new)
        build.build(config)
    assert build.build(config).build.is_new is False
    with site(config) as client:
        for lang in LANGUAGES:
            for old in ("guides/start/vega", "guides/start/first-day", "guides/care/day"):
                now = f"/{lang}/faq/choosing/day-one"
                assert location(client, f"/{lang}/{old}") == (301, now)
        assert location(client, f"/a/{VEGA_START}/en") == (302, "/en/faq/choosing/day-one")
        sitemap = client.get("/sitemap.xml").text
        assert "day-one" in sitemap
        assert "first-day" not in sitemap


def test_a_process_that_builds_again_and_again_remembers_too(config: Config) -> None:
    memory = build.Memory()
    build.build(config, memory=memory)
    for old, new in (("one", "two"), ("two", "three")):
        move(config, f"guides/other/{'plain' if old == 'one' else old}", f"guides/other/{new}")
        build.build(config, memory=memory)
    with site(config) as client:
        assert location(client, "/en/guides/other/plain") == (301, "/en/guides/other/three")
        assert location(client, "/ru/guides/other/two") == (301, "/ru/guides/other/three")


def test_an_address_belongs_to_the_article_that_took_it(config: Config) -> None:
    build.build(config)
    move(config, "guides/other/plain", "guides/other/cells")
    move(config, "guides/care/clean", "guides/other/plain")
    build.build(config)
    with site(config) as client:
        assert "Чистка" in client.get("/ru/guides/other/plain").text
        assert location(client, "/ru/guides/care/clean") == (301, "/ru/guides/other/plain")
    move(config, "guides/other/plain", "guides/care/brushes")
    build.build(config)
    with site(config) as client:
        assert location(client, "/ru/guides/other/plain") == (301, "/ru/guides/care/brushes")


def test_a_retired_article_is_gone_at_its_addresses(config: Config) -> None:
    build.build(config)
    move(config, "guides/other/plain", "guides/other/cells")
    build.build(config)
    (config.articles_dir / "en/guides/other/cells.md").unlink()
    (config.articles_dir / "retired.txt").write_text(PLAIN)
    build.build(config)
    with site(config) as client:
        for address in ("en/guides/other/plain", "ru/guides/other/plain", "en/guides/other/cells"):
            assert client.get(f"/{address}").status_code == 410
        assert client.get("/en/guides/other/never").status_code == 404


def test_internal_articles_leave_no_trace(config: Config) -> None:
    build.build(config)
    move(config, "guides/care/internal", "guides/care/secret")
    build.build(config)
    with site(config) as client:
        assert client.get("/en/guides/care/internal").status_code == 404
    index = Config(data_dir=config.data_dir).index_dir
    for catalog in index.rglob("catalog.json"):
        assert INTERNAL not in catalog.read_text(encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    subprocess.run(
        ("git", *settings, *arguments), cwd=folder, check=True, capture_output=True,
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def commit(config: Config) -> None:
    git(config.articles_dir, "add", "-A", ".")
    git(config.articles_dir, "commit", "-qm", "change")


def test_a_first_build_knows_from_git(config: Config) -> None:
    git(config.articles_dir, "init", "-q", ".")
    commit(config)
    move(config, "guides/care/clean", "guides/care/brushes")
    commit(config)
    build.build(config)
    with site(config) as client:
        assert location(client, "/ru/guides/care/clean") == (301, "/ru/guides/care/brushes")
        assert location(client, "/en/guides/care/clean") == (301, "/en/guides/care/brushes")


def test_links_to_the_old_file_work_and_are_told_the_new_path(config: Config) -> None:
    linking = config.articles_dir / "en/guides/other/plain.md"
    linking.write_text(linking.read_text() + "\nSee [care](../care/both.md#a) and that.\n")
    git(config.articles_dir, "init", "-q", ".")
    commit(config)
    move(config, "guides/care/both", "guides/start/two")
    library = load(config.articles_dir, languages=LANGUAGES)
    told = [str(it) for it in checks.check(library, config.articles_dir) if "moved" in str(it)]
    assert told == [
        "en/guides/other/plain.md:11: links to ../care/both.md#a, which has moved. "
        "Write ../start/two.md#a"
    ]
    report = build.build(config)
    assert told[0] in map(str, report.problems)
    with site(config) as client:
        page = client.get("/en/guides/other/plain").text
        assert re.search(r'<a href="/en/guides/start/two#a"', page)


def test_generations_alone_tell_the_new_path_too(config: Config) -> None:
    linking = config.articles_dir / "en/guides/other/plain.md"
    linking.write_text(linking.read_text() + "\nSee [care](../care/both.md).\n")
    build.build(config)
    move(config, "guides/care/both", "guides/start/two")
    report = build.build(config)
    assert "Write ../start/two.md" in "".join(map(str, report.problems))
    with site(config) as client:
        assert '<a href="/en/guides/start/two"' in client.get("/en/guides/other/plain").text


def test_listed_addresses_go_with_the_generation(config: Config) -> None:
    (config.articles_dir / "redirects.yml").write_text(
        f"/hc/en-us/articles/360001-vega: {VEGA_START}\n/hc/*: guides/care\n"
        f"/помощь/уход: {VEGA_CARE}/ru#щётки\n/помощь/нет: {VEGA_CARE}/ru#нет\n"
        f"/kb.php?id=7: {PLAIN}\n/gone: zzzz9\n"
        "/en/guides/start/old: https://status.example.com/x\n/bad: k9k9k\n",
        encoding="utf-8",
    )
    (config.articles_dir / "retired.txt").write_text("zzzz9")
    cleaning = config.articles_dir / "ru/guides/care/clean.md"
    cleaning.write_text(f"{cleaning.read_text('utf-8')}\n## Щётки\n\nРаз в неделю.\n", "utf-8")
    report = build.build(config)
    assert [str(it) for it in report.problems if "redirects.yml:8" in str(it)]
    with site(config) as client:
        vega = (301, "/en/guides/start/vega")
        assert location(client, "/hc/en-us/articles/360001-vega") == vega
        assert location(client, "/hc/en-us/Articles/360001-vega/?utm_source=x") == vega
        assert location(client, "/hc/anything/else") == (301, "/ru/guides/care/")
        anchor = "%D1%89%D1%91%D1%82%D0%BA%D0%B8"
        care = (301, f"/ru/guides/care/clean#{anchor}")
        assert location(client, "/помощь/уход") == care
        assert location(client, "/помощь/нет") == (301, "/ru/guides/care/clean")
        in_cp1251 = {"PATH_INFO": "/помощь/уход".encode("cp1251").decode("latin-1")}
        assert client.get("/", environ_overrides=in_cp1251).headers["Location"] == care[1]
        assert location(client, "/kb.php?x=1&id=7") == (301, "/ru/guides/other/plain")
        assert location(client, "/kb.php?id=8")[0] == 404
        assert location(client, "/gone")[0] == 410
        assert location(client, "/bad")[0] == 404
        elsewhere = (301, "https://status.example.com/x")
        assert location(client, "/en/guides/start/old") == elsewhere
        assert client.post("/hc/anything").status_code in (403, 404)
        english = client.get("/hc/x", headers={"Accept-Language": "en"})
        assert english.headers["Location"] == "/en/guides/care/"
        assert "Accept-Language" in english.headers["Vary"]
