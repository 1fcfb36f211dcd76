"""Files that programs read: sitemap, feed of changes, search description, plain texts.

Everything comes from the catalogue of the serving generation, so nothing that is not published can
be in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, abort, request, send_file, url_for
from flask_babel import force_locale  # type: ignore[import-untyped]  # ships no types

from kb.addresses import article_path, category_path, product_path, products_path
from kb.catalog import export
from kb.catalog.catalog import ArticleVersion, Catalog
from kb.config import Config
from kb.content.model import SECTIONS
from kb.web.help import whole_text
from kb.web.help.whole_text import WholeText
from kb.web.http import rate_limits
from kb.web.layout.addresses import absolute
from kb.web.layout.frame import section_title, with_default
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import language_name, preferred_language
from kb.web.services import services

MOST_ADDRESSES = 50_000
"""Of one sitemap, by its protocol (sitemaps.org)."""
MOST_CHANGES = 50
CACHE = "public, max-age=600"
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold, however they are written."""

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
ATOM = "http://www.w3.org/2005/Atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"

feeds = Blueprint("feeds", __name__)
_whole = WholeText()


@feeds.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page there is in a language of its own, with its translations."""
    config, catalog = services().config, services().loaded().catalog
    root = Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    entries = (
        (versions, lang) for versions in _addresses(config, catalog) for lang in versions.addresses
    )
    for versions, lang in islice(entries, MOST_ADDRESSES):
        _add_address(root, config, versions, lang)
    return _xml(root, "application/xml")


@feeds.get("/<language:lang>/changes.atom")
def changes(lang: str) -> Response:
    """The articles of a language that changed last."""
    config, catalog = services().config, services().loaded().catalog
    pages = [page for page in catalog.all_pages if page.lang == lang and page.updated_at]
    latest = sorted(pages, key=lambda page: (page.ordering_date, page.id), reverse=True)
    root = Element("feed", {"xmlns": ATOM, "xml:lang": lang})
    own = absolute(config, url_for("feeds.changes", lang=lang))
    _add(root, "id", own)
    _add(root, "title", _("Changes: %(site)s", site=config.site_name))
    _add(
        root,
        "updated",
        _time(latest[0].ordering_date if latest else datetime(1970, 1, 1, tzinfo=UTC)),
    )
    SubElement(root, "link", {"rel": "self", "href": own, "type": "application/atom+xml"})
    SubElement(root, "link", {"href": absolute(config, url_for("site.home", lang=lang))})
    author = SubElement(root, "author")
    _add(author, "name", config.site_name)
    for page in latest[:MOST_CHANGES]:
        _add_entry(root, config, page)
    return _xml(root, "application/atom+xml")


@feeds.get("/<language:lang>/opensearch.xml")
def opensearch(lang: str) -> Response:
    """With this browsers offer the site's search in their address bar."""
    config = services().config
    root = Element("OpenSearchDescription", {"xmlns": OPENSEARCH})
    _add(root, "ShortName", config.site_name[:16])
    _add(
        root,
        "Description",
        _("Search the help of %(site)s in your own words.", site=config.site_name),
    )
    _add(root, "Language", lang)
    _add(root, "InputEncoding", "UTF-8")
    found = absolute(config, url_for("site.search", lang=lang))
    SubElement(root, "Url", {"type": "text/html", "template": f"{found}?q={{searchTerms}}"})
    return _xml(root, "application/opensearchdescription+xml")


@feeds.get("/llms.txt")
def llms() -> Response:
    """A table of contents for language models: llmstxt.org."""
    config, catalog = services().config, services().loaded().catalog
    lines = [f"# {config.site_name}", ""]
    for lang in config.languages:
        for section in SECTIONS:
            shown = [p for p in catalog.all_pages if (p.lang, p.section) == (lang, section)]
            if shown:
                with force_locale(lang.replace("-", "_")):
                    title = section_title(section)
                lines += [f"## {title} ({language_name(lang)})", ""]
                lines += [_entry_line(config, page) for page in shown]
                lines.append("")
    return _text("\n".join(lines), "text/plain")


@feeds.get("/llms-full.txt")
@rate_limits.limit_export
def llms_full() -> Response:
    """All articles of all languages in Markdown."""
    config, loaded = services().config, services().loaded()

    def text() -> str:
        return "\n\n---\n\n".join(_markdown(config, page) for page in loaded.catalog.all_pages)

    made = _whole.get(
        config.data_dir.absolute() / whole_text.FOLDER, (loaded.name, absolute(config, "")), text
    )
    if request.accept_encodings["gzip"] > 0:
        response = _sent(made.gzipped)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = CACHE
    else:
        response = _sent(made.plain)
        # Nor by us: to compress it for each reader is what the files save.
        response.headers["Cache-Control"] = f"{CACHE}, no-transform"
    response.vary.add("Accept-Encoding")
    return response


@feeds.get("/a/<article_id>.md")
def markdown(article_id: str) -> Response:
    """An article as clean Markdown, in the language its reader prefers."""
    config, catalog = services().config, services().loaded().catalog
    lang = preferred_language(config.languages)
    page = catalog.page_for(article_id, lang)
    if page is None:
        abort(410 if article_id in catalog.retired else 404)
    response = _text(_markdown(config, page), "text/markdown")
    response.headers["Content-Language"] = page.lang
    response.vary.add("Accept-Language")
    return response


@dataclass(frozen=True)
class _Versions:
    """A page in each of its languages: absolute addresses, and when an article last changed."""

    addresses: Mapping[str, str]
    updated: Mapping[str, datetime] = field(default_factory=dict)


def _addresses(config: Config, catalog: Catalog) -> Iterator[_Versions]:
    """Home, sections and categories with something to read, articles."""

    def everywhere(path: Callable[[str], str]) -> _Versions:
        return _Versions({lang: absolute(config, path(lang)) for lang in catalog.languages})

    yield everywhere(lambda lang: url_for("site.home", lang=lang))
    shelves = dict.fromkeys((page.section, page.category) for page in catalog.all_pages)
    for section in dict.fromkeys(section for section, _category in shelves):
        yield everywhere(partial(_section_address, section))
    for entry in catalog.categories:
        if (entry.section, entry.slug) in shelves:
            yield everywhere(partial(category_path, entry.section, entry.slug))
    if catalog.products:
        yield everywhere(products_path)
    for product in catalog.products:
        yield everywhere(partial(product_path, product.slug))
    for article in dict.fromkeys(page.id for page in catalog.all_pages):
        versions = catalog.translations(article)
        yield _Versions(
            {page.lang: absolute(config, article_path(page, page.lang)) for page in versions},
            {page.lang: page.updated_at for page in versions if page.updated_at},
        )


def _section_address(section: str, lang: str) -> str:
    return url_for("site.section", lang=lang, section=section)


def _add_address(root: Element, config: Config, versions: _Versions, lang: str) -> None:
    entry = SubElement(root, "url")
    _add(entry, "loc", versions.addresses[lang])
    if lang in versions.updated:
        _add(entry, "lastmod", _time(versions.updated[lang]))
    for other, address in with_default(config, versions.addresses).items():
        SubElement(entry, "xhtml:link", {"rel": "alternate", "hreflang": other, "href": address})


def _add_entry(root: Element, config: Config, page: ArticleVersion) -> None:
    entry = SubElement(root, "entry")
    address = absolute(config, article_path(page, page.lang))
    _add(entry, "id", address)
    _add(entry, "title", page.title)
    _add(entry, "updated", _time(page.ordering_date))
    SubElement(entry, "link", {"href": address})
    _add(entry, "summary", page.summary)


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = NOT_XML.sub("", text)


def _entry_line(config: Config, page: ArticleVersion) -> str:
    address = absolute(config, article_path(page, page.lang))
    title = page.title.replace("[", "(").replace("]", ")")
    return f"- [{title}]({address}): {page.summary}"


def _markdown(config: Config, page: ArticleVersion) -> str:
    address = absolute(config, article_path(page, page.lang))
    return export.article_markdown(page.title, page.summary, page.html, address=address)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(root: Element, mimetype: str) -> Response:
    content = tostring(root, encoding="utf-8", xml_declaration=True)
    return _cached(Response(content, content_type=f"{mimetype}; charset=utf-8"))


def _text(text: str, mimetype: str) -> Response:
    return _cached(Response(text, content_type=f"{mimetype}; charset=utf-8"))


def _sent(found: Path | bytes) -> Response:
    """A text from its file, or from memory, whole or the part that is asked for."""
    if isinstance(found, Path):
        return send_file(found, mimetype="text/plain")
    digest = hashlib.sha256(found).hexdigest()[:32]
    return send_file(BytesIO(found), mimetype="text/plain", etag=digest)


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = CACHE
    response.add_etag()
    response.make_conditional(request)
    return response
