"""Problems in the words of the page: what is wrong and what to do, for each kind of them.

`kb check` tells problems in English; pages in other languages tell the kind in theirs, with the
names that the English sentence has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.content.fault_kinds import FaultKind
from kb.content.model import Problem
from kb.texts import N_, Text
from kb.web.layout.locale import gettext as _
from kb.web.layout.locale import translated
from kb.web.staff.articles.problem_names import TOLD_REMEDIES, names_in, nearest_in
from kb.web.staff.views import page_language

PROBLEM_WORDS: Mapping[FaultKind, tuple[Text, Text]] = {
    FaultKind.UNREADABLE_FILE: (
        N_("This file cannot be read"),
        N_("Save it as a plain text in UTF-8"),
    ),
    FaultKind.MISPLACED_FILE: (
        N_("No article can lie here"),
        N_("Move it into a category of its language"),
    ),
    FaultKind.BAD_NAME: (
        N_("This name of a file or folder cannot be used"),
        N_("Rename it: small Latin letters, digits and hyphens"),
    ),
    FaultKind.BAD_YAML: (
        N_("The head of the article cannot be read"),
        N_("Mend it in the whole file: quotes around values with : or #, spaces instead of tabs"),
    ),
    FaultKind.DUPLICATE_KEY: (N_("A key stands twice"), N_("Leave one of them")),
    FaultKind.MISSING_KEY: (
        N_("Something that every article needs is missing"),
        N_("Fill the field in"),
    ),
    FaultKind.UNKNOWN_KEY: (
        N_("Nothing reads this key"),
        N_("Leave it if other programs need it, or take it out"),
    ),
    FaultKind.BAD_VALUE: (N_("This value cannot be used"), N_("Write it as the field's hint says")),
    FaultKind.CUT_VALUE: (N_("A title or question ends early"), N_("Put it into quotes")),
    FaultKind.TOO_LONG: (N_("This is too long"), N_("Shorten it")),
    FaultKind.UNKNOWN_CATEGORY: (N_("There is no such category"), N_("Choose one that there is")),
    FaultKind.UNKNOWN_PRODUCT: (N_("There is no such product"), N_("Choose one that there is")),
    FaultKind.TAKEN_ID: (N_("Another article has this id"), N_("Give one of them another id")),
    FaultKind.TAKEN_ALIAS: (
        N_("This former address belongs to another article"),
        N_("Take it out of one of them"),
    ),
    FaultKind.BAD_RELATION: (
        N_("A related article or next step cannot be shown"),
        N_("Choose an article that readers can open"),
    ),
    FaultKind.BAD_SOURCE: (
        N_("The source of this translation does not fit"),
        N_("Name the language that it was translated from"),
    ),
    FaultKind.PARTED_TRANSLATION: (
        N_("Translations of this article do not share id and address"),
        N_("Give them the same id and the same name of file"),
    ),
    FaultKind.UNRENDERABLE: (
        N_("The text is too large or too intricate to show"),
        N_("Divide or simplify it"),
    ),
    FaultKind.BROKEN_LINK: (N_("A link leads nowhere"), N_("Mend its path")),
    FaultKind.BROKEN_ANCHOR: (
        N_("A link leads to a heading that is not there"),
        N_("Mend what stands behind #"),
    ),
    FaultKind.MOVED_TARGET: (N_("A link leads to a file that has moved"), N_("Write the new path")),
    FaultKind.BAD_REDIRECT: (
        N_("An old address cannot lead where it should"),
        N_("Mend it in redirects.yml"),
    ),
    FaultKind.FOREIGN_PICTURE: (
        N_("A picture lies on another host: readers see its words only"),
        N_("Add the picture here"),
    ),
    FaultKind.RAW_DIRECTIVE: (
        N_("Readers see the marks of a block such as :::"),
        N_("Use the button Note above the text"),
    ),
    FaultKind.RAW_COMPONENT: (
        N_("Readers see a component, an import or an export as text"),
        N_("Write in Markdown what it is to show"),
    ),
    FaultKind.RAW_TEMPLATE: (
        N_("Readers see a template tag as text"),
        N_("Write out what it means, or put it into code"),
    ),
    FaultKind.BAD_SNIPPET: (N_("A snippet cannot be used"), N_("Mend its name or its text")),
    FaultKind.UNUSED_TEXT: (
        N_("No article uses this snippet or variable"),
        N_("Use it or take it out"),
    ),
    FaultKind.UNKNOWN_VARIABLE: (
        N_("Readers see a variable that nothing fills in"),
        N_("Write out the value, mend the name, or put it into code"),
    ),
    FaultKind.RAW_WIKI_LINK: (
        N_("Readers see a link in double brackets as text"),
        N_("Write it as [words](path.md)"),
    ),
    FaultKind.RAW_REFERENCE: (
        N_("Readers see a reference that nothing defines"),
        N_("Write it as [words](path.md)"),
    ),
    FaultKind.RAW_CALLOUT: (
        N_("Readers see the mark of a callout as text"),
        N_("Use the button Note above the text"),
    ),
    FaultKind.RAW_HTML: (N_("Readers see HTML as text"), N_("Write it in Markdown")),
    FaultKind.RAW_MARK: (
        N_("Readers see marks of Markdown as text"),
        N_("Mend the marks: no space inside, an end to each"),
    ),
    FaultKind.UNCLOSED_CALLOUT: (
        N_("A callout is empty or not closed"),
        N_("Write its text, or close it"),
    ),
    FaultKind.UNCLOSED_FENCE: (
        N_("Code is not closed: all that follows is code"),
        N_("Close it with ```"),
    ),
    FaultKind.UNEVEN_TABLE: (
        N_("A row of a table has more cells than its head"),
        N_("Take a cell out, or add one to the head"),
    ),
    FaultKind.SHORT_ROW: (
        N_("A row of a table has fewer cells than its head"),
        N_("Add the cells that lack, or a line free below the table"),
    ),
    FaultKind.MEANT_AS_TABLE: (
        N_("These lines look as if they were meant as a table"),
        N_("Add the line |---|---| below the head"),
    ),
    FaultKind.MEANT_AS_LIST: (
        N_("These lines look as if they were meant as a list"),
        N_("Leave a line free before it, and a space behind its marks"),
    ),
    FaultKind.UNREAD_ARTICLE: (
        N_("Articles in this format are not read"),
        N_("Save it as Markdown, .md"),
    ),
    FaultKind.STRAY_FILE: (N_("Nothing reads this file"), N_("Move it away")),
    FaultKind.SHALLOW_HISTORY: (
        N_("Dates are not known: the clone lacks its history"),
        N_("Have the whole history fetched"),
    ),
    FaultKind.LOST_HTML: (N_("HTML is left out of the page"), N_("Write it in Markdown")),
    FaultKind.BAD_TEST: (N_("A test of search cannot be run"), N_("Mend it in relevance.yml")),
    FaultKind.BROKEN_PICTURE: (
        N_("A picture is not there"),
        N_("Add it, or take it out of the text"),
    ),
    FaultKind.BAD_PICTURE: (
        N_("The file of a picture cannot be used"),
        N_("Save it as PNG, JPEG, WebP or GIF of at most 1 MB"),
    ),
    FaultKind.BAD_THEME: (
        N_("Something is wrong with the site's look"),
        N_("Tell whoever runs the site"),
    ),
    FaultKind.BAD_TEMPLATE: (
        N_("Something is wrong with the site's templates"),
        N_("Tell whoever runs the site"),
    ),
    FaultKind.BAD_CATALOGUE: (
        N_("Something is wrong with the site's translations"),
        N_("Tell whoever runs the site"),
    ),
    FaultKind.CHANGED_COLOUR: (
        N_("A colour was changed to be readable"),
        N_("Tell whoever runs the site"),
    ),
    FaultKind.UNTRANSLATED: (
        N_("A text of the pages is not translated"),
        N_("Tell whoever runs the site"),
    ),
    FaultKind.OLD_TRANSLATION: (
        N_("The translation is older than its source"),
        N_("Compare them and save the translation"),
    ),
    FaultKind.DRIFTED_TRANSLATION: (
        N_("The translation has other parts or numbers than its source"),
        N_("Compare the two"),
    ),
    FaultKind.OVERDUE: (
        N_("Nobody has verified this article for a year"),
        N_("Read it, and write the day into Checked on"),
    ),
    FaultKind.NOT_FIRST: (
        N_("Another article is found first by this title or question"),
        N_("Word it more distinctly"),
    ),
    FaultKind.NEAR_DUPLICATE: (
        N_("Another article says nearly the same"),
        N_("Join them, or tell them apart in their first sentences"),
    ),
    FaultKind.ORPHAN: (N_("No other article leads here"), N_("Link to it from a related one")),
    FaultKind.LEANING_OPENING: (
        N_("A section begins by leaning on its heading"),
        N_("Name the thing again: the section is quoted alone"),
    ),
    FaultKind.LONG_SENTENCE: (N_("A sentence is too long to read"), N_("Divide it")),
    FaultKind.LONG_SECTION: (N_("A section is too long to read"), N_("Divide it by headings")),
    FaultKind.MISSING_ALT: (
        N_("A picture has no text in its place"),
        N_("Say what it shows, between [ and ]"),
    ),
    FaultKind.ODD_CALLOUT: (
        N_("Other programs show this note otherwise"),
        N_("Use the button Note above the text"),
    ),
    FaultKind.PLACEHOLDER: (N_("Words of the template are still there"), N_("Write your own")),
    FaultKind.FUTURE_DATE: (N_("This date is still to come"), N_("Mend the date")),
    FaultKind.EMPTY_ARTICLE: (N_("The article has no text"), N_("Write it, or leave it a draft")),
}
"""By kind: the fault, and its remedy, both without the full stop."""


def is_told_in_english() -> bool:
    """True on pages in English, where the problem's own sentence serves."""
    return page_language().startswith("en")


@dataclass(frozen=True)
class ToldProblem:
    """A problem in the language of the page; the fault and its remedy without the full stop."""

    message: str
    names: tuple[str, ...]
    """What it is about, where the message does not name it."""
    remedy: str


def problem_words(problem: Problem) -> ToldProblem:
    """A problem as pages tell it."""
    if is_told_in_english():
        return ToldProblem(problem.message, (), problem.remedy)
    message, remedy = map(translated, PROBLEM_WORDS[problem.kind])
    if nearest := nearest_in(problem.remedy):
        remedy = _("%(remedy)s. Nearest: %(names)s", remedy=remedy, names=", ".join(nearest))
    elif problem.kind in TOLD_REMEDIES and (wanted := names_in(problem.remedy)):
        remedy = f"{remedy}: {', '.join(wanted)}"
    return ToldProblem(message, names_in(problem.message), remedy)


def problem_sentence(problem: Problem) -> str:
    """A problem in a line, with its place."""
    if is_told_in_english():
        return str(problem)
    told = problem_words(problem)
    names = f": {', '.join(told.names)}" if told.names else ""
    return f"{problem.path}:{problem.line}: {told.message}{names}. {told.remedy}."
