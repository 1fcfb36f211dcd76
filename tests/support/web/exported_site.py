"""A small site written as plain files, and a check of every link among them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kb.build import build
from kb.config import Config
from kb.exports import folder
from kb.exports.application import source_of
from kb.exports.site import StaticSite, static_site
from tests.support.web import product_library
from tests.support.web.product_library import PLAIN

BASE = "https://help.example.com/docs"
MONEY, CODES = "m4n5y", "c7d8s"
REDIRECTS = f"""\
/hc/en-us/articles/360001-errors: {CODES}/en#e-05
/old/page.html: {PLAIN}
/old/page.html/deeper: {PLAIN}
/помощь/уход: guides/care
/kb.php?id=7: {PLAIN}
/hc/*: faq
/status: https://status.example.com/x
/gone: zzzz9
"""
TEXTS = {
    f"ru/faq/choosing/money {MONEY}": (
        "Когда вернутся деньги",
        "Возврат занимает до десяти дней.\n\n## Если деньги не пришли\n\nНапишите нам."
        "\n\n```\nhref=\"/nowhere\" src='/static/x'\n```\n\nСм. [код](codes.md#e-05).",
    ),
    f"ru/faq/choosing/codes {CODES}": (
        "Ошибки на экране",
        "Что делать с ошибками.\n\n## E-05\n\nСнимите щётку.\n\n![Щётка](../../../media/a.svg)",
    ),
    f"en/faq/choosing/codes {CODES}": (
        "Errors on the display",
        "About errors.\n\n## E-05\n\nRemove the brush; brushes are cleaned weekly.",
    ),
}


def config(root: Path) -> Config:
    """The settings of the site below `root`."""
    return Config(data_dir=root / "var", articles_dir=root / "articles", encoder="none")


def write(root: Path) -> Config:
    """Write the articles and build a generation of them, in which one has moved."""
    articles = root / "articles"
    (articles / "media").mkdir(parents=True)
    product_library.write(articles)
    for place, (title, body) in TEXTS.items():
        address, article_id = place.split()
        front = f"---\nid: {article_id}\ntitle: {title}\nsummary: {title}, коротко\n---\n\n"
        (articles / f"{address}.md").parent.mkdir(parents=True, exist_ok=True)
        (articles / f"{address}.md").write_text(front + body + "\n", encoding="utf-8")
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"></svg>'
    (articles / "media" / "a.svg").write_text(drawing)
    (articles / "retired.txt").write_text("zzzz9\n")
    (articles / "redirects.yml").write_text(REDIRECTS, encoding="utf-8")
    (articles / "synonyms.yml").write_text("ru:\n  same:\n    бабки: [деньги]\n", encoding="utf-8")
    settings = config(root)
    build.build(settings)
    (articles / "en/guides/care/both.md").rename(articles / "en/guides/care/two.md")
    build.build(settings)
    return settings


def export(settings: Config, target: Path, *, base: str = "") -> StaticSite:
    with source_of(settings) as source:
        made = static_site(source, base=base)
    folder.write(target, made.files)
    return made


@dataclass
class _Parsed(HTMLParser):
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    forms: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids.add(values.get("id", ""))
        names = ("href", "src", "action", "srcset", "data-permalink", "data-icons")
        self.links += [values[name] for name in names if name in values]
        if values.get("http-equiv") == "refresh":
            self.links.append(values["content"].partition("url=")[2])
        if tag == "form":
            self.forms.append(values)


def parsed(root: Path) -> dict[str, _Parsed]:
    """Pages of an export by file name."""
    found: dict[str, _Parsed] = {}
    for path in sorted(root.rglob("*.html")):
        page = found[path.relative_to(root).as_posix()] = _Parsed()
        page.feed(path.read_text(encoding="utf-8"))
    return found


def broken_links(root: Path, *, base: str = "") -> Iterator[str]:
    """Links of an export that lead to no file, or to no such place in it."""
    pages = parsed(root)
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link.removeprefix(f"{base}/") if base and name == "404.html" else link)
            if parts.scheme or parts.netloc:
                continue
            way = unquote(parts.path)
            at = posixpath.normpath(posixpath.join(posixpath.dirname(name), way)) if way else name
            file = root / at
            if way.startswith("/") or not file.is_file():
                yield f"{name}: {link}"
            elif parts.fragment and at in pages and unquote(parts.fragment) not in pages[at].ids:
                yield f"{name}: {link} (no such place)"
