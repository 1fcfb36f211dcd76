"""Readers of pages of other help centres, and the expressions that they run."""

from __future__ import annotations

from kb.imports.arrival import plan
from kb.imports.arrival.addresses import AddressWriter
from kb.imports.arrival.pictures import PictureStore
from kb.imports.arrival.targets import TargetFinder
from kb.imports.dialects.headings import headings_of
from kb.imports.dialects.summaries import summary_of
from kb.imports.dialects.translation import PageTranslator
from kb.imports.formats import facts, front, titles
from kb.imports.formats.exports import json_files
from kb.imports.html.page import read_page
from kb.imports.model import ImportOptions, SourcePage, SourceTree
from kb.imports.sources.files import SourceFiles

OPTIONS = ImportOptions(languages=("en",))
FILES = SourceFiles("old", {}, lambda _: b"")
READER = "imported_markdown"
OF_HTML = "imported_html"


def imported_markdown(text: str) -> None:
    """A page of Markdown, from its front matter to its links."""
    parts = front.split(text)
    front.yaml(text[:2_000])
    facts.day(text)
    titles.first_heading(parts.body)
    _arrive(SourcePage("a", "a", "a.md", "en", text[:200] or "A", parts.body))


def imported_html(text: str) -> None:
    """A saved page."""
    read = read_page(text)
    json_files.words_of(text)
    _arrive(SourcePage("a", "a", "a.html", "en", "A", read.main, is_html=True))


def _arrive(page: SourcePage) -> None:
    tree = SourceTree("obsidian", (page,))
    planned = plan.PlannedPage(page, "k2m7p", "en/guides/a/a.md", "guides/a")
    finder = TargetFinder(FILES, tree, plan.ImportPlan((planned,), {}, {}), OPTIONS)
    translator = PageTranslator(
        FILES, tree, OPTIONS, page_named=finder.page_named, title_of=lambda *_: ""
    )
    translated = translator.translated(page, frozenset())
    pictures = PictureStore(FILES, ("",), {}, {})
    headings = {page.key: headings_of(translated.markdown)}
    AddressWriter(finder, pictures, headings, {}, "").addressed(planned, translated.markdown)
    summary_of(translated.markdown, page.title)


EXPRESSIONS = """
    kb.imports.anchor_signs:NOT_IN_NAME kb.imports.arrival.addresses:BLANKS
    kb.imports.arrival.addresses:STRAY_SPACE kb.imports.arrival.addresses:WORDLESS
    kb.imports.arrival.article_text:PLAIN kb.imports.arrival.categories_text:TOP
    kb.imports.arrival.names:OTHERS kb.imports.arrival.picture_files:ATTACHMENT
    kb.imports.arrival.picture_files:NUMBER kb.imports.arrival.targets:ANCHOR
    kb.imports.arrival.folder_places:LISTED kb.imports.arrival.targets:NUMBERED
    kb.imports.arrival.targets:SCHEME kb.imports.dialects.blocks:ADMONITION
    kb.imports.dialects.marks.cell_lists:TAG kb.imports.dialects.marks.cell_lists:CELL_START
    kb.imports.html.depth:TAG kb.imports.sources.charsets:DECLARED
    kb.imports.sources.charsets:PLAIN kb.imports.sources.zip_names:RUSSIAN
    kb.imports.formats.exports.json_files:HALF
    kb.imports.dialects.blocks:BARE_MARKER kb.imports.dialects.blocks:HEADING
    kb.imports.dialects.blocks:ITEM kb.imports.dialects.blocks:MARKER
    kb.imports.dialects.blocks:TAB kb.imports.dialects.braces:CONDITION
    kb.imports.dialects.braces:CONDITION_LINE kb.imports.dialects.braces:HEADING
    kb.imports.dialects.braces:LINK kb.imports.dialects.braces:PARAMETERS
    kb.imports.dialects.braces:PART kb.imports.dialects.braces:SIGN
    kb.imports.dialects.braces:VIDEO kb.imports.dialects.colons:ATTRIBUTES
    kb.imports.dialects.colons:LABEL kb.imports.dialects.colons:LINE
    kb.imports.dialects.colons:NAME kb.imports.dialects.colons:OPTION_TYPE
    kb.imports.dialects.colons:SLASHES kb.imports.dialects.colons:TITLE
    kb.imports.dialects.components:MARKDOWN_INSIDE kb.imports.dialects.components:NAMES_INSIDE
    kb.imports.dialects.headings:ATX kb.imports.dialects.headings:LEAD_OF_TEXT
    kb.imports.dialects.headings:NAMED kb.imports.dialects.headings:OWN
    kb.imports.dialects.headings:PLACE kb.imports.dialects.headings:SETEXT
    kb.imports.dialects.leftovers:LEFT kb.imports.dialects.links:BARE
    kb.imports.dialects.links:DEFINITION kb.imports.dialects.links:DESTINATION
    kb.imports.dialects.links:MARK kb.imports.dialects.links:SPACED
    kb.imports.dialects.liquid:ARGUMENT kb.imports.dialects.liquid:ASSIGN
    kb.imports.dialects.liquid:CAPTURE kb.imports.dialects.liquid:CODE
    kb.imports.dialects.liquid:COMMENT kb.imports.dialects.liquid:END_OF_CODE
    kb.imports.dialects.liquid:END_OF_COMMENT kb.imports.dialects.liquid:END_OF_RAW
    kb.imports.dialects.liquid:ESCAPED kb.imports.dialects.liquid:RAW
    kb.imports.dialects.liquid:ROOT_OF_LINK kb.imports.dialects.liquid:TAG
    kb.imports.dialects.liquid:TAG_OR_VARIABLE kb.imports.dialects.marks.attribute_lists:ALONE
    kb.imports.dialects.marks.attribute_lists:AT_LINE_END
    kb.imports.dialects.marks.attribute_lists:BEHIND
    kb.imports.dialects.marks.attribute_lists:DOTS
    kb.imports.dialects.marks.attribute_lists:END_OF_HEADING
    kb.imports.dialects.marks.attribute_lists:HEADING
    kb.imports.dialects.marks.attribute_lists:OWN_ID
    kb.imports.dialects.marks.attribute_lists:UNDERLINE
    kb.imports.dialects.marks.comments:COMMENTED_ID kb.imports.dialects.marks.contents:ALONE
    kb.imports.dialects.marks.contents:OF_KRAMDOWN kb.imports.dialects.marks.emoji:NAMED
    kb.imports.dialects.marks.formulas:BLOCK kb.imports.dialects.marks.formulas:BRACKETS
    kb.imports.dialects.marks.formulas:DOUBLE kb.imports.dialects.marks.formulas:INLINE
    kb.imports.dialects.marks.formulas:OF_TEX kb.imports.dialects.marks.formulas:PARENTHESES
    kb.imports.dialects.marks.formulas:PLACES
    kb.imports.dialects.marks.inline_marks:ABBREVIATION
    kb.imports.dialects.marks.inline_marks:CRITIC
    kb.imports.dialects.marks.inline_marks:HIGHLIGHT kb.imports.dialects.marks.inline_marks:ICON
    kb.imports.dialects.marks.inline_marks:INSERTED kb.imports.dialects.marks.inline_marks:KEYS
    kb.imports.dialects.marks.inline_marks:PAIR kb.imports.dialects.marks.inline_marks:SUBSCRIPT
    kb.imports.dialects.marks.inline_marks:SUPERSCRIPT
    kb.imports.dialects.marks.inline_marks:UNDERLINED kb.imports.dialects.marks.quotes:QUOTED
    kb.imports.dialects.marks.vaults:BLOCK_ID kb.imports.dialects.marks.vaults:FIELD
    kb.imports.dialects.marks.vaults:FIELD_WITHIN kb.imports.dialects.marks.vaults:SIZED
    kb.imports.dialects.marks.vaults:TAG_LINE kb.imports.dialects.marks.vaults:TASK
    kb.imports.dialects.marks.wiki_links:PICTURE kb.imports.dialects.marks.wiki_links:SIZE
    kb.imports.dialects.marks.wiki_links:WIKI kb.imports.dialects.masks:BLANK
    kb.imports.dialects.masks:CODE_TITLE kb.imports.dialects.masks:ESCAPES
    kb.imports.dialects.masks:FENCE kb.imports.dialects.masks:LANGUAGE
    kb.imports.dialects.masks:PRIVATE kb.imports.dialects.masks:SIGN
    kb.imports.dialects.masks:TICKS kb.imports.dialects.page_text:HAS_IMPORT
    kb.imports.dialects.parts.includes:BLOCK kb.imports.dialects.parts.includes:INCLUDE
    kb.imports.dialects.parts.includes:INLINE kb.imports.dialects.parts.includes:LIQUID
    kb.imports.dialects.parts.includes:OVER_LINES kb.imports.dialects.parts.includes:REFERENCE
    kb.imports.dialects.parts.includes:TARGET kb.imports.dialects.parts.mdx:CONSTANT
    kb.imports.dialects.parts.mdx:ESM kb.imports.dialects.parts.mdx:EXPRESSION
    kb.imports.dialects.parts.mdx:IMPORT kb.imports.dialects.parts.mdx:LITERAL
    kb.imports.dialects.parts.mdx:NAMED_PICTURE
    kb.imports.dialects.parts.tab_labels:OPTION kb.imports.dialects.parts.tab_labels:PART
    kb.imports.dialects.parts.mdx:NAME kb.imports.dialects.parts.mdx:PROPERTY
    kb.imports.dialects.parts.parameters:CONDITION kb.imports.dialects.parts.parameters:DEFAULT
    kb.imports.dialects.parts.parameters:OF_INCLUDE kb.imports.dialects.parts.parameters:USED
    kb.imports.dialects.parts.sections:SECTION kb.imports.dialects.parts.sections:TAGGED
    kb.imports.dialects.signs:DIRECTIVE kb.imports.dialects.signs:LEAD
    kb.imports.dialects.signs:STRAY kb.imports.dialects.summaries:END
    kb.imports.dialects.variables:ADDRESS kb.imports.dialects.variables:VARIABLE
    kb.imports.formats.docusaurus:FROM kb.imports.formats.docusaurus:OBJECT
    kb.imports.formats.docusaurus:PATH kb.imports.formats.docusaurus:QUOTED
    kb.imports.formats.docusaurus:SETTING kb.imports.formats.docusaurus:TO
    kb.imports.formats.page_texts.html_bodies:MADE_BY_PROGRAM
    kb.imports.formats.page_texts.multimarkdown:KEY kb.imports.formats.page_texts.multimarkdown:MORE
    kb.imports.formats.menus.docusaurus_lists:LABEL
    kb.imports.formats.menus.docusaurus_lists:LOCALES
    kb.imports.formats.menus.docusaurus_lists:NO_SLUG
    kb.imports.formats.menus.docusaurus_lists:QUOTED
    kb.imports.formats.exports.intercom:NUMBER
    kb.imports.formats.exports.json_files:_kind_of_file kb.imports.formats.facts:DAY
    kb.imports.formats.front:KEY kb.imports.formats.front:PYTHON_TAG
    kb.imports.formats.permalinks.hugo_style:TOKEN
    kb.imports.formats.permalinks.jekyll_style:NOT_IN_SLUG
    kb.imports.formats.permalinks.jekyll_style:TOKEN kb.imports.formats.plain_trees:SETTING
    kb.imports.formats.plain_trees:ZENDESK kb.imports.formats.titles:BRACES
    kb.imports.formats.titles:CLOSING kb.imports.formats.titles:FENCE
    kb.imports.formats.titles:HEADING kb.imports.formats.titles:LINK
    kb.imports.formats.titles:MARKS kb.imports.formats.titles:TAG
    kb.imports.formats.titles:UNDERLINE kb.imports.formats.vault_tags:FENCE
    kb.imports.formats.vault_tags:SPAN kb.imports.formats.vault_tags:TAG
    kb.imports.html.conversion:PLACEHOLDER kb.imports.html.inline:PICTURE_FILE
    kb.imports.dialects.masks:HIGHLIGHT
    kb.imports.html.blocks:LAST_SIGNS kb.imports.html.neighbours:MARKER
    kb.imports.html.blocks:LANGUAGE kb.imports.html.blocks:NAMED kb.imports.html.callouts:COLOUR
    kb.imports.html.callouts:WORD kb.imports.html.inline:ENTITY
    kb.imports.html.inline:LINE_START kb.imports.html.inline:SPACES
    kb.imports.html.inline:SPACES_KEPT kb.imports.html.inline:SPECIAL
    kb.imports.html.inline:YOUTUBE kb.imports.html.page:LANG kb.imports.html.page:PARTED
    kb.imports.html.page:TITLE kb.imports.html.tags:ATTRIBUTE kb.imports.html.tags:PATH
    kb.imports.html.tags:START
"""
MADE_BY_IMPORTS = {
    name: OF_HTML if name.startswith("kb.imports.html") else READER for name in EXPRESSIONS.split()
}
"""Expression → the reader that runs it. Each by itself was measured on 200,000 characters."""
