"""Functions that read what strangers and authors type, each taking one text.

They loop by hand, or make their expressions while they run. What they refuse counts as read.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from html import escape

from markdown import Markdown

from kb import redaction
from kb.branding import theme_file
from kb.catalog import export
from kb.catalog.glossary import Glossary
from kb.content import media, sanitize
from kb.content.advice.page import ReadPage
from kb.content.advice.review import Review, of_page
from kb.content.files import front_matter, old_paths
from kb.content.files.article_file import NEVER
from kb.content.files.text import MAX_BYTES, BadFile
from kb.content.markdown.bounds import MarkupRefused
from kb.content.markdown.inline.raw_html import RawTags
from kb.content.markdown.inline.scanner import InlineSurroundings, tokens_of
from kb.content.markdown.inline.targets import Targets
from kb.content.markdown.inline.tree import element_of
from kb.content.model import Article, ArticleHead, Library
from kb.content.remarks.leftovers import of_article
from kb.content.shared_text import snippets as shared_snippets
from kb.content.shared_text.expansion import Shared, Snippet, expanded, filled_line
from kb.content.shared_text.term import GlossaryTerm
from kb.content.topics import sentences
from kb.handoffs.channels import email_text
from kb.languages import detection
from kb.suggestions import follow_up, small_talk
from kb.web.conversation import handoff
from kb.web.help import json_ld
from kb.web.http import json_body
from search.text import analysis, html_text, html_tree, layout, passages, snippets
from search.text import languages as text_languages
from search.text.characters import composition
from search.text.index_terms import index_tokens, query_terms
from search.text.words import Matcher
from tests.support.growth.imported import imported_html, imported_markdown

__all__ = ["imported_html", "imported_markdown"]

OLD_PATHS = old_paths.OldPathTable(
    [(old_paths.OldPath("/" * length, is_prefix=True), length) for length in range(2, 1000)]
    + [(old_paths.OldPath("/", (("a", "b"),)), 1)]
)
GLOSSARY = Glossary([GlossaryTerm("a", {"en": "a x"}, {"en": "A letter"}, ("x 1",))])
MATCHER = Matcher({"refund": "refund", "days": "day"})


def body(text: str) -> None:
    with suppress(json_body.MalformedJson):
        json_body.parse(text.encode("utf-8", "surrogatepass"))


def front(text: str) -> None:
    with suppress(BadFile):
        front_matter.split(f"---\n{text}", "article.md")


def properties(text: str) -> None:
    """YAML of an article."""
    with suppress(BadFile):
        front_matter.read_mapping(text, "article.md")
    front_matter.read_entries(text, "article.md")
    with suppress(BadFile):
        front_matter.read_text_of_file(text, "glossary.yml", max_chars=MAX_BYTES)


def markdown(text: str) -> None:
    with suppress(MarkupRefused):
        sanitize.to_html(text)


def leftovers(text: str) -> None:
    """An article whose page shows its source as it stands."""
    head = ArticleHead(
        *("k2m7p", "en", "faq", "a", "b", "T", "S", (), (), 0, (), ()), updated_at=NEVER
    )
    article = Article(head, "published", text, 6, "en/faq/a/b.md")
    list(of_article(article, f"<p>{escape(text, quote=False)}</p>"))


def advice(text: str) -> None:
    """The text as the page of an article and of its translation."""
    head = ArticleHead(
        *("k2m7p", "en", "faq", "a", "b", "T", "S", (), (), 0, (), ()), updated_at=NEVER
    )
    own = Article(head, "published", text, 6, "en/faq/a/b.md")
    other = replace(own.with_head(lang="ru"), path="ru/faq/a/b.md")
    page = f"<p>{escape(text, quote=False)}</p>"
    list(of_page(ReadPage(own, page)))
    pages = {own.path: page, other.path: "<p>Один</p>"}
    library = Library((own, other), (), (), frozenset())
    list(Review(date(2026, 1, 1), "ru").of_library(library, pages))


def inline(text: str) -> None:
    """One text without the limits of an article."""
    targets = Targets(None, None)
    around = InlineSurroundings(
        targets=targets,
        references={"a": ("/a", None)},
        raw_tags=RawTags(Markdown(), targets),
        footnote=lambda _text, _at: None,
    )
    with suppress(MarkupRefused):
        element_of(tokens_of(text, around), targets)


def shared_text(text: str) -> None:
    snippet = Snippet("_snippets/en/x.md", ("one", "two"), (("_snippets/en/x.md", 1),) * 2)
    expanded(text, ("en/faq/a/b.md", 1), Shared({"x": "word"}, {"x": snippet}.get))
    filled_line(text, {"x": "word"})
    shared_snippets.FRONT.match(text)
    shared_snippets._with_far_links(text, "_snippets/en/x.md")


def composing(text: str) -> None:
    composition.composed(text)
    composition.spoken_places(text)


def message_sentences(text: str) -> None:
    sentences.sentences.__wrapped__(text)
    sentences.clauses(text)


def language(text: str) -> None:
    detection.written_in(text, ("en", "ru"), "en")


def follow_ups(text: str) -> None:
    follow_up.readings(text, (text,))
    follow_up.is_elliptical(text, (text,))


def thanks(text: str) -> None:
    small_talk.small_talk(text)
    small_talk.may_thank(text)


def private(text: str) -> None:
    redaction.mask(text)
    redaction.mask_cards(text)


def contact(text: str) -> None:
    handoff.is_email(text)
    handoff.one_line_name(text)
    email_text.mail_address(text)
    email_text.clean(text)


def theme(text: str) -> None:
    theme_file._line_of(text, ("colours", "link"))


def picture_size(text: str) -> None:
    media._length(text)


def title(text: str) -> None:
    json_ld.is_question(text, "en")


def old_path(text: str) -> None:
    OLD_PATHS.find(old_paths.composed(text.encode("utf-8", "surrogatepass")), text)
    old_paths.read(text)


def terms(text: str) -> None:
    analysis.terms(text)
    text_languages.points_ahead().search(text)


def query(text: str) -> None:
    query_terms(analysis.clean(text))
    index_tokens(text)
    analysis.term_of.__wrapped__(text)
    analysis._compound_term.__wrapped__(text)


def page(text: str) -> None:
    """HTML of a page, here a paragraph that holds the text."""
    html = f"<p>{escape(text, quote=False)}</p>"
    GLOSSARY.explained(html, "en", "k2m7p")
    html_text.sections(html)
    html_tree.parse(html)
    layout.blocks(html)
    export.as_markdown(html, base="https://example.org")


def passage(text: str) -> None:
    list(passages.windows([text]))
    layout.split_sentences(text)
    snippets.snippet(text, MATCHER)
