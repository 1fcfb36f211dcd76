"""Kinds of problems in what authors write: a stable slug each, a label, and how grave it is.

A kind more is a line more here. Slugs stand in reports that machines read, so they stay as they
are; labels head the groups that people read.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

Severity = Literal["problem", "remark"]
"""A problem hides something from readers or shows them something wrong, and fails the check; a
remark is for authors to know."""


class FaultKind(StrEnum):
    """A member's value is its slug."""

    label: str
    severity: Severity

    def __new__(cls, slug: str, label: str, severity: Severity = "problem") -> Self:
        member = str.__new__(cls, slug)
        member._value_ = slug
        member.label, member.severity = label, severity
        return member

    UNREADABLE_FILE = "unreadable-file", "Files that cannot be read"
    MISPLACED_FILE = "misplaced-file", "Files where no article can lie"
    BAD_NAME = "bad-name", "Names of files and folders that cannot be used"
    BAD_YAML = "bad-yaml", "Front matter and other YAML that cannot be read"
    DUPLICATE_KEY = "duplicate-key", "Keys that stand twice"
    MISSING_KEY = "missing-key", "Keys that must be there"
    UNKNOWN_KEY = "unknown-key", "Keys of front matter that nothing reads", "remark"
    BAD_VALUE = "bad-value", "Values that cannot be used"
    CUT_VALUE = "cut-value", "Titles and questions that end early, for want of quotes"
    TOO_LONG = "too-long", "Values that are too long"
    UNKNOWN_CATEGORY = "unknown-category", "Categories that are not in categories.yml"
    UNKNOWN_PRODUCT = "unknown-product", "Products that are not in products.yml, or under old names"
    TAKEN_ID = "taken-id", "Ids that are taken"
    TAKEN_ALIAS = "taken-alias", "Aliases that are taken"
    BAD_RELATION = "bad-relation", "Related articles and next steps that cannot be shown"
    BAD_SOURCE = "bad-source", "Sources of translations that do not fit"
    PARTED_TRANSLATION = "parted-translation", "Translations that do not share id and address"
    UNRENDERABLE = "unrenderable", "Texts that are too large or too intricate to show"
    BROKEN_LINK = "broken-link", "Links that lead nowhere"
    BROKEN_ANCHOR = "broken-anchor", "Links to headings that are not there"
    MOVED_TARGET = "moved-target", "Links to files that have moved"
    BAD_REDIRECT = "bad-redirect", "Old addresses that cannot lead where they should"
    FOREIGN_PICTURE = "foreign-picture", "Pictures on other hosts, of which readers see the words"
    RAW_DIRECTIVE = "raw-directive", "Blocks such as ::: that readers see as text"
    RAW_COMPONENT = "raw-component", "Components, imports and exports that readers see as text"
    RAW_TEMPLATE = "raw-template", "Template tags that readers see as text"
    BAD_SNIPPET = "bad-snippet", "Snippets that cannot be used"
    UNUSED_TEXT = "unused-text", "Snippets and variables that no article uses", "remark"
    UNKNOWN_VARIABLE = "unknown-variable", "Variables in {{ }} that nothing fills in"
    RAW_WIKI_LINK = "raw-wiki-link", "Links in double brackets that readers see as text"
    RAW_REFERENCE = "raw-reference", "References that nothing defines, and readers see as text"
    RAW_CALLOUT = "raw-callout", "Marks of callouts that readers see as text"
    RAW_HTML = "raw-html", "HTML that readers see as text"
    RAW_MARK = "raw-mark", "Marks of Markdown that readers see as text"
    UNCLOSED_CALLOUT = "unclosed-callout", "Callouts that are empty or not closed"
    UNCLOSED_FENCE = "unclosed-fence", "Code that is not closed"
    UNEVEN_TABLE = "uneven-table", "Rows of tables with more cells than the head"
    SHORT_ROW = "short-row", "Rows of tables with fewer cells than the head", "remark"
    ODD_CALLOUT = "odd-callout", "Callouts that other programs show otherwise", "remark"
    MEANT_AS_TABLE = "meant-as-table", "Lines that were meant as a table", "remark"
    MEANT_AS_LIST = "meant-as-list", "Lines that were meant as a list", "remark"
    UNREAD_ARTICLE = "unread-article", "Articles in formats that are not read"
    STRAY_FILE = "stray-file", "Files that nothing reads", "remark"
    SHALLOW_HISTORY = "shallow-history", "Dates that a clone without its history lacks", "remark"
    LOST_HTML = "lost-html", "HTML that is left out of the page", "remark"
    BAD_TEST = "bad-test", "Tests of search that cannot be run"
    BROKEN_PICTURE = "broken-picture", "Pictures that are not there"
    BAD_PICTURE = "bad-picture", "Files of pictures that cannot be used"
    BAD_THEME = "bad-theme", "Faults of the site's theme and files"
    BAD_TEMPLATE = "bad-template", "Faults of the site's templates"
    BAD_CATALOGUE = "bad-catalogue", "Faults of the site's translations"
    CHANGED_COLOUR = "changed-colour", "Colours that were changed to be readable", "remark"
    UNTRANSLATED = "untranslated", "Texts of the pages that are not translated", "remark"
    OLD_TRANSLATION = "old-translation", "Translations older than their source", "remark"
    DRIFTED_TRANSLATION = (
        "drifted-translation",
        "Translations with other parts or numbers than their source",
        "remark",
    )
    OVERDUE = "overdue", "Articles that nobody has verified for a year", "remark"
    FUTURE_DATE = "future-date", "Dates in front matter that are still to come", "remark"
    PLACEHOLDER = "placeholder", "Words of `kb new` that nobody has replaced", "remark"
    NOT_FIRST = (
        "not-first",
        "Titles and questions that another article is found by first",
        "remark",
    )
    NEAR_DUPLICATE = "near-duplicate", "Pairs of articles that say nearly the same", "remark"
    ORPHAN = "orphan", "Articles that no other article leads to", "remark"
    EMPTY_ARTICLE = "empty-article", "Articles that say nothing", "remark"
    LEANING_OPENING = "leaning-opening", "Sections that begin by leaning on their heading", "remark"
    LONG_SENTENCE = "long-sentence", "Sentences that are too long to read", "remark"
    LONG_SECTION = "long-section", "Sections that are too long to read", "remark"
    MISSING_ALT = "missing-alt", "Pictures without a text in their place", "remark"
