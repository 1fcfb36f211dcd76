"""Shapes of an import: pages as another system has them, options, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kb.content.model import ArticleStatus, SectionName
from kb.imports.callout_kinds import NamedCallout


class CannotImport(Exception):
    """A source that cannot be imported; the message is one line that says why."""


@dataclass(frozen=True)
class ImportOptions:
    """Choices of whoever imports, with the site's languages."""

    languages: tuple[str, ...]
    """Of the site, its first language first."""
    format: str = ""
    """Name of a format; "" lets the source say it."""
    name: str = ""
    """Of the source in the record of imports; "" is its format's."""
    section: SectionName = "guides"
    faq: tuple[str, ...] = ()
    """Patterns of folders whose articles are questions and answers."""
    language: str = ""
    """Of pages that do not say it; "" lets their words say it."""
    old_site: str = ""
    """Address of the site that the pages come from."""
    depth: int = 2
    """Folders that make a category."""
    variables: Mapping[str, str] = field(default_factory=dict)
    editions: frozenset[str] = frozenset({"public"})
    """Conditions that hold, where pages have parts for some readers only."""
    is_update: bool = False


@dataclass(frozen=True)
class ImportFinding:
    """A fact that needs a hand, or that an importer wants to know."""

    kind: str
    """Heading under which it is counted."""
    path: str
    line: int
    message: str
    remedy: str = ""
    is_remark: bool = False
    """True for advice: nothing is wrong with what readers see."""


@dataclass(frozen=True)
class Folder:
    """A folder or section of the source: its key, its title by language, its place."""

    key: str
    titles: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    order: int | None = None
    addresses: tuple[str, ...] = ()
    """Old ones of the page that listed it, those that end in * being beginnings."""
    guessed: frozenset[str] = frozenset()
    """Languages whose title is only a name of a folder, put into words."""


@dataclass(frozen=True)
class SourceMarkup:
    """Meanings of marks in which systems differ; those of GitHub for a start."""

    tilde: Literal["struck", "subscript", "text"] = "struck"
    """A single one around words."""
    caret: Literal["text", "superscript"] = "text"
    plus: Literal["text", "inserted"] = "text"
    has_brackets: bool = False
    r"""Formulas between `\(` and `\)`."""
    any_callout: bool = False
    """A quote's callout is one by whatever name."""
    callouts: Mapping[str, NamedCallout] = field(default_factory=dict)
    """Classes that the settings call callouts."""


@dataclass(frozen=True)
class SourcePage:
    """One language version of a page, before anything of its text is changed."""

    key: str
    """Permanent name in the source."""
    group: str
    """Shared by the translations of a page."""
    path: str
    """File it comes from; of an export, whose files hold many, with it: `a.json#article:1`."""
    lang: str
    title: str
    body: str
    folders: tuple[str, ...] = ()
    """Keys of the folders around it, outermost first."""
    body_line: int = 1
    is_html: bool = False
    summary: str = ""
    slug: str = ""
    tags: tuple[str, ...] = ()
    status: ArticleStatus = "published"
    order: int | None = None
    updated: str = ""
    """Day as 2026-11-30."""
    addresses: tuple[str, ...] = ()
    """Old ones, from the site's root, the present one first."""
    prefixes: tuple[str, ...] = ()
    """Beginnings of further old addresses: `/hc/en-us/articles/9001-*`."""
    names: tuple[str, ...] = ()
    """Other names by which links call it."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Of the page itself, for its text."""
    original: str = ""
    """Language in which the page was written first, by the source; "" where it does not say."""

    @property
    def old_addresses(self) -> tuple[str, ...]:
        """Addresses and beginnings of them."""
        return (*self.addresses, *self.prefixes)


@dataclass(frozen=True)
class SourceTree:
    """Everything that a format found in a source."""

    format: str
    pages: tuple[SourcePage, ...]
    folders: Mapping[str, Folder] = field(default_factory=dict)
    roots: tuple[str, ...] = ("",)
    """Folders that links and includes from the root may mean."""
    base: str = ""
    """Path under which the old site lay, such as "/docs"."""
    hosts: tuple[str, ...] = ()
    """Of the old site."""
    variables: Mapping[str, str] = field(default_factory=dict)
    markup: SourceMarkup = field(default_factory=SourceMarkup)
    redirects: Mapping[str, str] = field(default_factory=dict)
    """Old path → file, path or address that it led to."""
    homes: Mapping[str, str] = field(default_factory=dict)
    """Old addresses of front pages → the site's language."""
    attachments: Mapping[str, str] = field(default_factory=dict)
    """Number of an attachment → the name of its file."""
    findings: tuple[ImportFinding, ...] = ()


@dataclass(frozen=True)
class LandedArticle:
    """An article of an import: its place here, and what of it was guessed."""

    path: str
    title: str
    id: str
    status: ArticleStatus
    source: str
    """Path of the page in the source."""
    summary: str
    summary_origin: str
    """The part of the page that the summary was made of; "told" for one of the source's own."""
    old_id: str = ""
    is_written: bool = False


@dataclass(frozen=True)
class LandedCategory:
    """A category of an import, and what of it was guessed."""

    name: str
    """As "section/slug"."""
    old: str
    """Titles of the folders that it was, outermost first."""
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    guesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportResult:
    """All that an import did, or would do, and what was found."""

    format: str
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    drafts: int = 0
    translations: int = 0
    categories: int = 0
    pictures: int = 0
    redirects: int = 0
    is_changed: bool = False
    findings: tuple[ImportFinding, ...] = ()
    articles: tuple[LandedArticle, ...] = ()
    made_categories: tuple[LandedCategory, ...] = ()
