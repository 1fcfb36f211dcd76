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


@dataclass(frozen=True)
class Folder:
    """A folder or section of the source: its key, its title by language, its place."""

    key: str
    titles: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    order: int | None = None


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
    """File it comes from."""
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
    names: tuple[str, ...] = ()
    """Other names by which links call it."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Of the page itself, for its text."""


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
    """Old path → file or path that it led to."""
    findings: tuple[ImportFinding, ...] = ()


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
