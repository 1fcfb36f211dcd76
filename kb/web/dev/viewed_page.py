"""The page an author looks at: the article of a page's address, and the file it comes from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kb.catalog.catalog import ArticleVersion
from kb.catalog.check_report import CheckReport
from kb.catalog.generation import Loaded
from kb.content.model import SECTIONS


@dataclass(frozen=True)
class ViewedPage:
    """A page by its path; `file` is "" where it shows no article, `page` None where none is served.

    A file whose article is not served is a draft, or has a problem that leaves it out.
    """

    path: str
    lang: str
    """Of the page around, "" for an address of no language."""
    file: str
    page: ArticleVersion | None


def place_at(path: str, languages: tuple[str, ...], loaded: Loaded | None) -> ViewedPage:
    """The place at a path of the site; any text is valid."""
    parts = path.partition("?")[0].partition("#")[0].strip("/").split("/")
    lang = parts[0] if parts[0] in languages else ""
    if not lang or len(parts) != 4 or parts[1] not in SECTIONS:
        return ViewedPage(path, lang, "", None)
    section, category, slug = parts[1:]
    page = loaded.catalog.by_address(lang, section, category, slug) if loaded else None
    file = page.source_path if page else f"{'/'.join(parts)}.md"
    return ViewedPage(path, lang, file, page)


def version_of(place: ViewedPage, loaded: Loaded | None) -> str:
    """Equal as long as a page shows the same of its article; of other pages, of the generation."""
    shown = repr(place.page) if place.page else loaded.name if loaded else ""
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def is_known(place: ViewedPage, report: CheckReport) -> bool:
    """True where there is such a file, whether or not its article is served."""
    return place.file in report.articles or bool(report.problems_of(place.file))
