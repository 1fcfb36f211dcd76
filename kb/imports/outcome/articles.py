"""Articles of an import: written beside, or left as they are here, and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kb.imports.arrival import article_text, changes
from kb.imports.arrival.addresses import AddressWriter
from kb.imports.arrival.names import digest
from kb.imports.arrival.plan import ImportPlan, PlannedPage
from kb.imports.arrival.record import PageRecord
from kb.imports.arrival.staged_files import Staging
from kb.imports.dialects.page_text import TranslatedPage
from kb.imports.model import CannotImport, ImportFinding, LandedArticle, SourcePage


@dataclass
class ArticleLanding:
    """Stages the articles of one import, those edited here excepted."""

    root: Path
    staging: Staging
    is_update: bool
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    landed: list[LandedArticle] = field(default_factory=list)
    findings: list[ImportFinding] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    """Paths of articles that are new or changed."""

    def land(
        self, plan: ImportPlan, texts: Mapping[str, TranslatedPage], writer: AddressWriter
    ) -> dict[str, PageRecord]:
        """Records of all pages by their keys. Raises CannotImport, or OSError."""
        found: dict[str, PageRecord] = {}
        for one in plan.pages:
            text = texts[one.page.key].markdown
            markdown = writer.addressed(one, text)
            self.findings += article_text.remarks(one.page)
            summary = article_text.summary_for(one.page, markdown)
            content = article_text.article_text(one, markdown, summary.text).encode()
            found[one.page.key] = self._record(one, content, _source_digest(one.page, text))
            self.landed.append(
                LandedArticle(
                    path=one.path,
                    title=article_text.title_of(one.page),
                    id=one.id,
                    status=one.page.status,
                    source=one.page.path,
                    summary=summary.text,
                    summary_origin=summary.origin,
                    old_id=next((it for it in one.page.names if it.isdigit()), ""),
                    is_written=one.path in self.written,
                )
            )
        return found

    def _record(self, one: PlannedPage, content: bytes, source: str) -> PageRecord:
        """The record of a page after its file is staged, or left as it is."""
        known = one.known
        new = PageRecord(one.id, one.page.group, one.path, source, digest(content))
        if known is None:
            if (self.root / one.path).exists():
                raise CannotImport(f"{one.path}: is there already, and no import made it")
            self.new += 1
            return self._stage(one, content, new)
        present = self._present(one)
        if present is None:
            self._tell(changes.REMOVED, one, "Take it out of imports.json to have it again")
            return known
        if present == content:
            self.unchanged += 1
            return replace(new, addresses=known.addresses)
        is_edited = digest(present) != known.landed
        if is_edited or not self.is_update:
            self.unchanged += 1
            if source != known.source:
                kind = changes.CONFLICT if is_edited else changes.NEWER
                remedy = "Compare the two" if is_edited else "Import with --update to take it"
                self._tell(kind, one, remedy)
            return replace(known, path=one.path)
        self.updated += 1
        return self._stage(one, content, replace(new, addresses=known.addresses))

    def _present(self, one: PlannedPage) -> bytes | None:
        try:
            return (self.root / one.path).read_bytes()
        except FileNotFoundError:
            return None

    def _stage(self, one: PlannedPage, content: bytes, new: PageRecord) -> PageRecord:
        self.staging.write(one.path, content)
        self.written.add(one.path)
        return new

    def _tell(self, kind: str, one: PlannedPage, remedy: str) -> None:
        self.findings.append(ImportFinding(kind, one.path, 0, f"from {one.page.path}", remedy))


def _source_digest(page: SourcePage, markdown: str) -> str:
    """Digest of all that the source says of a page."""
    facts = (page.title, page.summary, *page.tags, page.status, str(page.order), page.updated)
    return digest("\n".join((*facts, markdown)))
