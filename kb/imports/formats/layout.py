"""Layout of a tree of Markdown: where its pages lie, and at which addresses it showed them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kb.imports.formats.facts import FrontFacts
from kb.imports.formats.front import FrontMatter
from kb.imports.model import Folder, SourceMarkup


@dataclass(frozen=True)
class PageRoot:
    """A folder of pages."""

    folder: str = ""
    group: str = ""
    """Shared with the roots that hold its translations."""
    lang: str = ""
    kind: Literal["pages", "posts", "drafts"] = "pages"
    prefix: str = ""
    """Of its addresses."""


@dataclass(frozen=True)
class PagePlace:
    """A file's place in its root."""

    path: str
    root: PageRoot
    parts: tuple[str, ...]
    """Folders and stem below the root, without folder or suffix of the language."""
    lang: str
    locale: str
    """The language as the source writes it; "" where it does not."""
    is_index: bool


@dataclass(frozen=True)
class NavEntry:
    """An entry of a menu: title and place."""

    title: str
    order: int
    sections: tuple[str, ...] = ()
    """Headings above it in the menu."""


Addresses = Callable[[PagePlace, FrontFacts], tuple[str, ...]]


@dataclass(frozen=True)
class TreeLayout:
    """All that a format says of its tree."""

    format: str
    roots: tuple[PageRoot, ...]
    addresses: Addresses
    base: str = ""
    hosts: tuple[str, ...] = ()
    default_lang: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    nav: Mapping[str, NavEntry] = field(default_factory=dict)
    """By path of the file."""
    folders: Mapping[str, Folder] = field(default_factory=dict)
    """By path of the folder in the source."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By locale: labels of folders in the site's first language → in that one."""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By path of the folder in the source: addresses of the pages that listed it."""
    locales: tuple[str, ...] = ()
    """In which the site showed the pages of its first language where they were not translated."""
    include_roots: tuple[str, ...] = ("",)
    redirects: Mapping[str, str] = field(default_factory=dict)
    markup: SourceMarkup = field(default_factory=SourceMarkup)
    skipped: tuple[str, ...] = ()
    """Folders that hold no pages of help."""


@dataclass(frozen=True)
class PageFile:
    """A file that was read: its place, what its front matter tells, and its text."""

    place: PagePlace
    front: FrontMatter
    facts: FrontFacts


def joined(*parts: str) -> str:
    """A path from the root of parts with or without slashes; an end slash of the last stays."""
    kept = [_in_path(part.strip("/")) for part in parts if part.strip("/")]
    path = "/" + "/".join(kept)
    return f"{path}/" if parts and parts[-1].endswith("/") and kept else path


def _in_path(part: str) -> str:
    """A part of a path in which no sign begins a query or an anchor."""
    return part.replace("#", "%23").replace("?", "%3F")


def without_number(name: str) -> str:
    """A name without the number that only orders it: `01-intro`, `2. Setup`."""
    digits = len(name) - len(name.lstrip("0123456789"))
    if not 0 < digits <= 4:
        return name
    rest = name[digits:]
    # A date such as 2024-01-02 and a version such as 3.1 are names, not places
    if rest[:1] in "-_." and rest[1:2] and not rest[1].isdigit():
        return rest[1:].lstrip(" -_") or name
    return rest.removeprefix(" - ").lstrip() if rest.startswith(" - ") else name


def number_of(name: str) -> int | None:
    """The number that orders a name; None without one."""
    cut = without_number(name)
    digits = name[: len(name) - len(name.lstrip("0123456789"))]
    return int(digits) if cut != name else None
