"""Places of imported pages: section, category, slug and id, those of earlier imports first."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.content.files.fields import MAX_NAME_CHARS, MAX_SUMMARY_CHARS
from kb.content.model import SectionName
from kb.imports.arrival.names import free_slug, id_of, slug_of
from kb.imports.arrival.record import PageRecord, SourceRecord
from kb.imports.formats.layout import without_number
from kb.imports.formats.titles import humanised
from kb.imports.model import Folder, ImportFinding, ImportOptions, SourcePage, SourceTree

GENERAL = {"ru": "Общее", "en": "General"}


@dataclass(frozen=True)
class PlannedCategory:
    """A category that imported articles need."""

    section: SectionName
    slug: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    order: int | None


@dataclass(frozen=True)
class PlannedPage:
    """A page with its id and place here."""

    page: SourcePage
    id: str
    path: str
    category: str
    """As "section/category"."""
    known: PageRecord | None = None


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
    categories = _Categories(tree, options, record, kept)
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
        for page in versions:
            path = f"{page.lang}/{category}/{slug}.md"
            yield PlannedPage(page, found_id, path, category, self._record.pages.get(page.key))


def _address(path: str) -> tuple[str, str]:
    """ "section/category" and slug of an article's file."""
    folder = posixpath.dirname(path).partition("/")[2]
    return folder, posixpath.basename(path).removesuffix(".md")


def _slug(versions: Sequence[SourcePage]) -> str:
    """A slug of the file's own, else of the title, in English where there is one."""
    preferred = sorted(versions, key=lambda it: it.lang != "en")
    for page in preferred:
        slug = slug_of(page.slug)
        if any(char.isalpha() for char in slug):
            return slug
    return next((slug for page in preferred if (slug := slug_of(page.title))), "")


class _Categories:
    """Categories made of the folders of a source."""

    def __init__(
        self,
        tree: SourceTree,
        options: ImportOptions,
        record: SourceRecord,
        pages: Sequence[SourcePage],
    ) -> None:
        self._tree = tree
        self._options = options
        self._langs = {page.lang for page in pages}
        self.known: dict[str, str] = dict(record.categories)
        keys = sorted({self._key(page) for page in pages})
        self._by_address: dict[str, str] = {}
        for key, address in self.known.items():
            self._by_address.setdefault(address, key)
        for key in keys:
            if key not in self.known:
                self._add(key, keys)

    def _key(self, page: SourcePage) -> str:
        """Keys of the folders that make the category, joined: they may not name each other."""
        return "\n".join(page.folders[: max(1, self._options.depth)])

    def of(self, page: SourcePage) -> str:
        return self.known[self._key(page)]

    def _add(self, key: str, keys: Collection[str]) -> None:
        section = self._section(key)
        chain = [self._slug(one) for one in key.split("\n")] if key else ["general"]
        same = [one for one in keys if one != key and self._last_slug(one) == chain[-1]]
        slug = chain[-1]
        if same and len(chain) > 1:
            slug = slug_of(f"{chain[-2]} {chain[-1]}")
        slug = slug or "general"
        while f"{section}/{slug}" in self._by_address:
            number = slug.rpartition("-")[2]
            slug = (
                f"{slug.removesuffix(f'-{number}')}-{int(number) + 1}"
                if number.isdigit()
                else f"{slug}-2"
            )
        self.known[key] = f"{section}/{slug}"
        self._by_address[f"{section}/{slug}"] = key

    def _last_slug(self, key: str) -> str:
        return self._slug(key.split("\n")[-1]) if key else "general"

    def _slug(self, folder: str) -> str:
        titles = self._folder(folder).titles
        if ":" in folder or folder.startswith(
            "nav/"
        ):  # of an export or a menu: its key says nothing
            title = titles.get("en") or titles.get("") or next(iter(titles.values()), "")
            return slug_of(title) or slug_of(folder)
        return slug_of(without_number(posixpath.basename(folder))) or slug_of(
            next(iter(titles.values()), "")
        )

    def _folder(self, key: str) -> Folder:
        return self._tree.folders.get(key, Folder(key))

    def _section(self, key: str) -> SectionName:
        names = [
            name
            for one in key.split("\n")
            for name in (one, posixpath.basename(one), *self._folder(one).titles.values())
        ]
        path = "/".join(
            next(iter(self._folder(one).titles.values()), one) for one in key.split("\n")
        )
        for pattern in self._options.faq:
            wanted = pattern.casefold()
            if any(fnmatch.fnmatchcase(name.casefold(), wanted) for name in (*names, path)):
                return "faq"
        return self._options.section

    def planned(self, addresses: Collection[str]) -> Mapping[str, PlannedCategory]:
        keys = {
            self._by_address[address]: address
            for address in sorted(addresses)
            if address in self._by_address
        }
        titles = {key: self._titles(key) for key in keys}
        found = {}
        for key, address in keys.items():
            own = titles[key]
            repeated = any(
                other != key and set(own.values()) & set(titles[other].values()) for other in titles
            )
            section, slug = address.split("/")
            last = self._folder(key.split("\n")[-1]) if key else Folder("")
            found[address] = PlannedCategory(
                section="faq" if section == "faq" else "guides",
                slug=slug,
                titles={
                    lang: self._whole(key, lang, text, is_whole=repeated)[:MAX_NAME_CHARS].strip()
                    for lang, text in own.items()
                },
                descriptions={
                    lang: text[:MAX_SUMMARY_CHARS].strip()
                    for lang in self._langs
                    if (text := last.descriptions.get(lang) or last.descriptions.get("", ""))
                },
                order=last.order,
            )
        return found

    def _whole(self, key: str, lang: str, title: str, *, is_whole: bool) -> str:
        above = key.split("\n")[:-1]
        if not is_whole or not above:
            return title
        titles = self._folder(above[-1]).titles
        return f"{titles.get(lang) or titles.get('') or next(iter(titles.values()), '')}: {title}"

    def _titles(self, key: str) -> Mapping[str, str]:
        """Titles in the languages of the source, those it does not have taken from another."""
        if not key:
            return {lang: GENERAL.get(lang, GENERAL["en"]) for lang in sorted(self._langs)}
        last = key.split("\n")[-1]
        own = {lang: text for lang, text in self._folder(last).titles.items() if text}
        fallback = own.get("") or next(iter(own.values()), humanised(posixpath.basename(last)))
        return {lang: own.get(lang) or fallback for lang in sorted(self._langs)}
