"""The Markdown of one page in ours: every dialect's marks, one after the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kb.imports.dialects import braces, colons, headings, variables
from kb.imports.dialects.blocks import BlockArranger, flush_left
from kb.imports.dialects.components import ComponentTranslator
from kb.imports.dialects.leftovers import leftovers
from kb.imports.dialects.liquid import LiquidTranslator
from kb.imports.dialects.marks import (
    attribute_lists,
    cell_lists,
    comments,
    contents,
    emoji,
    inline_marks,
    quotes,
    wiki_links,
)
from kb.imports.dialects.marks.formulas import FormulaKeeper
from kb.imports.dialects.marks.vaults import VaultTranslator
from kb.imports.dialects.masks import CodeMasks, without_signs
from kb.imports.dialects.parts import mdx
from kb.imports.dialects.parts.includes import IncludePlace, Includer
from kb.imports.dialects.signs import DirectiveSigns
from kb.imports.model import ImportFinding, ImportOptions, SourcePage, SourceTree
from kb.imports.sources.files import SourceFiles

WITH_MDX = frozenset({"docusaurus", "starlight"})
HAS_IMPORT = re.compile(
    r"^import[ ][^\n]{1,300}[ ]from[ ][\"'][^\"'\n]{1,200}[\"'];?[ ]{0,4}$", re.MULTILINE
)
UNKNOWN_COMPONENTS = "Components taken out, their text kept"
REMEDIES = {
    "Expressions of MDX, shown as they are": "Write out what they stand for",
    "Callouts that do not end": "End them in the source, or look at the article",
    "Emoji by names that are not known": "Put the sign itself, or take it out",
    "Syntax that readers would see": "Rewrite it in the article",
    "Queries, taken out": "Write out what they listed",
    "Queries within lines, shown as code": "Write out what they stand for",
}


@dataclass(frozen=True)
class TranslatedPage:
    """A page's text with the links of the source, and what was found on the way."""

    markdown: str
    findings: tuple[ImportFinding, ...] = ()
    included: frozenset[str] = frozenset()
    unknown_variables: Mapping[str, int] | None = None
    top_anchors: frozenset[str] = frozenset()
    """Anchors of the title, which is no heading of the text."""


@dataclass(frozen=True)
class PageSurroundings:
    """Everything around a page that its text may speak of."""

    files: SourceFiles
    tree: SourceTree
    options: ImportOptions
    page_named: Callable[[str], str | None]
    title_of: Callable[[SourcePage, str], str]
    used_anchors: frozenset[str]

    def values(self, page: SourcePage) -> Mapping[str, str]:
        """Values of variables, by their names on a page."""
        own = {f"page.{name}": value for name, value in page.variables.items()}
        own |= {f"frontMatter.{name}": value for name, value in page.variables.items()}
        return {**own, **self.tree.variables, **self.options.variables}


class MarkdownPage:
    """Translates one page. In time proportional to it."""

    def __init__(self, page: SourcePage, around: PageSurroundings) -> None:
        self._page = page
        self._around = around
        self._markup = around.tree.markup
        self._masks, self._signs = CodeMasks(around.tree.format), DirectiveSigns()
        self._is_mdx = (
            page.path.endswith(".mdx")
            or around.tree.format in WITH_MDX
            or bool(HAS_IMPORT.search(page.body[:5_000]))
        )
        self._includer = Includer(around.files, around.tree.roots, self._masks, around.page_named)
        self._liquid = LiquidTranslator(self._signs, self._masks)
        self._components = ComponentTranslator(
            self._signs, self._masks, around.used_anchors, is_mdx=self._is_mdx
        )
        self._arranger = BlockArranger(self._signs, self._masks, page.lang)
        self._formulas = FormulaKeeper(self._masks)
        self._vault = VaultTranslator(self._signs, self._masks)
        self._unknown_variables: Counter[str] = Counter()
        self._unknown_emoji: Counter[str] = Counter()
        self._abbreviations = 0

    def translated(self) -> TranslatedPage:
        """The page's text. Never raises."""
        page, masks, signs = self._page, self._masks, self._signs
        text = self._without_code(page.body)
        text = self._in_one_form(text)
        text = self._liquid.translated(text)
        text = masks.mask(self._components.whole_elements(cell_lists.lists_in_rows(text)))
        text = signs.on_own_lines(self._components.translated(text))
        is_flush = self._is_mdx and page.path.endswith(".mdx")
        text = self._arranger.arranged(flush_left(text) if is_flush else text)
        arranged = headings.arranged(attribute_lists.attributes(text), page.title)
        text = without_signs(signs.without(masks.unmask(tidy(signs.without(arranged.text)))))
        found = [*_other_title(page, arranged), *self._includer.findings, *signs.findings]
        return TranslatedPage(
            text,
            (*found, *self._told(text)),
            frozenset(self._includer.used),
            self._unknown_variables,
            arranged.tops,
        )

    def _without_code(self, body: str) -> str:
        """The page with its included parts; code, formulas and expressions are put aside."""
        masks = self._masks
        place = IncludePlace(self._page.path)
        text = self._includer.expanded(without_signs(body), place, is_mdx=self._is_mdx)
        text = self._liquid.code(text)
        text = masks.mask_spans(masks.mask_fences(comments.without_comments(text)))
        text = self._formulas.put_aside(text, has_brackets=self._markup.has_brackets)
        if self._is_mdx:
            text = mdx.expressions(text, self._includer.constants, self._signs.expressions)
        return text

    def _in_one_form(self, text: str) -> str:
        """`text` whose variables have values and whose callouts and links are in few forms."""
        page, signs, around = self._page, self._signs, self._around
        if braces.is_used(text):
            text = braces.for_editions(braces_lines(text), around.options.editions)
        known = around.values(page)
        text, assigned = self._liquid.assigned(text, known)
        text = variables.replaced(text, {**known, **assigned}, self._unknown_variables)
        if braces.is_used(text):
            text = braces.translated(text, signs, lambda target: around.title_of(page, target))
        if around.tree.format == "obsidian":
            text = self._vault.translated(text, around.used_anchors)
        text = contents.without_contents(text)
        text = attribute_lists.block_attributes(text, signs, self._markup.callouts)
        text = quotes.quoted_callouts(text, signs, any_kind=self._markup.any_callout)
        text = colons.translated(text, signs)
        text = wiki_links.wiki_links(text)
        text, self._abbreviations = inline_marks.without_abbreviations(text)
        return emoji.with_emoji(inline_marks.translated(text, self._markup), self._unknown_emoji)

    def _told(self, text: str) -> Iterator[ImportFinding]:
        """Everything that became something else, or nothing."""
        page, signs = self._page, self._signs
        for kind, pieces in (
            (UNKNOWN_COMPONENTS, signs.unknown),
            ("Expressions of MDX, shown as they are", signs.expressions),
            ("Callouts that do not end", self._arranger.unclosed),
            ("Emoji by names that are not known", self._unknown_emoji),
            ("Syntax that readers would see", dict.fromkeys(leftovers(text))),
        ):
            for piece in pieces:
                yield _finding(page, kind, piece)
        for kind, piece in self._vault.told:
            yield _finding(page, kind, piece)
        for count, kind in (
            (self._liquid.players + self._components.players, "Videos, now links"),
            (self._liquid.conditions, "Conditions whose branches are all shown"),
            (self._masks.diagrams, "Diagrams, shown as code"),
            (self._formulas.count, "Formulas, shown as code"),
            (self._abbreviations, "Abbreviations' meanings, taken out"),
        ):
            if count:
                yield ImportFinding(kind, page.path, 0, f"{count} on the page")


def braces_lines(text: str) -> str:
    """`text` without line ends that only parts of editions brought."""
    return braces.CONDITION_LINE.sub(r"\1", text)


def _finding(page: SourcePage, kind: str, piece: str) -> ImportFinding:
    return ImportFinding(kind, page.path, _line(page, piece), piece, REMEDIES.get(kind, ""))


def _other_title(page: SourcePage, arranged: headings.ArrangedText) -> list[ImportFinding]:
    if not arranged.left_out:
        return []
    message = f"{arranged.left_out} (the title is: {page.title})"
    line = _line(page, arranged.left_out)
    kind = "Headings in the place of a title that is another, left out"
    return [ImportFinding(kind, page.path, line, message, "Choose between the two")]


def _line(page: SourcePage, piece: str) -> int:
    """Line of the source in which a piece of text stands first; 0 for none."""
    at = page.body.find(piece)
    if at < 0:
        at = page.body.find(piece.strip("<>:{}% ").split(" ")[0]) if piece.strip("<>:{}% ") else -1
    return page.body_line + page.body.count("\n", 0, at) if at >= 0 else 0


def tidy(text: str) -> str:
    """`text` without spaces at line ends, but those that break a line, and one line end last."""
    lines = []
    for line in text.split("\n"):
        stripped = line.rstrip()
        is_break = line.endswith("  ") and bool(stripped)
        lines.append(f"{stripped}  " if is_break else stripped)
    body = "\n".join(lines).strip("\n")
    return f"{body}\n" if body else ""
