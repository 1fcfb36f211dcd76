"""Shapes of what authors write. Reads nothing: whoever serves may hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

SectionName = Literal["faq", "guides"]
ArticleStatus = Literal["published", "draft", "internal"]
FAQ: SectionName = "faq"
"""Questions before and around a purchase."""
GUIDES: SectionName = "guides"
"""How to use what was bought."""
SECTIONS: tuple[SectionName, ...] = get_args(SectionName)
STATUSES: tuple[ArticleStatus, ...] = get_args(ArticleStatus)

Address = tuple[str, str, str]
"""Section, category, slug."""


@dataclass(frozen=True)
class Article:
    """One language version of an article; `body` is the Markdown after the front matter."""

    id: str
    lang: str
    section: SectionName
    category: str
    slug: str
    title: str
    summary: str
    tags: tuple[str, ...]
    questions: tuple[str, ...]
    status: ArticleStatus
    order: int
    aliases: tuple[str, ...]
    """Former slugs in the same category, or former addresses as "section/category/slug"."""
    related: tuple[str, ...]
    """Ids."""
    body: str
    body_line: int
    """Line of the file, from 1, in which the body begins."""
    path: str
    """Posix, relative to the folder of articles."""
    updated_at: datetime
    """Aware, UTC."""
    next: tuple[str, ...] = ()
    """Ids of what a reader does after this."""
    source: str = ""
    """Language the article is translated from; "" is the site's first."""
    changes: tuple[datetime, ...] = ()
    """When commits changed the file, newest first; empty when git does not know."""
    products: tuple[str, ...] = ()
    """Slugs of what it is about; `kb.content.products` knows which of them exist."""
    key_lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    """Lines of the front matter's keys."""
    created_at: datetime | None = None
    """When its file first came, aware, UTC; None without history."""

    @property
    def address(self) -> Address:
        return self.section, self.category, self.slug

    @property
    def alias_addresses(self) -> tuple[Address, ...]:
        """Former addresses, each as (section, category, slug)."""
        return tuple(alias_address(alias, self.section, self.category) for alias in self.aliases)


@dataclass(frozen=True)
class Category:
    """A folder of articles; `titles` and `descriptions` have every language of the site."""

    section: SectionName
    slug: str
    icon: str
    order: int
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]


@dataclass(frozen=True)
class Product:
    """One entry of the file; texts have every language of the site."""

    slug: str
    icon: str
    order: int
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    aliases: tuple[str, ...]
    """What people call it: nicknames, model numbers."""
    former: tuple[str, ...]
    """Slugs it once had; they go on leading to it."""


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong with a file, in which line, and what its author can do."""

    path: str
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}. {self.remedy}"


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


def alias_address(alias: str, section: str, category: str) -> Address:
    """Read a former slug of the same category, or a whole former address."""
    parts = alias.split("/")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (section, category, alias)
