"""The text of a page in our Markdown, but for its links: they wait until every page has a place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kb.imports.dialects import braces, colons, headings, variables
from kb.imports.dialects.blocks import BlockArranger, flush_left
from kb.imports.dialects.components import ComponentTranslator
from kb.imports.dialects.leftovers import leftovers
from kb.imports.dialects.liquid import LiquidTranslator
from kb.imports.dialects.marks import (
    attribute_lists,
    comments,
    contents,
    inline_marks,
    quotes,
    vaults,
    wiki_links,
)
from kb.imports.dialects.masks import CodeMasks, without_signs
from kb.imports.dialects.parts import includes, mdx
from kb.imports.dialects.signs import DirectiveSigns
from kb.imports.html.conversion import convert
from kb.imports.model import ImportFinding, ImportOptions, SourcePage, SourceTree
from kb.imports.sources.files import SourceFiles

MAX_PAGE_CHARS = 200_000
"""Of a page with its markup; four times the longest of 1,600 real ones."""
WITH_MDX = frozenset({"docusaurus", "starlight"})
HAS_IMPORT = re.compile(
    r"^import[ ][^\n]{1,300}[ ]from[ ][\"'][^\"'\n]{1,200}[\"'];?[ ]{0,4}$", re.MULTILINE
)


@dataclass(frozen=True)
class TranslatedPage:
    """A page's text with the links of the source, and what was found on the way."""

    markdown: str
    findings: tuple[ImportFinding, ...] = ()
    included: frozenset[str] = frozenset()
    unknown_variables: Mapping[str, int] | None = None
    top_anchors: frozenset[str] = frozenset()
    """Anchors of the title, which is no heading of the text."""


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
            return TranslatedPage(_tidy(without_signs(page.body)), (told,))
        if page.is_html:
            return self._from_html(page, used_anchors)
        return self._from_markdown(page, used_anchors)

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
                f"{name}: {count} times",
                f"Import with --set {name}=…, or write it out",
            )
            for name, count in sorted(unknown.items())
        )
        arranged = headings.arranged(converted.markdown, page.title, has_title=False)
        return TranslatedPage(_tidy(arranged.text), tuple(found), top_anchors=arranged.tops)

    def _from_markdown(self, page: SourcePage, used_anchors: frozenset[str]) -> TranslatedPage:
        masks, signs = CodeMasks(), DirectiveSigns()
        unknown: Counter[str] = Counter()
        is_mdx = (
            page.path.endswith(".mdx")
            or self._tree.format in WITH_MDX
            or bool(HAS_IMPORT.search(page.body[:5_000]))
        )
        includer = includes.Includer(self._files, self._tree.roots, masks, self._page_named)
        text = includer.expanded(
            without_signs(page.body), includes.IncludePlace(page.path), is_mdx=is_mdx
        )
        liquid, components = (
            LiquidTranslator(signs, masks),
            ComponentTranslator(signs, masks, used_anchors, is_mdx=is_mdx),
        )
        text = liquid.code(text)
        text = masks.mask_spans(masks.mask_fences(comments.without_comments(text)))
        if is_mdx:
            text = mdx.expressions(text, includer.constants, signs.expressions)
        text = self._in_one_form(text, page, signs, unknown, used_anchors)
        text = liquid.translated(text)
        text = masks.mask(components.whole_elements(text))
        text = components.translated(text)
        arranger = BlockArranger(signs, masks)
        text = signs.on_own_lines(text)
        text = arranger.arranged(
            flush_left(text) if is_mdx and page.path.endswith(".mdx") else text
        )
        below_title = headings.arranged(attribute_lists.attributes(text), page.title)
        text = without_signs(signs.without(masks.unmask(signs.without(below_title.text))))
        found = [
            *_other_title(page, below_title),
            *includer.findings,
            *self._told(page, signs, arranger, liquid, components, masks),
        ]
        found += _left(page, text)
        return TranslatedPage(
            _tidy(text), tuple(found), frozenset(includer.used), unknown, below_title.tops
        )

    def _in_one_form(
        self,
        text: str,
        page: SourcePage,
        signs: DirectiveSigns,
        unknown: Counter[str],
        used_anchors: frozenset[str],
    ) -> str:
        """`text` whose variables have values and whose callouts and links are in few forms."""
        if braces.is_used(text):
            text = braces.for_editions(braces_lines(text), self._options.editions)
        text = variables.replaced(text, self._values(page), unknown)
        if braces.is_used(text):
            text = braces.translated(text, signs, lambda target: self._title_of(page, target))
        if self._tree.format == "obsidian":
            text = vaults.of_obsidian(text, used_anchors)
        text = contents.without_contents(text)
        text = attribute_lists.block_attributes(text, signs)
        text = quotes.quoted_callouts(text, signs)
        text = colons.translated(text, signs)
        text = wiki_links.wiki_links(text)
        return inline_marks.translated(text)

    def _values(self, page: SourcePage) -> Mapping[str, str]:
        own = {f"page.{name}": value for name, value in page.variables.items()}
        own |= {f"frontMatter.{name}": value for name, value in page.variables.items()}
        return {**own, **self._tree.variables, **self._options.variables}

    def words(self, page: SourcePage, text: str) -> str:
        """A title or summary with the values of its variables."""
        text = braces.for_editions(text, self._options.editions)
        return variables.replaced(text, self._values(page), Counter())

    def _told(
        self,
        page: SourcePage,
        signs: DirectiveSigns,
        arranger: BlockArranger,
        liquid: LiquidTranslator,
        components: ComponentTranslator,
        masks: CodeMasks,
    ) -> list[ImportFinding]:
        found = list(signs.findings)
        found += (
            ImportFinding(
                "Components taken out, their text kept", page.path, _line(page, name), name
            )
            for name in signs.unknown
        )
        found += (
            ImportFinding(
                "Expressions of MDX, shown as they are",
                page.path,
                _line(page, code),
                code,
                "Write out what they stand for",
            )
            for code in signs.expressions
        )
        found += (
            ImportFinding(
                "Callouts that do not end",
                page.path,
                _line(page, name),
                name,
                "End them in the source, or look at the article",
            )
            for name in arranger.unclosed
        )
        players = liquid.players + components.players
        for count, kind in (
            (players, "Videos, now links"),
            (liquid.conditions, "Conditions whose branches are all shown"),
            (masks.diagrams, "Diagrams, shown as code"),
        ):
            if count:
                found.append(ImportFinding(kind, page.path, 0, f"{count} on the page"))
        return found


def braces_lines(text: str) -> str:
    """`text` without line ends that only parts of editions brought."""
    return braces.CONDITION_LINE.sub(r"\1", text)


def _other_title(page: SourcePage, arranged: headings.ArrangedText) -> list[ImportFinding]:
    if not arranged.left_out:
        return []
    message = f"{arranged.left_out} (the title is: {page.title})"
    line = _line(page, arranged.left_out)
    kind = "Headings in the place of a title that is another, left out"
    return [ImportFinding(kind, page.path, line, message, "Choose between the two")]


def _left(page: SourcePage, text: str) -> list[ImportFinding]:
    return [
        ImportFinding(
            "Syntax that readers would see",
            page.path,
            _line(page, piece),
            piece,
            "Rewrite it in the article",
        )
        for piece in dict.fromkeys(leftovers(text))
    ]


def _line(page: SourcePage, piece: str) -> int:
    """Line of the source in which a piece of text stands first; 0 for none."""
    at = page.body.find(piece)
    if at < 0:
        at = page.body.find(piece.strip("<>:{}% ").split(" ")[0]) if piece.strip("<>:{}% ") else -1
    return page.body_line + page.body.count("\n", 0, at) if at >= 0 else 0


def _tidy(text: str) -> str:
    """`text` without spaces at line ends, but those that break a line, and one line end last."""
    lines = []
    for line in text.split("\n"):
        stripped = line.rstrip()
        is_break = line.endswith("  ") and bool(stripped)
        lines.append(f"{stripped}  " if is_break else stripped)
    body = "\n".join(lines).strip("\n")
    return f"{body}\n" if body else ""
