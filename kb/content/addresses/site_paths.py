"""Paths of the site as its authors can know them: which lead to a page, and to which article."""

from __future__ import annotations

from collections.abc import Sequence

from kb.content.model import Library, Product

RESERVED = frozenset({"api", "agent", "staff"})
"""First parts of paths that belong to programs and staff."""
FILES = frozenset(
    (
        *("/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/robots.txt"),
        *("/sitemap.xml", "/llms.txt", "/llms-full.txt", "/widget/v1.js"),
    )
)
PAGES = frozenset({"", "contact", "search", "changes.atom", "opensearch.xml"})
"""What stands directly below a language."""


class SitePaths:
    """Answers from what is published; a draft has no address yet."""

    def __init__(
        self, library: Library, products: Sequence[Product], languages: Sequence[str]
    ) -> None:
        self._languages = tuple(languages)
        published = [it for it in library.articles if it.status == "published"]
        self.ids = frozenset(article.id for article in published)
        self._present = {"/".join(article.address): article.id for article in published}
        self._former = {"/".join(place): it for (_, place), it in library.former.items()}
        for article in published:
            self._former |= dict.fromkeys(map("/".join, article.alias_addresses), article.id)
        known = {f"{it.section}/{it.slug}" for it in library.categories}
        held = {f"{it.section}/{it.category}" for it in published} & known
        self.places = held | {place.partition("/")[0] for place in held}
        named = {slug for article in published for slug in article.products}
        self._products = {product.slug for product in products} & named

    def is_page(self, path: str) -> bool:
        """True when something is served at a decoded path without a slash at its end."""
        first, rest = self._split(path)
        if path in FILES or first in RESERVED:
            return True
        if first == "a":
            return rest.partition("/")[0].removesuffix(".md") in self.ids
        if first not in self._languages:
            return False
        name, _, product = rest.partition("/")
        if name == "products":
            return product in self._products if product else bool(self._products)
        return rest in PAGES or rest in self.places or rest in self._present

    def article(self, path: str) -> tuple[str, str]:
        """Id of the article that a path leads to or has led to, and the language; or "", ""."""
        first, rest = self._split(path)
        if first == "a":
            article_id, _, lang = rest.partition("/")
            return (article_id, lang) if article_id in self.ids else ("", "")
        if first not in self._languages:
            return "", ""
        return self._present.get(rest) or self._former.get(rest, ""), first

    @staticmethod
    def _split(path: str) -> tuple[str, str]:
        first, _, rest = path.removeprefix("/").partition("/")
        return first, rest
