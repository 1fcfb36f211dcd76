"""The way of an import: read, plan, translate, put beside, check, land."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kb.content.files.written_id import written_id
from kb.content.library import load
from kb.content.media import MEDIA_DIR
from kb.content.new_article import used_ids
from kb.imports import own_tree
from kb.imports.arrival import record
from kb.imports.arrival.addresses import AddressWriter
from kb.imports.arrival.names import digest
from kb.imports.arrival.pictures import PictureStore
from kb.imports.arrival.plan import ImportPlan, PlannedPage, TakenNames, planned
from kb.imports.arrival.record import RECORD_FILE, SourceRecord
from kb.imports.arrival.redirects import old_addresses
from kb.imports.arrival.staged_files import Staging, staged
from kb.imports.arrival.targets import TargetFinder, anchors_used
from kb.imports.dialects.headings import headings_of
from kb.imports.dialects.page_text import TranslatedPage
from kb.imports.dialects.translation import PageTranslator
from kb.imports.formats import detection
from kb.imports.model import (
    CannotImport,
    ImportFinding,
    ImportOptions,
    ImportResult,
    SourcePage,
    SourceTree,
)
from kb.imports.outcome import verdict
from kb.imports.outcome.articles import ArticleLanding
from kb.imports.outcome.companions import Companions
from kb.imports.sources.files import SourceFiles, opened_source
from kb.texts import counted

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
        self._landing = ArticleLanding(root, staging, options.is_update)
        self._companions = Companions(root, staging, options, self._known)

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
        pages = self._landing.land(plan, texts, writer)
        wanted, of_addresses = old_addresses(
            self._tree, plan, finder, self._known, self._options.languages, writer.anchor_in
        )
        companions = self._companions
        counts = {
            "pictures": companions.stage_pictures(pictures),
            "categories": companions.stage_categories(plan, self._landing.written),
            "redirects": companions.stage_redirects(wanted),
        }
        companions.stage_record(self._record, self._name, plan, pages, pictures)
        self._findings += (*writer.findings, *pictures.findings, *of_addresses)
        self._findings += (*self._landing.findings, *companions.findings)
        mine = {one.path for one in plan.pages}
        self._findings += verdict.problems(
            self._staging, self._options, mine, pictures.missing.values()
        )
        return self._result(plan, counts)

    # --- before ----------------------------------------------------------------------------------

    def _taken(self) -> TakenNames:
        if not self._root.is_dir():
            return TakenNames(frozenset(), {})
        library = load(self._root, languages=self._options.languages)
        slugs: dict[str, set[str]] = {}
        paths: dict[tuple[str, str], str] = {}
        for file in sorted(self._root.glob("*/*/**/*.md")):
            path = file.relative_to(self._root)
            slugs.setdefault("/".join(path.parts[1:-1]), set()).add(path.stem)
            # Of files at fault too: their article is moved or being edited, not gone
            if file.is_file() and (found := written_id(file.read_bytes())):
                paths[found, path.parts[0]] = path.as_posix()
        paths |= {(it.id, it.lang): it.path for it in library.articles}
        return TakenNames(
            ids=used_ids(library, self._root),
            slugs={category: frozenset(found) for category, found in slugs.items()},
            paths=paths,
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
                f"{name}: {counted(count, 'time')}",
                f"Import with --set {name}=…",
            )
            for name, count in sorted(unknown.items())
        )
        pages = tuple(_worded(one, translator) for one in plan.pages)
        return texts, replace(plan, pages=pages)

    # --- after -----------------------------------------------------------------------------------

    def _result(self, plan: ImportPlan, counts: Mapping[str, int]) -> ImportResult:
        landing = self._landing
        written = [one for one in plan.pages if one.path in landing.written]
        findings = (*self._files.findings, *self._tree.findings, *plan.findings, *self._findings)
        return ImportResult(
            format=self._tree.format,
            new=landing.new,
            updated=landing.updated,
            unchanged=landing.unchanged,
            drafts=sum(one.page.status == "draft" for one in written),
            translations=len(written) - len({one.page.group for one in written}),
            categories=counts["categories"],
            pictures=counts["pictures"],
            redirects=counts["redirects"],
            is_changed=bool(self._staging.paths),
            findings=tuple(dict.fromkeys(findings)),
            articles=tuple(landing.landed),
            made_categories=tuple(self._companions.categories),
        )


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
