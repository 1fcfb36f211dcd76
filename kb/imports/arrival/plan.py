"""Places of imported pages: section, category, slug and id, those of earlier imports first."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.imports.arrival.category_plan import CategoryPlanner, PlannedCategory
from kb.imports.arrival.names import free_slug, id_of, slug_of
from kb.imports.arrival.record import PageRecord, SourceRecord
from kb.imports.model import ImportFinding, ImportOptions, SourcePage, SourceTree


@dataclass(frozen=True)
class PlannedPage:
    """A page with its id and place here."""

    page: SourcePage
    id: str
    path: str
    category: str
    """As "section/category"."""
    known: PageRecord | None = None
    source: str = ""
    """Language that it is translated from, where readers of our front matter must be told."""


@dataclass(frozen=True)
class ImportPlan:
    """Places of everything that is imported."""

    pages: tuple[PlannedPage, ...]
    categories: Mapping[str, PlannedCategory]
    """By "section/category"."""
    category_of: Mapping[str, str]
    """Folder of the source → "section/category"."""
    findings: tuple[ImportFinding, ...] = ()


@dataclass(frozen=True)
class TakenNames:
    """Ids and addresses that articles here have, and where articles with an id lie."""

    ids: frozenset[str]
    slugs: Mapping[str, frozenset[str]]
    """By "section/category"."""
    paths: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(id, language) → path."""


def planned(
    tree: SourceTree, options: ImportOptions, record: SourceRecord, taken: TakenNames, name: str
) -> ImportPlan:
    """The plan; the same source gives the same one each time."""
    kept, findings = _of_the_site(tree, options)
    groups: dict[str, list[SourcePage]] = {}
    for page in _distinct(kept):
        groups.setdefault(page.group, []).append(page)
    categories = CategoryPlanner(tree, options, record, kept)
    places = _ArticlePlaces(record, taken, name, options)
    found: list[PlannedPage] = []
    for group in sorted(groups, key=lambda it: (places.is_new(it), it)):
        versions = sorted(groups[group], key=lambda it: options.languages.index(it.lang))
        category = places.known_category(group) or categories.of(versions[0])
        found += places.placed(group, versions, category)
    return ImportPlan(
        pages=tuple(sorted(found, key=lambda it: it.path)),
        categories=categories.planned({one.category for one in found}),
        category_of=categories.known,
        findings=tuple(findings),
    )


def _of_the_site(
    tree: SourceTree, options: ImportOptions
) -> tuple[list[SourcePage], list[ImportFinding]]:
    kept, others = [], []
    for page in tree.pages:
        if page.lang in options.languages:
            kept.append(page)
        else:
            remedy = f"Add {page.lang} to KB_LANGUAGES, or choose --language"
            kind = "In a language that the site does not have"
            others.append(ImportFinding(kind, page.path, 0, f"{page.lang}: «{page.title}»", remedy))
    return kept, others


def _distinct(pages: Sequence[SourcePage]) -> Iterator[SourcePage]:
    """Pages of which each language of a group is there once; others are pages of their own."""
    seen: set[tuple[str, str]] = set()
    for page in pages:
        group = page.group
        if (group, page.lang) in seen:
            group = page.key
        seen.add((group, page.lang))
        yield page if group == page.group else replace(page, group=group)


class _ArticlePlaces:
    """Gives ids and slugs."""

    def __init__(
        self, record: SourceRecord, taken: TakenNames, name: str, options: ImportOptions
    ) -> None:
        self._record = record
        self._taken = taken
        self._name = name
        self._languages = options.languages
        self._by_group = {one.group: one for one in record.pages.values()}
        self._ids = set(taken.ids) | {one.id for one in record.pages.values()}
        self._slugs = {category: set(slugs) for category, slugs in taken.slugs.items()}
        for one in record.pages.values():
            category, slug = _address(one.path)
            self._slugs.setdefault(category, set()).add(slug)

    def is_new(self, group: str) -> bool:
        return group not in self._by_group

    def known_category(self, group: str) -> str:
        known = self._by_group.get(group)
        if known is None:
            return ""
        return _address(self._path_now(known))[0]

    def _path_now(self, known: PageRecord) -> str:
        """The file of an article: where it was moved here, else where it was written."""
        lang = known.path.partition("/")[0]
        if path := self._taken.paths.get((known.id, lang)):
            return path
        others = [self._taken.paths.get((known.id, other)) for other in self._languages]
        moved = next((one for one in others if one), None)
        return f"{lang}/{moved.partition('/')[2]}" if moved else known.path

    def placed(
        self, group: str, versions: Sequence[SourcePage], category: str
    ) -> Iterator[PlannedPage]:
        known = self._by_group.get(group)
        if known is not None:
            slug = _address(self._path_now(known))[1]
            found_id = known.id
        else:
            slugs = self._slugs.setdefault(category, set())
            slug = free_slug(_slug(versions), slugs, group)
            slugs.add(slug)
            found_id = id_of(self._name, group, self._ids)
            self._ids.add(found_id)
        source = _original(versions, self._languages)
        for page in versions:
            path = f"{page.lang}/{category}/{slug}.md"
            known_page = self._record.pages.get(page.key)
            own = source if source != page.lang else ""
            yield PlannedPage(page, found_id, path, category, known_page, own)


def _address(path: str) -> tuple[str, str]:
    """ "section/category" and slug of an article's file."""
    folder = posixpath.dirname(path).partition("/")[2]
    return folder, posixpath.basename(path).removesuffix(".md")


def _original(versions: Sequence[SourcePage], languages: Sequence[str]) -> str:
    """The language that translations name as their source: another than the site's first."""
    langs = {page.lang for page in versions}
    told = next((page.original for page in versions if page.original in langs), "")
    return told if len(langs) > 1 and told != languages[0] else ""


def _slug(versions: Sequence[SourcePage]) -> str:
    """A slug of the file's own, else of the title, in English where there is one."""
    preferred = sorted(versions, key=lambda it: it.lang != "en")
    for page in preferred:
        slug = slug_of(page.slug)
        if any(char.isalpha() for char in slug):
            return slug
    return next((slug for page in preferred if (slug := slug_of(page.title))), "")
