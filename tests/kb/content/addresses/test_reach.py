"""kb.content.addresses.reach: links that begin with / lead to pages, files and old addresses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import create_app
from kb.config import Config
from kb.content import checks, media, products
from kb.content.addresses import redirects
from kb.content.addresses.reach import Reach
from kb.content.library import load

LANGUAGES = ("ru", "en")
FILES = {
    "categories.yml": "faq:\n  pay: {icon: x, title: {ru: а, en: b}, "
    "description: {ru: а, en: b}}\n",
    "products.yml": "vega: {title: {ru: Vega, en: Vega}}\nother: {title: {ru: О, en: O}}\n",
    "redirects.yml": "/hc/articles/12-refunds: k2m7p\n/docs/*: faq/pay\n/help.php?id=17: k2m7p\n",
    "ru/faq/pay/refund.md": "---\nid: k2m7p\ntitle: T\nsummary: S\naliases: [money]\n"
    "products: [vega]\n---\n",
    "ru/faq/pay/draft.md": "---\nid: b6h3r\ntitle: T\nsummary: S\nstatus: draft\n---\n",
    "media/map.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
}
VALUES = {
    "article_id": "k2m7p",
    "category": "pay",
    "filename": "x.css",
    "lang": "ru",
    "language:lang": "en",
    "product": "vega",
    "section:section": "faq",
    "slug": "refund",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def reach(root: Path) -> Reach:
    library = load(root, languages=LANGUAGES)
    goods, _ = products.read(root, LANGUAGES)
    listed = redirects.read(root, library, goods.entries, LANGUAGES)
    return Reach(
        library,
        products=goods.entries,
        languages=LANGUAGES,
        redirects=listed.entries,
        pictures=media.read(root),
    )


@pytest.mark.parametrize(
    "href",
    [
        *("/", "/ru/", "/en", "/ru/faq/", "/ru/faq/pay", "/en/faq/pay/refund?x=1#y", "/a/k2m7p/en"),
        *("/ru/faq/pay/money", "/en/products/vega", "/ru/search?q=a", "/ru/contact"),
        *("/hc/articles/12-refunds/", "/docs/any/page.html", "/help.php?id=17&utm=1"),
        *("/static/style.css", "/site/logo.svg", "//other.example/x", "/sitemap.xml"),
    ],
)
def test_links_that_lead_somewhere(reach: Reach, href: str) -> None:
    assert reach.leads(href)


@pytest.mark.parametrize(
    "href",
    [
        *("/faq", "/de/", "/ru/faq/none/", "/ru/faq/pay/none", "/ru/faq/pay/draft", "/a/zzzzz"),
        *("/ru/products/other", "/hc/articles/13", "/help.php?id=18", "/media/map.svg", "/cart"),
    ],
)
def test_links_that_lead_nowhere(reach: Reach, href: str) -> None:
    assert not reach.leads(href)


def test_every_page_of_the_site_is_somewhere(reach: Reach, tmp_path: Path) -> None:
    app = create_app(Config(data_dir=tmp_path, languages=LANGUAGES, demo=True))
    paths = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    paths.discard("/media/<name>")  # by their content, tested by the picture itself
    filled = {re.sub(r"<([^>]+)>", lambda it: VALUES.get(it[1], "x"), path) for path in paths}
    assert {path for path in filled if not reach.leads(path)} == set()


def test_a_picture_is_reached_by_the_address_of_its_content(reach: Reach, root: Path) -> None:
    (picture,) = media.read(root).files.values()
    assert reach.leads(picture.url)


def test_a_dead_link_by_its_path_is_told_and_shown_as_text(root: Path) -> None:
    (root / "ru/faq/pay/links.md").write_text(
        "---\nid: c3d4f\ntitle: T\nsummary: S\n---\n[a](/cart)\n\n[b](/ru/faq/pay/refund)\n"
    )
    library = load(root, languages=LANGUAGES)
    around = checks.LinkTargets(languages=LANGUAGES)
    assert [str(it) for it in checks.check(library, root, around)] == [
        "ru/faq/pay/links.md:6: links to /cart, which is nowhere on this site. "
        "Name a file relative to this one, or the whole address with its host"
    ]
    assert checks.check(library, root) == ()
