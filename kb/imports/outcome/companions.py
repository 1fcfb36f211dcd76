"""Files that come with imported articles: pictures, categories, redirects and the record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kb.content.files import categories as category_file
from kb.content.files import redirects_file
from kb.content.files.categories import CATEGORIES_FILE
from kb.content.files.redirects_file import REDIRECTS_FILE
from kb.content.files.text import BadFile, read_text
from kb.content.media import MEDIA_DIR
from kb.content.model import Category
from kb.content.shared_text.filled_file import read_file
from kb.imports.arrival import article_text, categories_text, record
from kb.imports.arrival.category_plan import LAST, PlannedCategory
from kb.imports.arrival.names import digest
from kb.imports.arrival.pictures import PictureStore
from kb.imports.arrival.plan import ImportPlan
from kb.imports.arrival.record import (
    RECORD_FILE,
    ImportRecord,
    PageRecord,
    PictureRecord,
    SourceRecord,
)
from kb.imports.arrival.staged_files import Staging
from kb.imports.dialects.summaries import fitting
from kb.imports.model import (
    CannotImport,
    ImportFinding,
    ImportOptions,
    LandedCategory,
    SourcePage,
)

DESCRIBED_BY = 3
"""Titles of articles that make a description."""


@dataclass
class Companions:
    """Stages what goes with the articles of one import."""

    root: Path
    staging: Staging
    options: ImportOptions
    known: SourceRecord
    categories: list[LandedCategory] = field(default_factory=list)
    findings: list[ImportFinding] = field(default_factory=list)

    def stage_pictures(self, pictures: PictureStore) -> int:
        """Write pictures beside, and count them. Raises OSError."""
        count = 0
        for one in pictures.brought:
            target = self.root / MEDIA_DIR / one.name
            known = self.known.pictures.get(one.path)
            if one.data is None or (
                known is not None and not self._may_replace(target, known, one.data)
            ):
                continue
            if not target.exists() or target.read_bytes() != one.data:
                self.staging.write(f"{MEDIA_DIR}/{one.name}", one.data)
                count += 1
        return count

    def _may_replace(self, target: Path, known: PictureRecord, data: bytes) -> bool:
        """True for a picture that the source has changed, nobody here, and that is wanted."""
        if not target.exists():
            return False  # removed here
        present = digest(target.read_bytes())
        return self.options.is_update and present == known.landed != digest(data)

    def _categories(self) -> Mapping[tuple[str, str], Category]:
        if not self.root.is_dir():
            return {}
        return category_file.read(self.root, self.options.languages, read_file)[0]

    def stage_categories(self, plan: ImportPlan, written: Collection[str]) -> int:
        """Add the categories of articles whose paths are `written`, and count those that are new.

        Raises CannotImport, or OSError.
        """
        languages = self.options.languages
        known = self._categories()
        wanted = {one.category for one in plan.pages if one.path in written}
        public = _public(plan)
        new = {
            name: _described(one, public.get(name, ()))
            for name, one in plan.categories.items()
            if name in wanted and (one.section, one.slug) not in known
        }
        if not new:
            return 0
        text = categories_text.added(self._text(CATEGORIES_FILE), new, languages)
        self.staging.write(CATEGORIES_FILE, text.encode())
        for name, one in new.items():
            self.categories.append(_landed(name, one, plan.categories[name]))
        self.findings += self._untitled(new)
        return len(new)

    def _untitled(self, new: Mapping[str, PlannedCategory]) -> list[ImportFinding]:
        """Categories whose titles nobody has written: in a language, or at all."""
        found = []
        for lang in self.options.languages:
            lacking = [name for name, one in new.items() if lang in one.untitled]
            if lacking:
                kind = "Categories without a title in a language"
                message = f"{len(lacking)} have none in {lang}: {', '.join(lacking)}"
                remedy = "Translate them once it has articles"
                found.append(ImportFinding(kind, CATEGORIES_FILE, 0, message, remedy))
        for name, one in new.items():
            if one.is_named_by_folder:
                title = next(iter(one.titles.values()), "")
                kind = "Category titles made of the names of folders"
                found.append(
                    ImportFinding(kind, CATEGORIES_FILE, 0, f"{name}: «{title}»", "Write its title")
                )
        return found

    def stage_redirects(self, wanted: Mapping[str, str]) -> int:
        """Add old addresses, and count those that are new. Raises CannotImport, or OSError."""
        if not wanted:
            return 0
        before = self._text(REDIRECTS_FILE)
        try:
            text = redirects_file.added(before, wanted)
        except BadFile as error:
            raise CannotImport(str(error.problem)) from error
        if text == before:
            return 0
        self.staging.write(REDIRECTS_FILE, text.encode())
        return text.count("\n") - before.count("\n") - (0 if before else 1)

    def _text(self, path: str) -> str:
        if not (self.root / path).exists():
            return ""
        try:
            return read_text(self.root, path)
        except BadFile as error:
            raise CannotImport(str(error.problem)) from error

    def stage_record(
        self,
        earlier: ImportRecord,
        name: str,
        plan: ImportPlan,
        pages: Mapping[str, PageRecord],
        pictures: PictureStore,
    ) -> None:
        """Raises OSError."""
        with_addresses = {
            one.page.key: replace(pages[one.page.key], addresses=one.page.old_addresses)
            if one.page.status == "published"  # those of others wait until they are
            else pages[one.page.key]
            for one in plan.pages
        }
        brought = {
            one.path: self._picture_record(one.path, one.name, one.data)
            for one in pictures.brought
            if one.data is not None
        }
        used = {it.category for it in plan.pages}
        categories = {key: name for key, name in plan.category_of.items() if name in used}
        mine = SourceRecord(
            label=self.known.label,
            pages={**self.known.pages, **with_addresses},
            pictures={**self.known.pictures, **brought},
            categories={**self.known.categories, **categories},
        )
        content = record.written(earlier.with_source(name, mine))
        path = self.root / RECORD_FILE
        if not path.exists() or path.read_bytes() != content:
            self.staging.write(RECORD_FILE, content)

    def _picture_record(self, path: str, name: str, data: bytes) -> PictureRecord:
        known = self.known.pictures.get(path)
        is_staged = f"{MEDIA_DIR}/{name}" in self.staging.paths
        return known if known is not None and not is_staged else PictureRecord(name, digest(data))


def _public(plan: ImportPlan) -> Mapping[str, Sequence[SourcePage]]:
    """Published pages by category, in the order of the source."""
    found: dict[str, list[SourcePage]] = {}
    for one in plan.pages:
        if one.page.status == "published":
            found.setdefault(one.category, []).append(one.page)
    for pages in found.values():
        pages.sort(key=lambda it: LAST if it.order is None else it.order)
    return found


def _described(category: PlannedCategory, pages: Sequence[SourcePage]) -> PlannedCategory:
    """The category with a description, where it had none: titles of its first public articles."""
    own = dict(category.descriptions)
    for lang in category.titles:
        every = (article_text.title_of(it) for it in pages if it.lang == lang)
        titles = [it for it in dict.fromkeys(every) if it not in category.titles.values()]
        if titles:
            own.setdefault(lang, fitting(" ".join(map(_as_sentence, titles[:DESCRIBED_BY]))))
    return replace(category, descriptions=own)


def _as_sentence(title: str) -> str:
    return title if title.endswith(("?", "!", "…", ".")) else f"{title}."


def _landed(name: str, one: PlannedCategory, before: PlannedCategory) -> LandedCategory:
    guesses = []
    if one.is_named_by_folder:
        guesses.append("title: name of the folder")
    if one.untitled:
        guesses.append(f"title in {', '.join(one.untitled)}: from another language")
    made = sorted(set(one.descriptions) - set(before.descriptions))
    if made:
        guesses.append(f"description in {', '.join(made)}: titles of its first articles")
    return LandedCategory(name, one.old, one.titles, one.descriptions, tuple(guesses))
