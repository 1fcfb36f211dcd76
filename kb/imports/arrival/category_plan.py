"""Categories made of the folders of a source: their names here, titles, descriptions and order."""

from __future__ import annotations

import fnmatch
import posixpath
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kb.content.files.fields import MAX_NAME_CHARS
from kb.content.model import SectionName
from kb.imports.arrival.names import slug_of
from kb.imports.arrival.record import SourceRecord
from kb.imports.dialects.summaries import fitting
from kb.imports.formats.layout import without_number
from kb.imports.formats.locales import guessed
from kb.imports.formats.titles import humanised
from kb.imports.model import Folder, ImportOptions, SourcePage, SourceTree

GENERAL = {"ru": "Общее", "en": "General"}
ORDER_STEP = 10
"""Between categories, so that one can be put in between."""
LAST = 10**6


@dataclass(frozen=True)
class PlannedCategory:
    """A category that imported articles need."""

    section: SectionName
    slug: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    """By languages that have one."""
    order: int | None
    old: str = ""
    """Titles of the folders that it was, outermost first."""
    untitled: tuple[str, ...] = ()
    """Languages whose title is another's, or a folder's name."""
    is_named_by_folder: bool = False


class CategoryPlanner:
    """Gives each folder of the source a category, those of earlier imports first."""

    def __init__(
        self,
        tree: SourceTree,
        options: ImportOptions,
        record: SourceRecord,
        pages: Sequence[SourcePage],
    ) -> None:
        self._tree = tree
        self._options = options
        self._langs = sorted({page.lang for page in pages})
        self.known: dict[str, str] = dict(record.categories)
        """Keys of folders, joined → "section/slug"."""
        keys = sorted({self._key(page) for page in pages})
        self._by_address: dict[str, str] = {}
        for key, address in self.known.items():
            self._by_address.setdefault(address, key)
        names = Counter(self._last_slug(key) for key in keys)
        for key in keys:
            if key not in self.known:
                self._add(key, is_alone=names[self._last_slug(key)] == 1)

    def _key(self, page: SourcePage) -> str:
        """Keys of the folders that make the category, joined: they may not name each other."""
        return "\n".join(page.folders[: max(1, self._options.depth)])

    def of(self, page: SourcePage) -> str:
        return self.known[self._key(page)]

    def _add(self, key: str, *, is_alone: bool) -> None:
        section = self._section(key)
        chain = [self._slug(one) for one in key.split("\n")] if key else ["general"]
        slug = chain[-1]
        if not is_alone and len(chain) > 1:
            slug = slug_of(f"{chain[-2]} {chain[-1]}")
        base = slug or "general"
        slug, number = base, 2
        while f"{section}/{slug}" in self._by_address:
            slug, number = f"{base}-{number}", number + 1
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
        """The categories with these addresses, in the order of the source."""
        keys = [self._by_address[one] for one in sorted(addresses) if one in self._by_address]
        keys.sort(key=self._rank)
        own = {key: self._titles(key) for key in keys}
        used = Counter(title for titles in own.values() for title in set(titles.values()))
        is_parted = len({key.partition("\n")[0] for key in keys if key}) > 1
        is_deep = any("\n" in key for key in keys)
        found = {}
        for at, key in enumerate(keys, start=1):
            address = self.known[key]
            last = self._folder(key.rpartition("\n")[2])
            titles = {
                lang: self._whole(
                    key, lang, title, is_parted=is_parted, is_repeated=used[title] > 1
                )
                for lang, title in own[key].items()
            }
            found[address] = PlannedCategory(
                section="faq" if address.startswith("faq/") else "guides",
                slug=address.partition("/")[2],
                titles=titles,
                descriptions=self._descriptions(last),
                # Categories of several levels stand in one list here, so their own numbers mix
                order=at * ORDER_STEP if is_deep else last.order,
                old=self._old(key),
                untitled=self._untitled(key),
                is_named_by_folder=bool(key) and set(last.titles) <= last.guessed,
            )
        return found

    def _rank(self, key: str) -> tuple[tuple[int, str], ...]:
        """The place of a category among all, by the numbers and titles of its levels."""
        folders = [self._folder(one) for one in key.split("\n")] if key else []
        return tuple(
            (LAST if one.order is None else one.order, next(iter(one.titles.values()), one.key))
            for one in folders
        )

    def _whole(self, key: str, lang: str, title: str, *, is_parted: bool, is_repeated: bool) -> str:
        """A title with that of the folder above, where readers would not know it otherwise."""
        above = key.split("\n")[:-1]
        if above and (is_parted or is_repeated):
            titles = self._folder(above[-1]).titles
            outer = titles.get(lang) or titles.get("") or next(iter(titles.values()), "")
            whole = f"{outer}: {title}"
            is_said = not outer or title.casefold().startswith(outer.casefold())
            # A folder's name beside a title that somebody wrote, in another alphabet at that
            is_odd = lang in self._folder(above[-1]).guessed and not _are_alike(outer, title)
            if not (is_said or is_odd) and (len(whole) <= MAX_NAME_CHARS or is_repeated):
                title = whole
        return title if len(title) <= MAX_NAME_CHARS else f"{title[: MAX_NAME_CHARS - 1].rstrip()}…"

    def _titles(self, key: str) -> Mapping[str, str]:
        """Titles in the languages of the source, those it does not have taken from another."""
        if not key:
            return {lang: GENERAL.get(lang, GENERAL["en"]) for lang in self._langs}
        last = key.rpartition("\n")[2]
        folder = self._folder(last)
        own = {lang: text for lang, text in folder.titles.items() if text}
        # A title that somebody wrote says more than the name of a folder
        own = {lang: text for lang, text in own.items() if lang not in folder.guessed} or own
        fallback = own.get("") or next(iter(own.values()), humanised(posixpath.basename(last)))
        return {lang: own.get(lang) or fallback for lang in self._langs}

    def _untitled(self, key: str) -> tuple[str, ...]:
        """Languages of the site in which nobody has written the title."""
        folder = self._folder(key.rpartition("\n")[2])
        titles = folder.titles
        own = {lang for lang, text in titles.items() if text and lang}
        own = own - folder.guessed or own
        if nameless := titles.get(""):
            own.add(guessed(nameless, self._options.languages))
        own |= set() if key else set(GENERAL)
        return tuple(lang for lang in self._options.languages if lang not in own)

    def _descriptions(self, folder: Folder) -> Mapping[str, str]:
        """Descriptions in the languages that they are written in."""
        found = {lang: text for lang, text in folder.descriptions.items() if text and lang}
        if text := folder.descriptions.get(""):
            found.setdefault(guessed(text, self._langs or self._options.languages), text)
        return {lang: fitting(" ".join(text.split())) for lang, text in found.items()}

    def _old(self, key: str) -> str:
        names = [
            next((it for it in self._folder(one).titles.values() if it), posixpath.basename(one))
            for one in key.split("\n")
            if one
        ]
        return " / ".join(names)


def _are_alike(one: str, other: str) -> bool:
    """True for words of one alphabet."""
    return one.isascii() == other.isascii()
