"""Parts that several pages show, as frozen dataclasses: links, cards, chips, and the frame.

Everything is decided before a template runs: addresses are ready to print, counts are counted,
words are in the reader's language. What one page shows alone stands in the module that puts that
page together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

Direction = Literal["ltr", "rtl"]
"""Which way a language is written."""


@dataclass(frozen=True)
class Link:
    """Somewhere to go. `lang` is "" unless the title is in another language than the page."""

    title: str
    url: str
    lang: str = ""


@dataclass(frozen=True)
class LanguageLink:
    """Page shown, in one language of the site; `name` is the language's own."""

    code: str
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Alternate:
    """A translation that exists, for search engines; `url` is absolute.

    The code `x-default` is the version for readers of all other languages.
    """

    code: str
    url: str


@dataclass(frozen=True)
class SectionLink:
    """One half of the help, linked from every page: before a purchase, or after it."""

    key: str
    title: str
    icon: str
    url: str
    current: Literal["", "page", "true"]
    """"page" when the link leads here, "true" when this page belongs to that half."""


@dataclass(frozen=True)
class LogoImage:
    """`dark` is the address for dark screens, "" for the same; `alt` is "" for a decoration."""

    url: str
    dark: str
    alt: str


@dataclass(frozen=True)
class Look:
    """Changes that `theme.toml` makes on every page."""

    stylesheet: str
    """Address of the brand's colours and font; "" without."""
    font: str
    """Address of the font to load early; "" without."""
    theme_colour: str
    theme_colour_dark: str
    icon: str
    icon_type: str
    logo: LogoImage
    tagline: str
    footer_text: str
    footer_links: tuple[Link, ...]


@dataclass(frozen=True)
class Quoted:
    """A link to the page as other programs show it: Open Graph. Addresses are absolute."""

    kind: Literal["website", "article"]
    title: str
    """Without the site's name."""
    url: str
    locale: str
    """With a territory, as `ru_RU`; `other_locales` are those of its translations."""
    other_locales: tuple[str, ...]
    modified: str
    """ISO 8601 with offset; "" for what is no article."""
    image: str
    image_alt: str
    image_width: int
    image_height: int


@dataclass(frozen=True)
class Frame:
    """Surroundings of every page's own content."""

    lang: str
    direction: Direction
    look: Look
    site_name: str
    title: str
    """Whole text of the browser tab."""
    description: str
    query: str
    """What the search box holds."""
    home_url: str
    search_url: str
    contact_url: str
    instant_url: str
    """What is shown under the search box while somebody types."""
    changes_url: str
    """Feed of what changed, for readers of feeds."""
    opensearch_url: str
    """Description of the search, for browsers."""
    halves: tuple[SectionLink, ...]
    """Those that hold articles; none without an index."""
    languages: tuple[LanguageLink, ...]
    alternates: tuple[Alternate, ...]
    canonical: str
    """Absolute; "" when the page has no address of its own, as errors."""
    is_indexable: bool
    quoted: Quoted | None
    """None when the page has no address of its own."""
    structured: Markup | None = None
    """JSON-LD, ready to stand in a script element; None when search engines get none."""
    is_static: bool = False
    """True for a page of plain files, where no form but the search works."""


@dataclass(frozen=True)
class CategoryCard:
    """A category with the number of articles a reader of this language finds in it."""

    title: str
    description: str
    url: str
    icon: str
    count: int
    articles: tuple[Link, ...]
    """The first few, in the authors' order."""
    has_more: bool


@dataclass(frozen=True)
class SectionCard:
    """One of the two ways in: a section, with its categories."""

    key: str
    title: str
    subtitle: str
    url: str
    count: int
    categories: tuple[CategoryCard, ...]


@dataclass(frozen=True)
class ProductCard:
    """A product with the number of articles about it."""

    title: str
    description: str
    url: str
    icon: str
    count: int


@dataclass(frozen=True)
class Chip:
    """A filter: choosing it leads to `url`, where there are `count` results."""

    label: str
    url: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class ArticleCard:
    """`lang` and `lang_name` are "" unless the article is in another language than the page."""

    title: str
    url: str
    summary: str
    lang: str = ""
    lang_name: str = ""
