"""The text of a page in our Markdown, but for its links: they wait until every page has a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from kb.imports.dialects import braces, headings, variables
from kb.imports.dialects.marks import emoji
from kb.imports.dialects.masks import CodeMasks, without_signs
from kb.imports.dialects.page_text import MarkdownPage, PageSurroundings, TranslatedPage, tidy
from kb.imports.html.conversion import convert
from kb.imports.model import ImportFinding, ImportOptions, SourcePage, SourceTree
from kb.imports.sources.files import SourceFiles
from kb.texts import counted

MAX_PAGE_CHARS = 200_000
"""Of a page with its markup; four times the longest of 1,600 real ones."""


class PageTranslator:
    """Translates the pages of a tree, one after the other."""

    def __init__(
        self,
        files: SourceFiles,
        tree: SourceTree,
        options: ImportOptions,
        *,
        page_named: Callable[[str], str | None],
        title_of: Callable[[SourcePage, str], str],
    ) -> None:
        self._files = files
        self._tree = tree
        self._options = options
        self._page_named = page_named
        self._title_of = title_of

    def translated(self, page: SourcePage, used_anchors: frozenset[str]) -> TranslatedPage:
        """The page's text. Never raises; in time proportional to it."""
        if len(page.body) > MAX_PAGE_CHARS:
            told = ImportFinding(
                "Texts too long to translate, kept as they are",
                page.path,
                page.body_line,
                f"has more than {MAX_PAGE_CHARS:,} characters",
                "Split it",
            )
            return TranslatedPage(tidy(without_signs(page.body)), (told,))
        if page.is_html:
            return self._from_html(page, used_anchors)
        return MarkdownPage(page, self._around(used_anchors)).translated()

    def _from_html(self, page: SourcePage, used_anchors: frozenset[str]) -> TranslatedPage:
        unknown: Counter[str] = Counter()
        known = {**self._tree.variables, **self._options.variables}
        body = variables.known_only(without_signs(page.body), known, unknown)
        converted = convert(body, used_anchors)
        merged = converted.merged
        counts = (
            (converted.players, "Videos, now links"),
            (merged.down, "Cells over several rows, now repeated"),
            (merged.across, "Cells over several columns, now followed by empty ones"),
        )
        found = [
            ImportFinding(kind, page.path, 0, f"{count} on the page")
            for count, kind in counts
            if count
        ]
        found += (
            ImportFinding(
                "Variables without a value, shown as they stand",
                page.path,
                0,
                f"{name}: {counted(count, 'time')}",
                f"Import with --set {name}=…, or write it out",
            )
            for name, count in sorted(unknown.items())
        )
        masks = CodeMasks()
        text = masks.mask_fences(converted.markdown)
        arranged = headings.arranged(text, page.title, has_title=False)
        text = masks.unmask(tidy(arranged.text))
        return TranslatedPage(text, tuple(found), top_anchors=arranged.tops)

    def _around(self, used_anchors: frozenset[str]) -> PageSurroundings:
        return PageSurroundings(
            self._files,
            self._tree,
            self._options,
            self._page_named,
            self._title_of,
            used_anchors,
        )

    def words(self, page: SourcePage, text: str) -> str:
        """A title or summary with the values of its variables."""
        text = braces.for_editions(text, self._options.editions)
        return emoji.with_emoji(
            variables.replaced(text, self._around(frozenset()).values(page), Counter())
        )
