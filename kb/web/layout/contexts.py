"""What each page shows: one frozen dataclass per template. Data only.

Everything is decided before a template runs: addresses are ready to print, counts are counted,
words are in the reader's language. The module beside its routes makes each; templates lay them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from search.model import Segment

VoteChoice = Literal["", "yes", "no"]
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
    """This page in one language of the site; `name` is the language's own."""

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
    """What `theme.toml` changes on every page."""

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
    """What other programs show of a link to the page: Open Graph. Addresses are absolute."""

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
    """What every page has around its own content."""

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
class DatedLink:
    link: Link
    updated_at: datetime
    date: str
    """`updated_at` in words."""
    is_new: bool
    """An article that came lately, rather than one that was changed."""


@dataclass(frozen=True)
class ProductCard:
    """A product with the number of articles about it."""

    title: str
    description: str
    url: str
    icon: str
    count: int


@dataclass(frozen=True)
class HomePage:
    frame: Frame
    article_count: int
    examples: tuple[Link, ...]
    doors: tuple[SectionCard, ...]
    popular: tuple[Link, ...]
    """Empty as long as too few readings have been counted; `start` is shown instead."""
    start: tuple[Link, ...]
    recent: tuple[DatedLink, ...]
    questions: tuple[Link, ...]
    """Authors' questions to popular articles, each leading to its article."""
    products: tuple[ProductCard, ...]
    """The first few."""
    products_url: str
    has_more_products: bool


@dataclass(frozen=True)
class Chip:
    """A filter: choosing it leads to `url`, where there are `count` results."""

    label: str
    url: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class ProductFilter:
    """Reduces a list of articles to those about one product."""

    chips: tuple[Chip, ...]
    """One for everything, then one for each product; none when they would not differ."""
    chosen: Link | None
    """The product's own page."""
    is_unknown: bool
    """True when the address names a product without articles here; everything is shown then."""
    all_url: str
    """All products of the site; "" when each has a chip."""


@dataclass(frozen=True)
class SectionPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    name: str
    """Of the section, as paths to its articles show it."""
    door: SectionCard
    by_product: ProductFilter | None
    """None where articles do not differ by product."""


@dataclass(frozen=True)
class ArticleCard:
    """`lang` and `lang_name` are "" unless the article is in another language than the page."""

    title: str
    url: str
    summary: str
    lang: str = ""
    lang_name: str = ""


@dataclass(frozen=True)
class CategoryPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    icon: str
    title: str
    description: str
    section: str
    category: str
    popular: tuple[Link, ...]
    """The most popular articles of a category that is not read at a glance."""
    articles: tuple[ArticleCard, ...]
    foreign_articles: tuple[ArticleCard, ...]
    """Those without a version in the page's language."""
    has_filter: bool
    by_product: ProductFilter | None
    """None where articles do not differ by product."""
    siblings: tuple[CategoryCard, ...]
    """Other categories of the section."""


@dataclass(frozen=True)
class ArticleGroup:
    """Articles of one category, or of a section, under its name."""

    title: str
    url: str
    articles: tuple[ArticleCard, ...]


@dataclass(frozen=True)
class ProductPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    icon: str
    title: str
    description: str
    product: str
    """What a search within these articles sends."""
    groups: tuple[ArticleGroup, ...]
    """Guides by category, then questions and answers."""
    foreign_articles: tuple[ArticleCard, ...]
    """Those without a version in the page's language."""
    siblings: tuple[ProductCard, ...]
    """Other products."""


@dataclass(frozen=True)
class ProductsPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    title: str
    products: tuple[ProductCard, ...]


@dataclass(frozen=True)
class ContentsEntry:
    title: str
    anchor: str
    level: Literal[2, 3]


@dataclass(frozen=True)
class VoteReasonChoice:
    """Why an article did not help; `key` is what the form sends."""

    key: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class VotePanel:
    """The question whether the article helped, with this visitor's own answer, if known."""

    action: str
    choice: VoteChoice
    reasons: tuple[VoteReasonChoice, ...]
    comment: str
    max_comment_chars: int
    has_reason: bool
    """True when a reason or comment has been given: the form then folds away."""
    error: str = ""


@dataclass(frozen=True)
class ArticlePage:
    frame: Frame
    crumbs: tuple[Link, ...]
    section: str
    lang: str
    """Of the article, which may differ from the page's."""
    direction: Direction
    """Of the article's language."""
    foreign_name: str
    """What the page's language calls the article's; "" when they are the same."""
    title: str
    summary: str
    html: Markup
    has_pictures: bool
    """True when pictures of it open in full size."""
    updated_at: datetime
    updated: str
    history_url: str
    """Of the page that lists when the article changed; "" when it would say nothing more."""
    newer: NewerVersion | None
    minutes: int
    products: tuple[Link, ...]
    """What it is about."""
    contents: tuple[ContentsEntry, ...]
    permalink: str
    """Absolute; leads to the article in whatever language its reader prefers."""
    next_steps: tuple[ArticleCard, ...]
    contact_url: str
    """The contact page, told which article did not help."""
    viewed_url: str
    """Where the page reports that it was read."""
    vote: VotePanel
    related: tuple[ArticleCard, ...]
    category: Link


@dataclass(frozen=True)
class NewerVersion:
    """The version this article is translated from, changed since; names in the page's language."""

    lang: str
    language: str
    date: str
    url: str


@dataclass(frozen=True)
class Day:
    """`date` as YYYY-MM-DD and in words."""

    date: str
    words: str


@dataclass(frozen=True)
class HistoryPage:
    frame: Frame
    crumbs: tuple[Link, ...]
    article: Link
    foreign_name: str
    """What the page's language calls the article's; "" when they are the same."""
    days: tuple[Day, ...]
    """On which the article changed, the latest first."""
    is_cut: bool
    """True when there may have been changes before these."""
    forge_url: str


@dataclass(frozen=True)
class ResultItem:
    """One hit. `lang` and `lang_name` are "" unless it is in another language than the page."""

    title: tuple[Segment, ...]
    url: str
    path: tuple[str, ...]
    heading: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    lang: str
    lang_name: str
    sections: tuple[Link, ...]
    """Further sections of the same article that match."""


@dataclass(frozen=True)
class PageLink:
    """A page of results; `number` 0 stands for a gap."""

    number: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class AnswerBox:
    """A quotation that answers the search, with where it was taken from."""

    text: str
    """Lines of a list stand on lines of their own."""
    title: str
    heading: str
    url: str
    lang: str
    """"" unless it is in another language than the page."""


@dataclass(frozen=True)
class CompletionItem:
    """A title, heading or question; `title` names the article that it is taken from."""

    text: tuple[Segment, ...]
    url: str
    icon: str
    title: str
    lang: str
    lang_name: str


@dataclass(frozen=True)
class InstantList:
    """What is shown under the search box while somebody types; no page of its own."""

    query: str
    searched: str
    """What was searched for instead, "" when that is `query`."""
    results: tuple[ResultItem, ...]
    completions: tuple[CompletionItem, ...]
    has_completions_first: bool
    """True while it is not clear which word is being typed."""
    all_url: str
    """The page of results for `query`."""


@dataclass(frozen=True)
class ResultsPage:
    frame: Frame
    query: str
    """As typed, cleaned and cut; "" when nothing was asked."""
    searched: str
    """What was searched for instead, "" when that is `query`."""
    verbatim_url: str
    """The same search without repairs."""
    alternative: Link | None
    """A likelier spelling, where what was typed has been searched for."""
    elsewhere: Link | None
    """The same search in another language, named by the title, whose articles fit better."""
    total: int
    is_capped: bool
    """True when there are more results than can be paged through."""
    chips: tuple[Chip, ...]
    category_chip: Chip | None
    """The category the search is restricted to; its address lifts the restriction, its count is
    that of the results with it."""
    product_chip: Chip | None
    """The product the search is restricted to, in the same way."""
    product_chips: tuple[Chip, ...]
    """Products that the results are about, to restrict the search to one."""
    answer: AnswerBox | None
    results: tuple[ResultItem, ...]
    first_number: int
    numbered: tuple[PageLink, ...]
    previous_url: str
    next_url: str
    unfiltered_url: str
    """The same query without filters; "" when none is set."""
    unfiltered_count: int
    """How many results that has; 0 when it is not known to be better."""
    nearest: tuple[ResultItem, ...]
    """What comes closest when nothing was found."""
    nearest_titles: tuple[ArticleCard, ...]
    """Articles with similar words in their titles, when not even that is known."""
    categories: tuple[CategoryCard, ...]
    """Ways on, for an empty page."""


@dataclass(frozen=True)
class OfferedPassage:
    """A passage that may answer a message being written; `quotation` is an exact part of it."""

    title: str
    heading: str
    url: str
    quotation: str
    """Lines of a list stand on lines of their own."""
    lang: str
    """"" unless it is in another language than the page."""
    lang_name: str


@dataclass(frozen=True)
class ContactOffer:
    """What is offered before a message is sent. At least one passage, the answer included."""

    answer: OfferedPassage | None
    passages: tuple[OfferedPassage, ...]
    """Besides the answer."""
    count: int
    token: str


@dataclass(frozen=True)
class ContactField:
    """A field with what was typed; `error` is "" when nothing is wrong with it."""

    name: str
    value: str
    error: str


@dataclass(frozen=True)
class ContactForm:
    action: str
    suggestions_url: str
    token: str
    about: Link | None
    """The article that did not help; its id is `about_id`."""
    about_id: str
    shown: tuple[str, ...]
    """Tokens of what was offered before."""
    message: ContactField
    name: ContactField
    email: ContactField
    order: ContactField
    consent: ContactField
    """Its value is "1" when the customer agreed."""
    trap: ContactField
    """For robots: nobody else sees it, unless it was filled in."""
    needs_email: bool
    consent_text: str
    errors: tuple[ContactField, ...]
    """The fields with an error, in their order."""


@dataclass(frozen=True)
class ContactPage:
    """`form` is None on a site that nothing can be sent from; `email` may be ""."""

    frame: Frame
    crumbs: tuple[Link, ...]
    email: str
    form: ContactForm | None = None
    offer: ContactOffer | None = None
    problem: str = ""
    """Why the message was not sent, when no field is to blame."""


@dataclass(frozen=True)
class ContactDonePage:
    """Thanks. `reference` is "" when nothing was sent."""

    frame: Frame
    crumbs: tuple[Link, ...]
    title: str
    happens: str
    reference: str


@dataclass(frozen=True)
class ErrorPage:
    frame: Frame
    status: int
    title: str
    happened: str
    advice: str
    has_search: bool
    """False where search cannot work either."""
