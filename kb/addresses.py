"""Paths of the site's pages, by what they lead to: the one place where they are made.

Routes are declared in `kb.web`; a test holds that both agree. A site has its host to itself: paths
begin at its root.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote, urlencode

ANCHOR_SAFE = "%!#$&'()*+,/:;=?@"
"""As Werkzeug leaves them in an address."""


class Placed(Protocol):
    """An article, by where it stands."""

    @property
    def section(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def slug(self) -> str: ...


def home_path(lang: str) -> str:
    return f"/{lang}/"


def section_path(section: str, lang: str) -> str:
    return f"/{lang}/{section}/"


def category_path(section: str, category: str, lang: str) -> str:
    return f"/{lang}/{section}/{category}/"


def article_path(article: Placed, lang: str, anchor: str = "") -> str:
    """Path of an article inside the pages of `lang`, whatever language it is written in."""
    path = f"/{lang}/{article.section}/{article.category}/{article.slug}"
    return f"{path}#{anchor}" if anchor else path


def permanent_path(article_id: str, lang: str = "", anchor: str = "") -> str:
    """Path that survives new titles, folders and headings; safe in plain text and Markdown.

    It leads to the article in `lang`, or in the language of the reader's browser.
    """
    path = f"/a/{article_id}/{lang}" if lang else f"/a/{article_id}"
    return f"{path}#{quote(anchor, safe='-_.~')}" if anchor else path


def products_path(lang: str) -> str:
    return f"/{lang}/products/"


def product_path(product: str, lang: str) -> str:
    return f"/{lang}/products/{product}"


def search_path(lang: str) -> str:
    return f"/{lang}/search"


def static_index_path(lang: str) -> str:
    """Path of the index that the search of an exported site reads."""
    return f"/{lang}/search/index.js"


def contact_path(lang: str) -> str:
    return f"/{lang}/contact"


def staff_article_path(article_id: str, reader: str, lang: str = "", anchor: str = "") -> str:
    """Path of an article in the pages for staff: for a customer who reads `reader`.

    `lang` is that of the pages, "" for the browser's.
    """
    values = {"reader": reader, "lang": lang} if lang else {"reader": reader}
    path = f"/agent/a/{article_id}?{urlencode(values)}"
    return f"{path}#{quote(anchor, safe=ANCHOR_SAFE)}" if anchor else path


def invitation_path(token: str) -> str:
    """Path at which who is invited to the staff chooses a name and a password."""
    return f"/staff/invitation/{token}"
