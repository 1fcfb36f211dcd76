"""Shapes of what authors write. Reads nothing: whoever serves may hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Literal, Self, get_args

from kb.content.fault_kinds import FaultKind, Severity

SectionName = Literal["faq", "guides"]
ArticleStatus = Literal["published", "draft", "internal"]
FAQ: SectionName = "faq"
"""Questions before and around a purchase."""
GUIDES: SectionName = "guides"
"""How to use what was bought."""
LONG_AGO = datetime.fromtimestamp(0, tz=UTC)
MAX_LINE_CHARS = 160
"""Of a problem as it is shown."""
MIN_PLACE_CHARS, MIN_MESSAGE_CHARS, GOOD_MESSAGE_CHARS = 40, 30, 60
"""Of its path and line among them, and of its message: of one for which the place is cut, too."""
SECTIONS: tuple[SectionName, ...] = get_args(SectionName)
STATUSES: tuple[ArticleStatus, ...] = get_args(ArticleStatus)

Address = tuple[str, str, str]
"""Section, category, slug."""
FormerAddresses = Mapping[tuple[str, Address], str]
"""(language, address) → id of the article that once stood there."""


@dataclass(frozen=True)
class ArticleHead:
    """Everything that address, front matter and history say of one version of an article.

    Carried unchanged from the file into a generation; serving reads it there.
    """

    id: str
    lang: str
    section: SectionName
    category: str
    slug: str
    title: str
    summary: str
    tags: tuple[str, ...]
    questions: tuple[str, ...]
    order: int
    aliases: tuple[str, ...]
    """Former slugs in the same category, or former addresses as "section/category/slug"."""
    related: tuple[str, ...]
    """Ids."""
    updated_at: datetime | None
    """Aware, UTC; None when nobody knows, as in a clone without its history."""
    # Defaults are for articles without these keys, and for catalogs of older releases.
    next: tuple[str, ...] = ()
    """Ids of what a reader does after this."""
    source: str = ""
    """Language the article is translated from; "" is the site's first."""
    changes: tuple[datetime, ...] = ()
    """Times of commits that changed the file, newest first; empty when git does not know."""
    products: tuple[str, ...] = ()
    """Slugs of what this version says it is about; `kb.content.products` knows which exist."""
    created_at: datetime | None = None
    """Time at which its file first came, aware, UTC; None without history."""

    @property
    def address(self) -> Address:
        return self.section, self.category, self.slug

    @property
    def alias_addresses(self) -> tuple[Address, ...]:
        """Former addresses, each as (section, category, slug)."""
        return tuple(alias_address(alias, self.section, self.category) for alias in self.aliases)


@dataclass(frozen=True)
class Headed:
    """Carries a head, and gives its facts by their own names."""

    head: ArticleHead

    def with_head(self, **changes: Any) -> Self:
        """The same with other facts in its head."""
        return replace(self, head=replace(self.head, **changes))

    @property
    def id(self) -> str:
        return self.head.id

    @property
    def lang(self) -> str:
        return self.head.lang

    @property
    def section(self) -> SectionName:
        return self.head.section

    @property
    def category(self) -> str:
        return self.head.category

    @property
    def slug(self) -> str:
        return self.head.slug

    @property
    def title(self) -> str:
        return self.head.title

    @property
    def summary(self) -> str:
        return self.head.summary

    @property
    def tags(self) -> tuple[str, ...]:
        return self.head.tags

    @property
    def questions(self) -> tuple[str, ...]:
        return self.head.questions

    @property
    def order(self) -> int:
        return self.head.order

    @property
    def aliases(self) -> tuple[str, ...]:
        return self.head.aliases

    @property
    def related(self) -> tuple[str, ...]:
        return self.head.related

    @property
    def updated_at(self) -> datetime | None:
        return self.head.updated_at

    @property
    def ordering_date(self) -> datetime:
        """`updated_at`, or long ago when that is not known."""
        return self.head.updated_at or LONG_AGO

    @property
    def next(self) -> tuple[str, ...]:
        return self.head.next

    @property
    def source(self) -> str:
        return self.head.source

    @property
    def changes(self) -> tuple[datetime, ...]:
        return self.head.changes

    @property
    def products(self) -> tuple[str, ...]:
        return self.head.products

    @property
    def created_at(self) -> datetime | None:
        return self.head.created_at

    @property
    def address(self) -> Address:
        return self.head.address

    @property
    def alias_addresses(self) -> tuple[Address, ...]:
        return self.head.alias_addresses


@dataclass(frozen=True)
class Article(Headed):
    """One language version of an article; `body` is the Markdown after the front matter."""

    status: ArticleStatus
    body: str
    """With everything filled in that stands elsewhere."""
    body_line: int
    """Line of the file, from 1, in which the body begins."""
    path: str
    """Posix, relative to the folder of articles."""
    verified: date | None = None
    """Day on which somebody last made sure that all of it is right."""
    updated: date | None = None
    """Day that the author gives as that of the last change; `updated_at` is the same then."""
    key_lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    """Lines of the front matter's keys."""
    origins: tuple[tuple[str, int], ...] = field(default=(), compare=False, repr=False)
    """File and line of each line of the body, where other files have a part in it."""

    def place(self, number: int) -> tuple[str, int]:
        """File, and line in it, of a line of the body, counted from 0."""
        if number < len(self.origins):
            return self.origins[number]
        return self.path, self.body_line + number


@dataclass(frozen=True)
class Category:
    """A folder of articles; `titles` and `descriptions` have every language of the site."""

    section: SectionName
    slug: str
    icon: str
    order: int
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]

    def title(self, lang: str) -> str:
        return _in_language(self.titles, lang) or self.slug

    def description(self, lang: str) -> str:
        return _in_language(self.descriptions, lang)


@dataclass(frozen=True)
class Product:
    """Something the shop sells, with articles about it; texts have every language of the site."""

    slug: str
    icon: str
    order: int
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    """Names people give it: nicknames, model numbers."""
    former: tuple[str, ...] = ()
    """Slugs it once had; they go on leading to it."""

    def title(self, lang: str) -> str:
        return _in_language(self.titles, lang) or self.slug

    def description(self, lang: str) -> str:
        return _in_language(self.descriptions, lang)


@dataclass(frozen=True, order=True)
class Problem:
    """A fault of a file: its line, what the author can do, and the kind of fault."""

    path: str
    line: int
    message: str
    remedy: str
    kind: FaultKind

    @property
    def severity(self) -> Severity:
        return self.kind.severity

    def __str__(self) -> str:
        """One line of at most MAX_LINE_CHARS; the remedy is whole if the rest leaves it any room.

        A message is cut in its middle, for the name in it mostly ends it or begins it.
        """
        head = _in_one_line(f"{self.path}:{self.line}: ")
        message, remedy = _in_one_line(self.message), _in_one_line(self.remedy)
        room = MAX_LINE_CHARS - len(". ") - len(remedy)
        most = max(MIN_PLACE_CHARS, room - min(GOOD_MESSAGE_CHARS, len(message)))
        head = head if len(head) <= most else f"…{head[1 - most :]}"
        message = _cut_inside(message, max(MIN_MESSAGE_CHARS, room - len(head)))
        return f"{head}{message}. {_cut(remedy, MAX_LINE_CHARS - 2 - len(head) - len(message))}"


@dataclass(frozen=True)
class Library:
    """Everything under the folder of articles: what is good, and what is wrong with the rest."""

    articles: tuple[Article, ...]
    """Of every status, by path."""
    categories: tuple[Category, ...]
    """By section, order, slug."""
    problems: tuple[Problem, ...]
    """By path, line."""
    retired: frozenset[str]
    """Ids of removed articles; never given again."""
    former: FormerAddresses = field(default_factory=dict)
    """Where articles stood before they moved, as far as is known."""
    remarks: tuple[Problem, ...] = ()
    """Faults of no consequence, by path, line."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """Paths of articles that are left out, with the ids that are written in them, "" for none."""

    def unread_path(self, article_id: str) -> str:
        """Path of the article with this id, if it is left out; "" otherwise."""
        return next((path for path, it in self.unread.items() if it == article_id), "")


def alias_address(alias: str, section: str, category: str) -> Address:
    """Read a former slug of the same category, or a whole former address."""
    parts = alias.split("/")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (section, category, alias)


def _in_one_line(text: str) -> str:
    """`text` with single spaces, and without characters that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else " " for char in text)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _cut_inside(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    behind = (most - 1) // 2
    return f"{text[: most - 1 - behind].rstrip()}…{text[-behind:].lstrip()}"


def _in_language(texts: Mapping[str, str], lang: str) -> str:
    return texts.get(lang) or next(iter(texts.values()), "")
