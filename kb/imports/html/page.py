"""A saved page: its title, language and summary, and the part of it that is the article."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from dataclasses import dataclass

from kb.imports.html.tree import VOID, HtmlNode, parse, without

LANG = re.compile(r"<html\b[^<>]{0,1000}?\blang[ ]?=[ ]?[\"']?([A-Za-z-]{2,12})", re.IGNORECASE)
TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)
PARTED = re.compile(r"[ ](?:[|–—·»]|-)[ ]")
MAX_HEAD = 200_000
ASIDES = frozenset({"nav", "footer", "form", "button", "noscript", "head", "title", "link", "meta"})
ASIDE_CLASSES = frozenset(
    "breadcrumb breadcrumbs sidebar toc table-of-contents menu navigation navbar pagination footer"
    " share related article-votes article-comments comments search cookie headerlink skip-link"
    " article-meta article-relatives recent-articles article-footer".split()
)
MAIN: tuple[Callable[[HtmlNode], bool], ...] = (
    lambda it: (
        bool(
            {"article-body", "article__body", "markdown-body", "article-content"} & set(it.classes)
        )
        or it.get("itemprop") == "articleBody"
    ),
    lambda it: it.tag == "article",
    lambda it: it.tag == "main" or it.get("role") == "main",
    lambda it: it.get("id") in ("content", "main", "main-content", "article"),
    lambda it: bool({"content", "main-content", "article"} & set(it.classes)),
)
"""Signs of the part that is the article, the surest first."""


@dataclass(frozen=True)
class SavedPage:
    """Facts of a page, and the HTML tree of its article."""

    title: str
    lang: str
    summary: str
    tags: tuple[str, ...]
    updated: str
    canonical: str
    main: str
    words: str


def read_page(text: str) -> SavedPage:
    """The page; never raises. `main` is HTML again, to be converted later."""
    root = parse(text)
    metas = {
        (node.get("name") or node.get("property") or node.get("itemprop")).lower(): node.get(
            "content"
        )
        for node in root.walk()
        if node.tag == "meta" and node.get("content")
    }
    canonical = next(
        (
            it.get("href")
            for it in root.walk()
            if it.tag == "link"
            and "canonical" in it.attributes.get("rel", "canonical").lower()
            and it.get("href").startswith("http")
        ),
        "",
    )
    main = _main(root)
    heading = next((it for it in main.walk() if it.tag == "h1"), None)
    outside = heading or next((it for it in root.walk() if it.tag == "h1"), None)
    if heading is not None:
        main = without(main, {id(heading)})
    found = TITLE.search(text[:MAX_HEAD])
    named = PARTED.split(" ".join(entities.unescape(found[1]).split()))[0] if found else ""
    lang = LANG.search(text[:MAX_HEAD])
    return SavedPage(
        title=(outside.words() if outside else "") or named,
        lang=lang[1] if lang else "",
        summary=" ".join((metas.get("description") or metas.get("og:description") or "").split()),
        tags=tuple(tag for one in metas.get("keywords", "").split(",") if (tag := one.strip())),
        updated=metas.get("article:modified_time")
        or metas.get("date")
        or metas.get("last-modified")
        or "",
        canonical=canonical,
        main=written(main),
        words=main.words(),
    )


def _main(root: HtmlNode) -> HtmlNode:
    unwanted = {id(node) for node in root.walk() if _is_aside(node)}
    cut = without(root, unwanted)
    for sign in MAIN:
        found = [node for node in cut.walk() if sign(node) and node.words()]
        if found:
            return max(found, key=lambda it: len(it.words()))
    headers = {id(node) for node in cut.walk() if node.tag in ("header", "aside")}
    return without(cut, headers) if headers else cut


def _is_aside(node: HtmlNode) -> bool:
    if node.tag in ASIDES or node.get("role") in ("navigation", "banner", "search", "contentinfo"):
        return True
    return bool(ASIDE_CLASSES & set(node.classes)) and node.tag not in ("body", "html", "main")


def written(node: HtmlNode) -> str:
    """HTML of a tree."""
    if not node.tag:
        return entities.escape(node.text, quote=False)
    inner = "".join(written(child) for child in node.children)
    if node.tag == "root":
        return inner
    attributes = "".join(
        f' {name}="{entities.escape(value)}"' for name, value in node.attributes.items()
    )
    begin = f"<{node.tag}{attributes}>"
    return begin if node.tag in VOID else f"{begin}{inner}</{node.tag}>"
