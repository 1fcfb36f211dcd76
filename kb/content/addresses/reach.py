"""Links that begin with / as their readers find them: somewhere on the site, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from kb.content.addresses.site_paths import SitePaths
from kb.content.files import old_paths
from kb.content.files.old_paths import OldPathTable, Redirect
from kb.content.media import Media
from kb.content.model import Library, Product

SERVED = frozenset({"demo", "problems", "site", "static", "widget"})
"""First parts of paths whose files are not the authors' to know."""
SERVED_FILES = frozenset({"/theme.css"})
BELOW_LANGUAGE = frozenset({"contact", "history", "instant", "og"})
"""Second parts of paths that lead somewhere, whatever follows."""


class Reach:
    """Answers from what is published, from the site's pictures and from its old addresses."""

    def __init__(
        self,
        library: Library,
        *,
        products: Sequence[Product],
        languages: Sequence[str],
        redirects: Sequence[Redirect],
        pictures: Media,
    ) -> None:
        self._paths = SitePaths(library, products, languages)
        self._languages = tuple(languages)
        self._old = OldPathTable((one.old, True) for one in redirects)
        self._pictures = frozenset(file.url for file in pictures.files.values())
        self.facts = (
            sorted(self._languages),
            sorted(product.slug for product in products),
            sorted((one.old.path, one.old.parameters, one.old.is_prefix) for one in redirects),
        )
        """Everything that answers depend on beside articles, categories and pictures, for JSON."""

    def leads(self, href: str) -> bool:
        """True when a link that begins with / leads somewhere. Links to other hosts do."""
        written, _, query = href.partition("#")[0].partition("?")
        if written.startswith(("//", "/\\")):
            return True
        path = old_paths.normal(old_paths.decoded(written))
        first, _, rest = path.removeprefix("/").partition("/")
        if first in SERVED or path in SERVED_FILES or path in self._pictures:
            return True
        if first in self._languages and rest.partition("/")[0] in BELOW_LANGUAGE:
            return True
        is_known = self._paths.is_page(path) or bool(self._paths.article(path)[0])
        return is_known or bool(self._old.find(path, query))
