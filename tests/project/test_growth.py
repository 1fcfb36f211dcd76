"""Hostile text costs time in proportion to its length, whatever reads it.

One table of every regular expression and hand-written loop over what strangers or authors type,
each at the length it is given at most, and at twice that. An expression that is in no row fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import reduce
from importlib import import_module
from typing import Any

import pytest

from kb import redaction
from kb.content.files import text as files
from kb.content.files.front_matter import MAX_CHARS as FRONT_MATTER
from kb.content.markdown.bounds import MAX_LINE_CHARS
from kb.web.contact.form import MAX_BODY_BYTES
from kb.web.http.json_body import MAX_BYTES
from search.text.analysis import MAX_NORMALISED_CHARS, MAX_QUERY_CHARS
from tests.support.growth import remarks
from tests.support.growth.exempt import OF_ONE_CHARACTER, OUR_OWN
from tests.support.growth.expressions import ROOT, expressions, uses
from tests.support.growth.imported import MADE_BY_IMPORTS

ADDRESS = 8_190
"""Characters of a request's line or of one header, that a server lets through."""
ARTICLE = files.MAX_BYTES
MAX_GROWTH = 2.75
MAX_SECONDS = 2.0
"""Processor time at the limit that even a whole article, which is read once a build, may take."""

EXPRESSIONS: Mapping[int, str] = {
    ADDRESS: """
        kb.accounts.api_keys:_LOOPBACK kb.accounts.invitations:_TOKEN
        kb.content.media:NAME kb.content.media:NOT_IN_NAME kb.feedback.crawlers:_NAMES
        kb.feedback.votes:_ARTICLE_ID kb.feedback.votes:_LANG kb.feedback.votes:_VOTER
        kb.handoffs.history:_ID kb.web.api.handoffs:_IDEMPOTENCY_KEY
        kb.handoffs.channels.email.channel:_ENHANCED_CODE kb.content.files.redirects_file:PLAIN
        kb.content.files.redirects_file:PLAIN_TARGET kb.content.addresses.redirects:LOCALE
        kb.content.files.written_id:KEY kb.imports.own_tree:OF_AUTHORS
        kb.web.staff.articles.pages.article_list:_PAGE
    """,
    MAX_BYTES: """
        kb.web.api.schemas.base:_DIGITS kb.web.api.schemas.base:_TIME
        kb.web.http.json_body:_STRING_OR_BRACKET kb.web.http.json_body:_UNSTORABLE
        kb.web.conversation.handoff:_EMAIL kb.accounts.staff:_EMAIL
        kb.handoffs.channels.email_text:_DOMAIN kb.handoffs.channels.email_text:_LOCAL_PART
        kb.handoffs.channels.email_text:_NAMED kb.handoffs.channels.email_text:_NEVER_IN_ID
        kb.handoffs.channels.chatwoot.channel:_MARKUP kb.catalog.staff_search:_MARKDOWN
    """,
    MAX_BODY_BYTES: "kb.web.contact.form:_ARTICLE kb.web.contact.form:_CONTROL",
    redaction.MAX_CHARS: """
        kb.redaction.accounts:_ACCOUNT kb.redaction.accounts:_BEGINNING
        kb.redaction.addresses:_EMAIL kb.redaction.addresses:_QUERY kb.redaction.addresses:_SAID
        kb.redaction.addresses:_SIGN kb.redaction.addresses:_USER kb.redaction.cards:_CHAIN
        kb.redaction.card_codes:_CVC kb.redaction.credentials:_ANY_CODE
        kb.redaction.credentials:_ASSIGNED kb.redaction.credentials:_BESIDE
        kb.redaction.credentials:_GLUED kb.redaction.credentials:_KEYWORD
        kb.redaction.credentials:_NAMED_KEY kb.redaction.credentials:_TOLD_CODE
        kb.redaction.credentials:_ONE_TIME kb.redaction.credentials:_REVERSED
        kb.redaction.credentials:_RUN kb.redaction.credentials:_STATED
        kb.redaction.documents:_INSURANCE kb.redaction.documents:_NAMED
        kb.redaction.documents:_SERIES kb.redaction.documents:_SHAPES kb.redaction.folded:_ENCODED
        kb.redaction.harmless:_AMOUNTS kb.redaction.harmless:_CODES kb.redaction.harmless:_DATES
        kb.redaction.harmless:_MACHINES kb.redaction.harmless:_VERSION
        kb.redaction.logins:_LOGIN kb.redaction.masks:_WORD
        kb.redaction.numbers:_CHAINS kb.redaction.numbers:_PARCELS kb.redaction.numbers:_RUNS
        kb.redaction.numbers:_WITHOUT_SIGN kb.redaction.numbers:_WITH_SIGN
        kb.redaction.phones:_CERTAIN kb.redaction.phones:_GROUPED kb.redaction.phones:_LOCAL
        kb.redaction.phones:_NAMED
    """,
    MAX_QUERY_CHARS: """
        kb.content.topics.sentences:_CLAUSE kb.content.topics.sentences:_SENTENCE
        kb.content.topics.sentences:_WORD kb.suggestions.follow_up:_WORD
        kb.suggestions.small_talk:_THANKFUL_SIGNS search.ranking.candidates:_PHRASE
        search.lexical.autocomplete:_WORD search.lexical.query_repair:_NAME
        search.lexical.known_words:_WORD search.lexical.query_repair:_CAPITAL
        kb.languages.detection:_WORD
        kb.content.topics.misspellings:_DRAWN_OUT kb.content.topics.misspellings:_REFLEXIVE
        kb.content.topics.misspellings:_REPEATED
        search.text.keyboard:_HAS_CYRILLIC search.text.keyboard:_HAS_LATIN
        search.text.keyboard:_PLAIN_SOUND search.text.keyboard:_REPEATED search.text.keyboard:_SOUND
        search.semantic.unigram:_RUNS_OF_SPACES
    """,
    FRONT_MATTER: """
        kb.branding.colours:_HEX kb.branding.previews:_BREAKS kb.branding.site_folder:NAME
        kb.branding.theme_form:FAMILY kb.branding.theme_form:LANGUAGE
        kb.branding.theme_form:WEIGHT kb.content.files.fields:ALIAS kb.content.files.fields:ID
        kb.content.files.fields:DAY kb.content.files.misread.quotes:ENTRY
        kb.content.files.misread.quotes:LIST kb.content.files.misread.quotes:ITEM
        kb.content.files.misread.quotes:FLOW kb.content.files.misread.quotes:FLOW_ITEM
        kb.content.files.misread.quotes:BRACKETED kb.content.files.misread.quotes:PHRASE_END
        kb.content.files.misread.quotes:COMMENT kb.content.files.misread.quotes:SURELY_CUT
        kb.content.files.misread.quotes:ANY_COMMENT kb.content.files.misread.quotes:HALF_QUOTE
        kb.content.files.misread.lines:TAB_INDENT kb.content.files.misread.lines:CONFLICT
        kb.content.files.misread.lines:INDENT kb.content.files.misread.lines:KEY
        kb.content.files.misread.lines:TIGHT_KEY kb.content.files.misread.lines:HARD_SPACE
        kb.content.files.misread.lines:COMMENT kb.content.files.misread.lines:ESCAPE
        kb.content.files.misread.lines:BLOCK_MARK kb.content.files.misread.entries:FIRST_WORD
        kb.content.files.misread.entries:NAME kb.content.files.misread.entries:PARENT
        kb.content.files.misread.entries:ITEM
        kb.content.repairs.front_matter:KEY
        kb.content.files.fields:ORDER kb.content.files.fields:SLUG kb.content.topics.phrases:_GROUP
        kb.branding.translations:_PLACEHOLDER kb.branding.translations:_UNSAFE
        kb.accounts.api_keys:_SITE
    """,
    MAX_LINE_CHARS: """
        kb.content.markdown.blocks.callouts:_FENCED kb.content.markdown.blocks.callouts:_INDENTED
        kb.content.markdown.blocks.callouts:_QUOTED kb.content.markdown.blocks.code:_FENCE
        kb.content.markdown.blocks.html:_BLOCK_TAG kb.content.markdown.blocks.html:_HIDDEN
        kb.content.markdown.blocks.html:_ONE_TAG kb.content.markdown.blocks.html:_VERBATIM
        kb.content.markdown.blocks.html:_VERBATIM_END kb.content.markdown.blocks.lists:_MARK
        kb.content.markdown.blocks.starts:NOTE kb.content.markdown.blocks.starts:_CLOSING_HASHES
        kb.content.markdown.blocks.starts:_DEFINITION kb.content.markdown.blocks.starts:_HEADING
        kb.content.markdown.blocks.starts:_SEPARATOR kb.content.markdown.blocks.starts:_UNDERLINE
        kb.content.markdown.blocks.tables:_CELL kb.content.markdown.blocks.tables:_DELIMITERS
        kb.content.markdown.blocks.footnotes:_NOT_IN_ID kb.content.markdown.headings:ANCHOR
        kb.content.markdown.inline.targets:INVISIBLE kb.content.markdown.inline.targets:SCHEME
        kb.content.markdown.inline.targets:SITE_PATH kb.content.sanitize:ANCHOR
        kb.content.sanitize:FOOTNOTE_ID kb.content.sanitize:LANGUAGE_CLASS
        kb.content.sanitize:NUMBER kb.content.sanitize:SCHEME kb.content.anchors:_ANCHOR
        kb.catalog.quoted_blocks:_LIST_MARK
        kb.content.repairs.lists:NUMBER kb.content.repairs.lists:HYPHEN
        kb.content.repairs.lists:ASTERISK kb.content.repairs.lists:DOT
        kb.content.repairs.lists:GLUED_ITEM kb.content.repairs.lists:ITEM
    """
    + remarks.OF_LINES,
    ARTICLE: """
        kb.build.trial.proposals:_HEADING kb.build.trial.proposals:_MARKUP
        kb.cli.relevance.machine_tables:_NOT_IN_XML kb.relevance.verdict:_WORD
        kb.catalog.export:_BACKTICKS kb.catalog.export:_SPACES
        kb.web.layout.lead:FIRST kb.web.layout.lead:TAG
        kb.content.shared_text.expansion:TAG kb.content.shared_text.expansion:ALONE
        kb.content.shared_text.expansion:LIST_MARK kb.content.shared_text.expansion:CONTAINER
        kb.content.shared_text.expansion:TARGET kb.content.shared_text.expansion:CALL
        kb.content.shared_text.expansion:NOT_DIALLED kb.content.shared_text.snippets:LINK
        kb.content.shared_text.snippets:ABSOLUTE kb.content.shared_text.snippets:FRONT
        kb.content.shared_text.variables:NAME
        kb.catalog.quoted_blocks:_BACKTICKS kb.content.anchors:_ALIAS kb.content.anchors:_ALIASED
        kb.content.anchors:_PLACE kb.content.anchors:_PLACES_ALONE
        kb.content.markdown.inline.raw_html:PLACE_NAME
        kb.content.anchors:_ANY_ID kb.content.anchors:_HEADING
        kb.content.files.front_matter:CLOSING_FENCE kb.content.files.front_matter:FENCE
        kb.content.files.front_matter:TOML_FENCE
        kb.content.markdown.bounds:DELIMITER
        kb.content.markdown.blocks.callouts:_FENCED_END
        kb.content.markdown.blocks.code:_CLOSING_FENCE kb.content.markdown.blocks.code:_LANGUAGE
        kb.content.markdown.blocks.cursor:_BLANKS kb.content.markdown.blocks.html:_ONLY_PICTURES
        kb.content.markdown.blocks.references:_LINE_END kb.content.markdown.blocks.tree:_TASK
        kb.content.markdown.headings:DASHES
        kb.content.markdown.inline.autolinks:EMAIL
        kb.content.markdown.inline.autolinks:_ENTITY_END
        kb.content.markdown.inline.autolinks:_HOST
        kb.content.markdown.inline.autolinks:_IN_ANGLES
        kb.content.markdown.inline.autolinks:_REST
        kb.content.markdown.inline.autolinks:_REST_IN_BRACKETS
        kb.content.markdown.inline.characters:_ENTITY
        kb.content.markdown.inline.characters:_WRITTEN
        kb.content.markdown.inline.code_spans:_RUN
        kb.content.markdown.inline.destinations:_IN_ANGLES
        kb.content.markdown.inline.destinations:_LABEL
        kb.content.markdown.inline.destinations:_PIECE
        kb.content.markdown.inline.destinations:_SPACE
        kb.content.markdown.inline.destinations:_TITLE
        kb.content.markdown.inline.raw_html:HIDDEN
        kb.content.markdown.inline.raw_html:TAG
        kb.content.markdown.inline.scanner:_ESCAPE
        kb.content.markdown.inline.scanner:_LINE_START
        kb.content.markdown.inline.scanner:_SPECIAL
        kb.content.media:LOADS kb.content.render:OWN_ANCHOR kb.web.help.feeds:NOT_XML
        kb.drafts.history:_HUNK kb.drafts.repository.clone:_REVISION
        kb.drafts.repository.git:_CREDENTIALS kb.drafts.repository.git:_UNPRINTABLE
        kb.drafts.repository.git:_NO_ROOM kb.web.staff.articles.pages.form:_NUMBER
        kb.drafts.repository.merge:_LINE kb.drafts.repository.merge:_MARKS
        kb.content.moves.relative_links:LINK kb.content.moves.relative_links:ELSEWHERE
        kb.content.moves.aliases:KEY kb.content.files.redirects_file:DOTS
        kb.content.files.redirects_file:ENCODED_DOT kb.content.files.redirects_file:SLASHES
        kb.drafts.texts.slugs:_OTHERS
        kb.drafts.texts.head_edit:_FLOW_PLAIN kb.drafts.texts.head_edit:_PLAIN
        kb.web.staff.articles.pages.conflict:MARK kb.web.staff.articles.pages.form:_SEPARATORS
        search.text.characters.composition:_MANY_SIGNS search.text.characters.composition:_UNSPOKEN
        search.generation.corpus:_WORD search.semantic.training_pairs:_SENTENCE_END
        search.text.analysis:_CYRILLIC search.text.analysis:_LATIN search.text.analysis:_PART
        search.text.analysis:_SPACES search.text.analysis:_WORD
        search.text.quantities:_DIMENSIONS search.text.words:_RUN
        search.text.html_text:ATTRIBUTE search.text.html_text:SPACES search.text.html_text:TOKEN
        search.text.layout:_SENTENCE_END search.text.passages:_SENTENCE_END
        search.text.quotation:_WORD search.text.snippets:_SENTENCE_START search.text.units:_WORD
        kb.content.advice.alt_texts:ALT kb.content.advice.alt_texts:EMPTY
        kb.content.advice.alt_texts:FILE_NAME kb.content.advice.alt_texts:TAG
        kb.content.advice.empties:SHOWN kb.content.advice.alt_texts:HAS_ALT
        kb.content.advice.drift:AFTERNOON
        kb.content.advice.drift:DATE kb.content.advice.drift:GROUPED
        kb.content.advice.drift:IMAGE kb.content.advice.drift:NUMBER
        kb.content.advice.lengths:END kb.content.advice.lengths:WORD
        kb.content.advice.openings:WORD kb.content.advice.orphans:HREF
    """
    + remarks.OF_ARTICLES,
    MAX_NORMALISED_CHARS: """
        kb.content.markdown.headings:OWN_ANCHOR search.text.analysis:_CODE
        search.text.analysis:_DIGIT search.text.analysis:_LETTERS
        search.text.analysis:_IDENTIFIER search.text.analysis:_IDENTIFIER_PART
    """,
}
"""Limit in characters → expressions that are given texts of that length at most."""

PASSED = {
    **remarks.PASSED_ON,
    "kb.branding.theme_form:FAMILY": "fullmatch",
    "kb.branding.theme_form:LANGUAGE": "fullmatch",
    "kb.branding.theme_form:WEIGHT": "fullmatch",
    "kb.content.files.fields:ALIAS": "fullmatch",
    "kb.content.files.fields:ID": "fullmatch",
    "kb.content.files.fields:ORDER": "fullmatch",
    "kb.content.files.fields:SLUG": "fullmatch",
    "kb.content.repairs.lists:NUMBER": "match",
    "kb.content.repairs.lists:HYPHEN": "match",
    "kb.content.repairs.lists:ASTERISK": "match",
    "kb.content.repairs.lists:DOT": "match",
    "kb.content.sanitize:ANCHOR": "fullmatch",
    "kb.content.sanitize:FOOTNOTE_ID": "fullmatch",
    "kb.content.topics.sentences:_CLAUSE": "split",
    "kb.content.topics.sentences:_SENTENCE": "split",
    "kb.redaction.addresses:_EMAIL": "findall",
    "kb.redaction.addresses:_SAID": "findall",
    "kb.redaction.credentials:_ASSIGNED": "findall",
    "kb.redaction.credentials:_BESIDE": "findall",
    "kb.redaction.credentials:_GLUED": "findall",
    "kb.redaction.credentials:_REVERSED": "findall",
    "kb.redaction.credentials:_STATED": "findall",
    "kb.redaction.harmless:_AMOUNTS": "findall",
    "kb.redaction.harmless:_DATES": "findall",
    "kb.redaction.harmless:_MACHINES": "findall",
    "kb.redaction.numbers:_WITHOUT_SIGN": "findall",
    "kb.redaction.numbers:_WITH_SIGN": "findall",
}
"""Expressions that are given to others to use, or taken in turn."""

READERS: Mapping[str, int] = {
    "imported_html": 20_000,
    "imported_markdown": 20_000,
    "body": MAX_BYTES,
    "private": redaction.MAX_CHARS,
    "contact": MAX_BYTES,
    "message_sentences": MAX_QUERY_CHARS,
    "language": MAX_QUERY_CHARS,
    "follow_ups": MAX_QUERY_CHARS,
    "thanks": MAX_QUERY_CHARS,
    "query": MAX_QUERY_CHARS,
    "terms": 50_000,
    "properties": FRONT_MATTER,
    "front": ARTICLE,
    "theme": FRONT_MATTER,
    "picture_size": FRONT_MATTER,
    "title": ADDRESS,
    "old_path": ADDRESS,
    "inline": 50_000,
    "composing": ARTICLE,
    "markdown": 50_000,
    "leftovers": 200_000,
    "advice": 200_000,
    "shared_text": 200_000,
    "page": 200_000,
    "passage": 200_000,
}
"""Loops by hand, and expressions made while running: function → limit in characters."""

MADE_INSIDE = {
    **MADE_BY_IMPORTS,
    "kb.branding.theme_file:_line_of": "theme",
    "kb.content.remarks.source:Source.line_of": "leftovers",
    "kb.content.advice.openings:leans": "advice",
    "kb.content.media:_length": "picture_size",
    "kb.content.topics.misspellings:_ENGLISH_SOUNDS": "message_sentences",
    "kb.redaction.accounts:_CHARACTER": "private",
    "kb.redaction.accounts:_NAMED": "private",
    "kb.redaction.card_codes:_BARE_DATE": "private",
    "kb.redaction.card_codes:_BEHIND": "private",
    "kb.redaction.card_codes:_CALLED": "private",
    "kb.redaction.card_codes:_DATE": "private",
    "kb.redaction.card_codes:_DIGITS": "private",
    "kb.redaction.card_codes:_OTHERS": "private",
    "kb.redaction.card_codes:_WORD": "private",
    "kb.redaction.card_codes:_YEAR": "private",
    "kb.redaction.cards:_DIGITS": "private",
    "kb.redaction.cards:_EXPIRY": "private",
    "kb.redaction.cards:_PREFIX": "private",
    "kb.redaction.cards:_SCHEMES": "private",
    "kb.redaction.credentials:_ANOTHER": "private",
    "kb.redaction.credentials:_CASE_CHANGE": "private",
    "kb.redaction.credentials:_CHANGE": "private",
    "kb.redaction.credentials:_COUNTED": "private",
    "kb.redaction.credentials:_HAS_COME": "private",
    "kb.redaction.credentials:_HAS_NOT": "private",
    "kb.redaction.credentials:_OF_LOGIN": "private",
    "kb.redaction.credentials:_OF_THINGS": "private",
    "kb.redaction.credentials:_PARTS": "private",
    "kb.redaction.credentials:_PREFIX": "private",
    "kb.redaction.credentials:_SENT": "private",
    "kb.redaction.credentials:_STEMS": "private",
    "kb.redaction.credentials:_UUID": "private",
    "kb.redaction.credentials:_VERSION": "private",
    "kb.redaction.credentials:_WORD": "private",
    "kb.redaction.credentials:_YEAR": "private",
    "kb.redaction.documents:_COUNTED": "private",
    "kb.redaction.folded:_PERCENT": "private",
    "kb.redaction.logins:_ELSEWHERE": "private",
    "kb.redaction.numbers:_CODE": "private",
    "kb.redaction.numbers:_GLUED": "private",
    "kb.redaction.numbers:_GROUP": "private",
    "kb.redaction.numbers:_ROUND": "private",
    "kb.suggestions.follow_up:_asking": "follow_ups",
    "kb.suggestions.follow_up:_lead": "follow_ups",
    "kb.web.conversation.handoff:one_line_name": "contact",
    "kb.web.help.json_ld:_question_words": "title",
    "search.text.analysis:_compound_term": "query",
    "search.text.languages:points_ahead": "terms",
    "search.text.words:Matcher._pattern": "passage",
    "search.text.words:_NOTHING": "passage",
    "search.text.quantities:_one_form": "query",
    "search.text.quantities:_pattern": "query",
}
"""Function or constant that makes an expression → the reader that runs it.

Of masking: those that are given no more than some words of a text.
"""

PIECES = (
    *((("", one, "\0")) for one in "a 1.\n\"'\\`<>[](){}&*_~#|:;,@/+-=!?…«\t\u0301я7"),
    *(
        ("", two, "x")
        for two in ('\\"', "a.", ". ", "a@", "1 ", "a-", "[]", "](", "&a", "<a", "**")
    ),
    *(("", two, "x") for two in ("\n\n", "\n ", "- ", "> ", '"\\', "a'", "E-", "…\n", "!!", "a\n")),
    ('"', '\\"', ""),
    ("a@", ".", "@"),
    ("```", " ", "`"),
    ("~", "~", "`"),
    ("<a", " a", ""),
    ("+1", "-1", "x"),
    ('{"a":', "[", ""),
)


def _rows() -> list[tuple[str, str, int]]:
    used = uses()
    return [
        (name, method, chars)
        for chars, names in EXPRESSIONS.items()
        for name in names.split()
        for method in sorted(used.get(name, set()) | {PASSED.get(name, "")} - {""})
    ]


@pytest.mark.parametrize(("name", "method", "chars"), _rows())
def test_an_expression_takes_time_in_proportion(name: str, method: str, chars: int) -> None:
    module, _, path = name.partition(":")
    pattern = reduce(getattr, path.split("."), import_module(module))
    is_bytes = isinstance(pattern.pattern, bytes)
    case = {
        "pattern": pattern.pattern.decode("latin-1") if is_bytes else pattern.pattern,
        "flags": pattern.flags,
        "is_bytes": is_bytes,
        "method": method,
        "chars": chars,
    }
    _require_proportion(case)


@pytest.mark.parametrize("name", READERS)
def test_a_reader_takes_time_in_proportion(name: str) -> None:
    function = f"tests.support.growth.readers:{name}"
    _require_proportion({"function": function, "pieces": PIECES, "chars": READERS[name]})


def test_every_expression_stands_in_the_table() -> None:
    told = [name for names in EXPRESSIONS.values() for name in names.split()]
    told += [*MADE_INSIDE, *OF_ONE_CHARACTER, *OUR_OWN]
    assert sorted(told) == sorted(expressions())
    measured = {name for name, _, _ in _rows()}
    assert measured == {name for names in EXPRESSIONS.values() for name in names.split()}
    assert set(MADE_INSIDE.values()) <= set(READERS)


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r'"(?:[^"\\]|\\.)*"|[\[\]{}]', "findall"),
        (r"[.!?;…]+(?:\s|$)|\n+", "split"),
        (r"\s+$", "search"),
        (r"(?:a+)+b", "match"),
        (r"[^@]+@[^@]+\.[^@]+", "fullmatch"),
    ],
)
def test_an_expression_that_takes_longer_is_found(pattern: str, method: str) -> None:
    case = {"pattern": pattern, "flags": 32, "is_bytes": False, "method": method}
    found = _measured(case | {"chars": 1500, "cpu_s": 5})
    assert not found or found["growth"] > MAX_GROWTH


def _require_proportion(case: Mapping[str, object]) -> None:
    found = _measured(case)
    assert found, "took longer than the child process may"
    assert found["growth"] <= MAX_GROWTH, found
    assert found["seconds"] <= MAX_SECONDS, found


def _measured(case: Mapping[str, object]) -> dict[str, Any]:
    """Answer of the child process; empty when it was stopped for the time it took.

    It keeps the memory it has: to ask for more takes time that has nothing to do with the text.
    """
    kept = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}
    child = subprocess.run(
        [sys.executable, "-m", "tests.support.growth"],
        input=json.dumps(case),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | kept,
    )
    if child.returncode < 0:
        return {}
    assert child.returncode == 0, child.stderr
    found: dict[str, Any] = json.loads(child.stdout)
    return found
