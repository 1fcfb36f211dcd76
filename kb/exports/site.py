"""`kb export --site FOLDER`: the site as plain files, which any host serves, or a disk.

The application is asked for every page as a reader would see it; each address becomes a file, each
link the way from file to file, so that the whole may lie anywhere. What needs a server is left out
of the pages, and the search reads its index in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, unquote

from kb.addresses import (
    article_path,
    home_path,
    permanent_path,
    search_path,
    static_index_path,
)
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.catalog.redirects import Redirects
from kb.content.files.old_paths import Redirect
from kb.exports import links, redirect_pages
from kb.exports.crawl import ORIGIN, Ask, Crawl, bare, crawl
from kb.exports.folder import FileNames
from kb.exports.links import Linker, relative
from kb.exports.redirect_pages import Lead
from kb.exports.search_index import StaticDocument, to_script
from search.model import Synonym

PLAIN_FILES = ("/static/", "/media/", "/site/", "/theme.css")
"""Beginnings of paths that are files already."""
LEADING_SCRIPT = "/static/export/leading.js"
SPRITE = "/static/icons.svg"
SEARCH_SCRIPT = "/static/export/search.js"
RULES = "_redirects"


@dataclass(frozen=True)
class SiteSource:
    """A site to be exported, and the names of its sections by language."""

    ask: Ask
    catalog: Catalog
    redirects: Redirects
    synonyms: Sequence[Synonym]
    languages: tuple[str, ...]
    section_name: Callable[[str, str], str]
    """Section and language → its name."""
    language_name: Callable[[str, str], str]
    """A language, in another."""


@dataclass(frozen=True)
class StaticSite:
    """Files by name, relative to one folder, and counts of what they are."""

    files: Mapping[str, bytes]
    pages: int
    leading: int
    """Pages that lead on from permanent links and old addresses."""
    left_out: int
    """Old addresses that no file can have: beginnings, and those with a query."""
    dead: tuple[str, ...]
    """Links that lead nowhere, which stay as text."""


def static_site(source: SiteSource, *, base: str) -> StaticSite:
    """All files of the site. `base` is the address it will have, "" when that is not known."""
    made = _Site(source, base.rstrip("/"))
    pages = made.pages()
    leading, left_out = made.leading(pages)
    dead = tuple(f"{at}: links to {to}" for to, at in sorted(made.crawl.dead.items()))
    return StaticSite(leading | pages, len(made.crawl.pages), len(leading), left_out, dead)


def file_of(path: str) -> str:
    """The file of a path of the site."""
    if path.startswith(PLAIN_FILES) or path.endswith((".js", ".xml", ".atom", ".txt")):
        return unquote(path.removeprefix("/"))
    return f"{unquote(path).strip('/')}/index.html".removeprefix("/")


class _Site:
    """Makes files of what the application answered."""

    def __init__(self, source: SiteSource, base: str) -> None:
        self._source = source
        self._base = base
        self.crawl: Crawl = crawl(source.ask, self._seeds(), source.languages)
        sprite = self.crawl.files.get(SPRITE, b"").decode()
        self._linker = Linker(base, ORIGIN, links.symbols(sprite))

    def _seeds(self) -> list[str]:
        catalog = self._source.catalog
        found = [SPRITE, LEADING_SCRIPT, SEARCH_SCRIPT]
        for lang in self._source.languages:
            found += [home_path(lang), search_path(lang)]
            found += [article_path(page, lang) for page in catalog.pages(lang)]
        return found

    def pages(self) -> dict[str, bytes]:
        """Pages, what they load, the search, and files for programs."""
        found: dict[str, bytes] = {}
        for path, html in self.crawl.pages.items():
            file = file_of(path)
            text = self._linker.page(html, partial(self._way, file), self._public)
            found[file] = text.encode()
        for path, content in self.crawl.files.items():
            found[file_of(path)] = self._content(path, content)
        for lang in self._source.languages:
            found[file_of(static_index_path(lang))] = self._index(lang)
        return found | dict(self._for_programs())

    def _way(self, file: str, address: str) -> str | None:
        """The way from a file to an address of the site; None where nothing is."""
        path, mark, anchor = address.partition("#")
        path, question, query = path.partition("?")
        if path.startswith("/a/"):
            target: str | None = path if self._article_of(path) else None
        elif path.endswith("/search/index.js"):
            target = path
        else:
            target = self.crawl.place(path)
        if target is None:
            return None
        is_asked = target.startswith(PLAIN_FILES) or target.endswith("/search")
        kept = f"?{query}" if question and is_asked else ""
        return quote(relative(file, file_of(target))) + kept + mark + anchor

    def _article_of(self, path: str) -> tuple[ArticleVersion, ...]:
        """Language versions of the article that a permanent link leads to, the wanted first."""
        article_id, _, lang = path.removeprefix("/a/").partition("/")
        versions = self._source.catalog.translations(article_id)
        return tuple(sorted(versions, key=lambda page: page.lang != lang)) if lang else versions

    def _public(self, path: str) -> str:
        """The absolute address of a path, as the host of the files has it."""
        if path == "/" or file_of(path).endswith("/index.html"):
            return f"{self._base}{path.rstrip('/')}/"
        return f"{self._base}{path}"

    def _content(self, path: str, content: bytes) -> bytes:
        """A style sheet with the ways to what it loads, a script that runs from a disk too."""
        if path.endswith(".js"):
            return links.plain_script(content)
        if not path.endswith(".css"):
            return content
        name = file_of(path)
        text = links.SHEET_URL.sub(
            lambda it: f'url("{self._way(name, it[2]) or ""}")', content.decode()
        )
        return text.encode()

    def _index(self, lang: str) -> bytes:
        catalog, source = self._source.catalog, self._source
        at = file_of(search_path(lang))
        documents = []
        for page in catalog.pages(lang):
            category = catalog.category(page.section, page.category)
            name = category.title(lang) if category else page.category
            documents.append(
                StaticDocument(
                    page,
                    relative(at, file_of(article_path(page, lang))),
                    (source.section_name(page.section, lang), name),
                    "" if page.lang == lang else source.language_name(page.lang, lang),
                    tuple(product.slug for product in catalog.products_of(page)),
                )
            )
        return to_script(documents, source.synonyms)

    def _for_programs(self) -> Iterator[tuple[str, bytes]]:
        """Files that need the address of the site; none while it is not known."""
        if not self._base:
            return
        ask, lang = self._source.ask, self._source.languages[0]
        sitemap = ask("/sitemap.xml", lang).content.decode()
        yield "sitemap.xml", self._linker.absolute(sitemap, self._public).encode()
        robots = f"User-agent: *\nAllow: /\n\nSitemap: {self._base}/sitemap.xml\n"
        yield "robots.txt", robots.encode()
        missing = ask("/404.html", lang).content.decode()
        page = self._linker.page(missing, self._from_anywhere, self._public)
        yield "404.html", page.encode()

    def _from_anywhere(self, address: str) -> str | None:
        """The way to an address from a page that hosts show in any folder."""
        way = self._way("index.html", address)
        return None if way is None else f"{self._base}/{way}"

    def leading(self, pages: Mapping[str, bytes]) -> tuple[dict[str, bytes], int]:
        """Pages that lead on, beside the others; and how many old addresses have none."""
        names = FileNames(pages)
        found: dict[str, bytes] = {}
        for file, leads in (*self._permanent(), *self._former()):
            if names.take(file):
                found[file] = self._leading_page(file, leads)
        rules: dict[str, str] = {}
        left_out = 0
        for entry in self._source.redirects.entries:
            target = self._target(entry)
            if target and not entry.old.parameters:
                star = "*" if entry.old.is_prefix else ""
                rules[quote(entry.old.path) + star] = self._rooted(target)
            file = redirect_pages.file_of_old_path(entry.old)
            if target and file and names.take(file):
                lead = (target, entry.lang, unquote(target))
                found[file] = self._leading_page(file, [lead])
            else:
                left_out += 1
        if rules:
            found[RULES] = redirect_pages.rules(rules).encode()
        return found, left_out

    def _rooted(self, target: str) -> str:
        """A path from the root of the host, which may not be that of the site; else an address."""
        if "://" in target:
            return target
        folder = self._base.partition("://")[2].partition("/")[2]
        path, question, query = target.partition("#")[0].partition("?")
        return f"{'/' + folder if folder else ''}{path.rstrip('/')}/{question}{query}"

    def _permanent(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        """The root and all permanent links, with ways on in each language."""
        homes = [
            (home_path(it), it, self._source.language_name(it, it)) for it in self._source.languages
        ]
        yield "index.html", homes
        ids = dict.fromkeys(page.id for page in self._source.catalog.all_pages)
        for article_id in ids:
            versions = self._source.catalog.translations(article_id)
            leads = [(article_path(it, it.lang), it.lang, it.title) for it in versions]
            yield file_of(permanent_path(article_id)), leads
            for lang in self._source.languages:
                page = self._source.catalog.page_for(article_id, lang)
                if page:
                    lead = (article_path(page, lang), lang, page.title)
                    yield file_of(permanent_path(article_id, lang)), [lead]

    def _former(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        """Addresses that articles had before, in every language."""
        catalog = self._source.catalog
        aliases = (
            (address, page.id) for page in catalog.all_pages for address in page.alias_addresses
        )
        remembered = ((address, it) for (_, address), it in catalog.former.items())
        for (section, category, slug), article_id in (*aliases, *remembered):
            for lang in self._source.languages:
                page = catalog.page_for(article_id, lang)
                if page:
                    old = f"/{lang}/{section}/{category}/{slug}"
                    yield file_of(old), [(article_path(page, lang), lang, page.title)]

    def _target(self, entry: Redirect) -> str:
        """The path or address of an entry; "" when nothing is there."""
        lang = entry.lang if entry.lang in self._source.languages else self._source.languages[0]
        if entry.article:
            page = self._source.catalog.page_for(entry.article, lang)
            return article_path(page, lang, quote(entry.anchor)) if page else ""
        return f"/{lang}/{entry.place}/" if entry.place else entry.address

    def _leading_page(self, file: str, leads: Sequence[tuple[str, str, str]]) -> bytes:
        ways = []
        for path, lang, title in leads:
            way = path if "://" in path else self._way(file, path)
            ways.append(
                Lead(way or relative(file, "index.html"), lang or self._source.languages[0], title)
            )
        script = "" if "://" in leads[0][0] else relative(file, file_of(LEADING_SCRIPT))
        is_own = self._base and len(leads) == 1 and "://" not in leads[0][0]
        canonical = self._public(bare(leads[0][0])) if is_own else ""
        return redirect_pages.leading_page(ways, script, canonical=canonical).encode()
