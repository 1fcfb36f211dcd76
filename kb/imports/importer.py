"""The way of an import: read, plan, translate, put beside, check, land."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kb.content import checks
from kb.content.fault_kinds import FaultKind
from kb.content.files import categories as category_file
from kb.content.files import redirects_file
from kb.content.files.categories import CATEGORIES_FILE
from kb.content.files.redirects_file import REDIRECTS_FILE
from kb.content.files.text import BadFile, read_text
from kb.content.library import load
from kb.content.media import MEDIA_DIR
from kb.content.model import Library
from kb.content.new_article import used_ids
from kb.imports import own_tree
from kb.imports.arrival import article_text, categories_text, changes, record
from kb.imports.arrival.addresses import AddressWriter
from kb.imports.arrival.names import digest
from kb.imports.arrival.pictures import PictureStore
from kb.imports.arrival.plan import ImportPlan, PlannedCategory, PlannedPage, TakenNames, planned
from kb.imports.arrival.record import (
    RECORD_FILE,
    PageRecord,
    PictureRecord,
    SourceRecord,
)
from kb.imports.arrival.redirects import old_addresses
from kb.imports.arrival.staged_files import Staging, staged
from kb.imports.arrival.targets import TargetFinder, anchors_used
from kb.imports.dialects.headings import headings_of
from kb.imports.dialects.summaries import fitting
from kb.imports.dialects.translation import PageTranslator, TranslatedPage
from kb.imports.formats import detection
from kb.imports.model import (
    CannotImport,
    ImportFinding,
    ImportOptions,
    ImportResult,
    SourcePage,
    SourceTree,
)
from kb.imports.sources.files import SourceFiles, opened_source

MIN_SHARED = 0.2
"""Share of recorded pages that a source of another name must have, to be the same one."""


def run(source: Path, root: Path, options: ImportOptions, *, is_dry: bool = False) -> ImportResult:
    """Import a source. Raises CannotImport, or OSError; nothing has changed then."""
    with opened_source(source) as files:
        if own_tree.is_own(files, options):
            return own_tree.take(files, root, options, is_dry=is_dry)
        return _taken(files, root, options, is_dry=is_dry)


def _taken(files: SourceFiles, root: Path, options: ImportOptions, *, is_dry: bool) -> ImportResult:
    tree = detection.read(files, options)
    with staged(root, is_dry=is_dry) as staging:
        work = _Import(files, tree, options, root, staging)
        result = work.prepared()
        if not is_dry and staging.paths:
            staging.land()
    return result


@dataclass
class _ImportCounts:
    """Counts of one import, while it goes on."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    written: tuple[PlannedPage, ...] = ()


class _Import:
    """One import, from what was read to what is staged."""

    def __init__(
        self,
        files: SourceFiles,
        tree: SourceTree,
        options: ImportOptions,
        root: Path,
        staging: Staging,
    ) -> None:
        self._files = files
        self._tree = tree
        self._options = options
        self._root = root
        self._staging = staging
        self._findings: list[ImportFinding] = []
        self._record = record.read(root)
        self._name = options.name or tree.format
        self._known = self._record.sources.get(self._name, SourceRecord(files.label))
        self._library = load(root, languages=options.languages) if root.is_dir() else None
        self._outcome = _ImportCounts()

    def prepared(self) -> ImportResult:
        """Everything staged and checked; nothing in its place yet."""
        _require_same_source(self._known, self._tree, self._files, self._name)
        plan = planned(self._tree, self._options, self._known, self._taken(), self._name)
        finder = TargetFinder(self._files, self._tree, plan, self._options)
        texts, plan = self._translated(plan, finder)
        pictures = self._picture_store()
        writer = AddressWriter(
            finder,
            pictures,
            {key: headings_of(text.markdown) for key, text in texts.items()},
            {key: text.top_anchors for key, text in texts.items()},
            self._options.old_site,
        )
        pages = self._pages(plan, texts, writer)
        self._findings += (*writer.findings, *pictures.findings)
        brought = self._stage_pictures(pictures)
        categories = self._stage_categories(plan)
        redirects = self._stage_redirects(plan, finder)
        self._stage_record(plan, pages, pictures)
        self._findings += self._problems(plan, pictures)
        return self._result(plan, brought, categories, redirects)

    # --- before ----------------------------------------------------------------------------------

    def _taken(self) -> TakenNames:
        library = self._library
        if library is None:
            return TakenNames(frozenset(), {})
        slugs: dict[str, set[str]] = {}
        for path in self._root.glob("*/*/*/*.md"):
            parts = path.relative_to(self._root).parts
            slugs.setdefault("/".join(parts[1:3]), set()).add(path.stem)
        return TakenNames(
            ids=used_ids(library, self._root),
            slugs={category: frozenset(found) for category, found in slugs.items()},
            paths={(it.id, it.lang): it.path for it in library.articles},
        )

    def _picture_store(self) -> PictureStore:
        existing = {
            path.name: digest(path.read_bytes())
            for path in (self._root / MEDIA_DIR).glob("*")
            if path.is_file()
        }
        return PictureStore(self._files, self._tree.roots, self._known.pictures, existing)

    def _translated(
        self, plan: ImportPlan, finder: TargetFinder
    ) -> tuple[Mapping[str, TranslatedPage], ImportPlan]:
        """Texts by key of the page; and the plan with titles whose variables have values."""
        titles = {one.page.key: one.page.title for one in plan.pages}

        def title_of(page: SourcePage, target: str) -> str:
            found = finder.target(page, target)
            return titles.get(found.page.page.key, "") if found.page else ""

        translator = PageTranslator(
            self._files, self._tree, self._options, page_named=finder.page_named, title_of=title_of
        )
        used = anchors_used(one.page.body for one in plan.pages)
        texts = {one.page.key: translator.translated(one.page, used) for one in plan.pages}
        unknown: Counter[str] = Counter()
        for text in texts.values():
            self._findings += text.findings
            unknown.update(text.unknown_variables or {})
        self._findings += (
            ImportFinding(
                "Variables without a value, now bare words",
                "",
                0,
                f"{name}: {count} times",
                f"Import with --set {name}=…",
            )
            for name, count in sorted(unknown.items())
        )
        pages = tuple(_worded(one, translator) for one in plan.pages)
        return texts, replace(plan, pages=pages)

    # --- articles --------------------------------------------------------------------------------

    def _pages(
        self, plan: ImportPlan, texts: Mapping[str, TranslatedPage], writer: AddressWriter
    ) -> dict[str, PageRecord]:
        found: dict[str, PageRecord] = {}
        for one in plan.pages:
            markdown = writer.addressed(one, texts[one.page.key].markdown)
            self._findings += article_text.remarks(one.page)
            content = article_text.article_text(one, markdown).encode()
            source = _source_digest(one.page, texts[one.page.key].markdown)
            found[one.page.key] = self._landed(one, content, source)
        return found

    def _landed(self, one: PlannedPage, content: bytes, source: str) -> PageRecord:
        """The record of a page after its file is staged, or left as it is."""
        known = one.known
        new = PageRecord(one.id, one.page.group, one.path, source, digest(content))
        if known is None:
            if (self._root / one.path).exists():
                raise CannotImport(f"{one.path}: is there already, and no import made it")
            self._outcome.new += 1
            return self._stage(one, content, new)
        present = self._present(one)
        if present is None:
            self._tell(changes.REMOVED, one, "Take it out of imports.json to have it again")
            return known
        self._outcome.unchanged += 1
        is_edited = digest(present) != known.landed
        kept = replace(known, path=one.path)
        if present == content:
            return replace(new, addresses=known.addresses)
        if is_edited:
            if source != known.source:
                self._tell(changes.CONFLICT, one, "Compare the two")
            return kept
        if not self._options.is_update:
            if source != known.source:
                self._tell(changes.NEWER, one, "Import with --update to take it")
            return kept
        self._outcome.unchanged -= 1
        self._outcome.updated += 1
        return self._stage(one, content, replace(new, addresses=known.addresses))

    def _present(self, one: PlannedPage) -> bytes | None:
        try:
            return (self._root / one.path).read_bytes()
        except FileNotFoundError:
            return None

    def _stage(self, one: PlannedPage, content: bytes, new: PageRecord) -> PageRecord:
        self._staging.write(one.path, content)
        self._outcome.written = (*self._outcome.written, one)
        return new

    def _tell(self, kind: str, one: PlannedPage, remedy: str) -> None:
        self._findings.append(ImportFinding(kind, one.path, 0, f"from {one.page.path}", remedy))

    # --- what goes with them ---------------------------------------------------------------------

    def _stage_pictures(self, pictures: PictureStore) -> int:
        count = 0
        for one in pictures.brought:
            target = self._root / MEDIA_DIR / one.name
            known = self._known.pictures.get(one.path)
            if one.data is None or (
                known is not None and not self._may_replace(target, known, one.data)
            ):
                continue
            if not target.exists() or target.read_bytes() != one.data:
                self._staging.write(f"{MEDIA_DIR}/{one.name}", one.data)
                count += 1
        return count

    def _may_replace(self, target: Path, known: PictureRecord, data: bytes) -> bool:
        """True for a picture that the source has changed, nobody here, and that is wanted."""
        if not target.exists():
            return False  # removed here
        return self._options.is_update and digest(target.read_bytes()) == known.landed != digest(
            data
        )

    def _stage_categories(self, plan: ImportPlan) -> int:
        if not self._outcome.written:
            return 0
        known, _ = (
            category_file.read(self._root, self._options.languages)
            if self._root.is_dir()
            else ({}, ())
        )
        wanted = {one.category for one in self._outcome.written}
        there = {f"{section}/{slug}" for section, slug in known}
        new = {name: one for name, one in plan.categories.items() if name in wanted - there}
        if not new:
            return 0
        text = self._text(CATEGORIES_FILE)
        described = {name: _described(one, name, plan) for name, one in new.items()}
        added = categories_text.added(text, described, self._options.languages)
        self._staging.write(CATEGORIES_FILE, added.encode())
        for lang in self._options.languages:
            lacking = [name for name, one in new.items() if lang not in one.titles]
            if lacking:
                message = f"{len(lacking)} have none in {lang}: {', '.join(lacking)}"
                self._findings.append(
                    ImportFinding(
                        "Categories without a title in a language",
                        CATEGORIES_FILE,
                        0,
                        message,
                        "Translate them once it has articles",
                    )
                )
        return len(new)

    def _stage_redirects(self, plan: ImportPlan, finder: TargetFinder) -> int:
        wanted, findings = old_addresses(self._tree, plan, finder, self._known)
        self._findings += findings
        if not wanted:
            return 0
        before = self._text(REDIRECTS_FILE)
        try:
            text = redirects_file.added(before, wanted)
        except BadFile as error:
            raise CannotImport(str(error.problem)) from error
        if text == before:
            return 0
        self._staging.write(REDIRECTS_FILE, text.encode())
        return text.count("\n") - before.count("\n") - (0 if before else 1)

    def _text(self, path: str) -> str:
        if not (self._root / path).exists():
            return ""
        try:
            return read_text(self._root, path)
        except BadFile as error:
            raise CannotImport(str(error.problem)) from error

    def _stage_record(
        self, plan: ImportPlan, pages: Mapping[str, PageRecord], pictures: PictureStore
    ) -> None:
        with_addresses = {
            one.page.key: replace(pages[one.page.key], addresses=one.page.addresses)
            if one.page.status == "published"  # those of others wait until they are
            else pages[one.page.key]
            for one in plan.pages
        }
        brought = {
            one.path: self._picture_record(one.path, one.name, one.data)
            for one in pictures.brought
            if one.data is not None
        }
        categories = {
            key: name
            for key, name in plan.category_of.items()
            if name in {it.category for it in plan.pages}
        }
        mine = SourceRecord(
            label=self._known.label,
            pages={**self._known.pages, **with_addresses},
            pictures={**self._known.pictures, **brought},
            categories={**self._known.categories, **categories},
        )
        content = record.written(self._record.with_source(self._name, mine))
        path = self._root / RECORD_FILE
        if not path.exists() or path.read_bytes() != content:
            self._staging.write(RECORD_FILE, content)

    def _picture_record(self, path: str, name: str, data: bytes) -> PictureRecord:
        known = self._known.pictures.get(path)
        is_staged = f"{MEDIA_DIR}/{name}" in self._staging.paths
        return known if known is not None and not is_staged else PictureRecord(name, digest(data))

    # --- after -----------------------------------------------------------------------------------

    def _problems(self, plan: ImportPlan, pictures: PictureStore) -> list[ImportFinding]:
        """Every problem that the articles will have, as `kb check` tells them."""
        if not self._staging.paths:
            return []
        absent = {f"{MEDIA_DIR}/{name}" for name in pictures.missing.values()}
        view = self._staging.view()
        library: Library = load(view, languages=self._options.languages)
        mine = {one.path for one in plan.pages} | set(self._staging.paths)
        return [
            ImportFinding(
                f"{problem.kind.label} (kb check)",
                problem.path,
                problem.line,
                problem.message,
                problem.remedy,
            )
            for problem in (*checks.check(library, view), *library.remarks)
            if problem.path in mine
            and not (
                problem.kind is FaultKind.BROKEN_PICTURE
                and any(it in problem.message for it in absent)
            )
        ]

    def _result(
        self, plan: ImportPlan, pictures: int, categories: int, redirects: int
    ) -> ImportResult:
        groups = Counter(one.page.group for one in plan.pages)
        written = self._outcome.written
        return ImportResult(
            format=self._tree.format,
            new=self._outcome.new,
            updated=self._outcome.updated,
            unchanged=self._outcome.unchanged,
            drafts=sum(one.page.status == "draft" for one in written),
            translations=sum(groups[one.page.group] > 1 for one in written),
            categories=categories,
            pictures=pictures,
            redirects=redirects,
            is_changed=bool(self._staging.paths),
            findings=tuple(
                dict.fromkeys(
                    (*self._files.findings, *self._tree.findings, *plan.findings, *self._findings)
                )
            ),
        )


def _described(category: PlannedCategory, name: str, plan: ImportPlan) -> PlannedCategory:
    """The category with a description, where it had none: titles of its first public articles."""
    own = dict(category.descriptions)
    for lang in category.titles:
        titles = [
            article_text.title_of(it.page)
            for it in plan.pages
            if it.category == name and it.page.lang == lang and it.page.status == "published"
        ]
        if titles:
            own.setdefault(lang, fitting(" ".join(map(_as_sentence, titles[:3]))))
    return replace(category, descriptions=own)


def _as_sentence(title: str) -> str:
    return title if title.endswith(("?", "!", "…", ".")) else f"{title}."


def _worded(one: PlannedPage, translator: PageTranslator) -> PlannedPage:
    title, summary = (translator.words(one.page, it) for it in (one.page.title, one.page.summary))
    return replace(one, page=replace(one.page, title=title, summary=summary))


def _require_same_source(
    known: SourceRecord, tree: SourceTree, files: SourceFiles, name: str
) -> None:
    """Raise CannotImport where the record by this name is of something else."""
    shared = sum(page.key in known.pages for page in tree.pages)
    enough = MIN_SHARED * min(len(known.pages), len(tree.pages))
    if known.pages and known.label != files.label and shared < enough:
        raise CannotImport(
            f"{RECORD_FILE} knows {known.label} by the name {name};"
            f" give {files.label} a --name of its own"
        )


def _source_digest(page: SourcePage, markdown: str) -> str:
    """Digest of all that the source says of a page."""
    facts = (page.title, page.summary, *page.tags, page.status, str(page.order), page.updated)
    return digest("\n".join((*facts, markdown)))
