"""Tools for AI agents: search, read an article, decide about a customer's message.

Everything comes from the public generation, so drafts and internal articles cannot appear. Nothing
is written or logged. Knows neither the protocol (`kb.mcp.server`) nor HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from kb.addresses import article_path, contact_path
from kb.branding.translator import Translator
from kb.catalog import export, finder, quoted_blocks
from kb.catalog.finder import ArticleHit
from kb.catalog.generation import LiveGeneration
from kb.config import Config
from kb.labels import SAFETY_LINE
from kb.languages import closest
from kb.languages.detection import written_in
from kb.mcp import texts
from kb.mcp.article_lookup import ARTICLE_URI, article_called, language_of
from kb.mcp.schemas import (
    ArticleAsked,
    ArticleReply,
    ArticleSuggestion,
    Contact,
    FoundArticle,
    QuotedAnswer,
    Reply,
    SearchAsked,
    SearchReply,
    SuggestAsked,
    SuggestReply,
)
from kb.suggestions.decision import SEARCH_RESERVE_S, Question, Suggestion, out_of_time, suggest
from kb.suggestions.precedence import SAFETY
from kb.time_budget import BoundedCalls, Budget, OutOfTime
from search.answers.unit_reader import ReadingLimits
from search.errors import EncoderUnavailable
from search.generation.store import Store
from search.model import Filters
from search.ranking.options import SearchOptions
from search.semantic.encoder import load_query_encoder
from search.semantic.encoder_guard import FenceLimits
from search.semantic.reader import OnnxReader

SUGGESTED = 3
"""Articles of a suggestion, as the API gives without being asked for another number."""
ENCODER_WAIT_S = 5.0
"""For the encoder to load at start: a program that just began would have worse first answers."""


@dataclass(frozen=True)
class Told:
    """A reply, as data and as text that says the same."""

    reply: Reply
    text: str


@dataclass(frozen=True)
class Listed:
    """An article as a list of resources names it."""

    uri: str
    title: str
    summary: str


class Tools:
    """The tools over the generation that is current when they are called. Thread-safe.

    Every method raises IndexMissing as long as there is no generation.
    """

    def __init__(self, config: Config, library: LiveGeneration, bounded: BoundedCalls) -> None:
        self._config = config
        self._library = library
        self._bounded = bounded
        self._translate = Translator(config.site_dir)

    def search(self, asked: SearchAsked) -> Told:
        """The articles that fit a query. Raises Refused for an unknown language."""
        known = language_of(self._config, asked.language)
        lang = written_in(asked.query, self._config.languages, known)
        filters = Filters(section=asked.section)
        options = SearchOptions(lang=lang, filters=filters, limit=asked.limit)
        findings = finder.find(self._library.require(), asked.query, options)
        reply = SearchReply(
            query=findings.query,
            language=lang,
            language_detected=lang != known,
            searched_instead=findings.repair.text if findings.repair else None,
            results=[self._found(hit) for hit in findings.hits],
            total=findings.total,
            is_degraded=findings.is_degraded,
            addresses_are_relative=self._has_relative_addresses,
        )
        return Told(reply, texts.search(reply))

    def read_article(self, asked: ArticleAsked) -> Told:
        """One article. Raises Refused when there is none, or no more, or no such language."""
        catalog = self._library.require().catalog
        page = article_called(self._config, catalog, asked.id_or_address, asked.language)
        category = catalog.category(page.section, page.category)
        address = self._address(article_path(page, page.lang))
        reply = ArticleReply(
            id=page.id,
            title=page.title,
            summary=page.summary,
            address=address,
            language=page.lang,
            languages=[one.lang for one in catalog.translations(page.id)],
            section=page.section,
            category=category.title(page.lang) if category else page.category,
            updated_at=page.updated_at,
            markdown=export.as_markdown(page.html, base=address),
            addresses_are_relative=self._has_relative_addresses,
        )
        return Told(reply, texts.article(reply))

    def suggest(self, asked: SuggestAsked, budget: Budget) -> Told:
        """Decide about a customer's message; past the budget, a person is called."""
        known, is_supported = closest(self._config.languages, asked.language)
        lang = written_in(asked.message, self._config.languages, known)
        loaded = self._library.require()
        question = Question(
            message=asked.message,
            lang=lang,
            audience=asked.audience,
            limit=SUGGESTED,
            is_supported_locale=is_supported or lang != known,
        )
        reserve_s = self._config.encoder_timeout_ms / 1000 + SEARCH_RESERVE_S

        def work() -> Suggestion:
            return suggest(loaded, question, is_hurried=budget.left_s() < reserve_s)

        try:
            suggestion = self._bounded.run(work, timeout_s=budget.left_s())
        except OutOfTime:
            suggestion = out_of_time(loaded, question)
        reply = self._suggested(suggestion, lang)
        return Told(reply, texts.suggestion(reply))

    def budget(self) -> Budget:
        """The time a suggestion may take, from now on."""
        return Budget(self._config.suggest_budget_ms / 1000)

    def articles(self, *, after: str, limit: int) -> Sequence[Listed]:
        """The articles behind the id `after` in order of ids, each in one language."""
        catalog = self._library.require().catalog
        pages = catalog.pages(self._config.default_language)
        rest = sorted((page for page in pages if page.id > after), key=lambda page: page.id)
        return [
            Listed(uri=ARTICLE_URI + page.id, title=page.title, summary=page.summary)
            for page in rest[:limit]
        ]

    def _address(self, path: str) -> str:
        return self._config.public_url.rstrip("/") + path

    @property
    def _has_relative_addresses(self) -> bool:
        return not self._config.public_url

    def _found(self, hit: ArticleHit) -> FoundArticle:
        return FoundArticle(
            id=hit.page.id,
            title=hit.page.title,
            heading=hit.heading,
            excerpt="".join(segment.text for segment in hit.snippet),
            address=self._address(hit.url),
            language=hit.page.lang,
            section=hit.page.section,
            category=hit.category_title,
        )

    def _suggested(self, suggestion: Suggestion, lang: str) -> SuggestReply:
        decision = suggestion.decision
        return SuggestReply(
            decision=decision.action,
            reason=decision.reason,
            notice=self._translate.into(lang)(SAFETY_LINE) if decision.reason == SAFETY else None,
            language=lang,
            confidence=round(decision.confidence, 3),
            list_confidence=round(decision.list_confidence, 3),
            answer=self._answer(suggestion),
            articles=[
                ArticleSuggestion(
                    id=one.found.page.id,
                    title=one.found.page.title,
                    heading=one.found.heading,
                    quotation=one.found.passage_text,
                    address=self._address(one.found.url),
                    language=one.found.page.lang,
                    confidence=round(one.confidence, 3),
                )
                for one in suggestion.results
            ],
            contact=Contact(
                page=self._address(contact_path(lang)),
                email=self._config.contact_email or None,
            ),
            is_degraded=suggestion.is_degraded,
            addresses_are_relative=self._has_relative_addresses,
        )

    def _answer(self, suggestion: Suggestion) -> QuotedAnswer | None:
        quotation = suggestion.answer
        if quotation is None:
            return None
        found = suggestion.results[0].found
        page = found.page
        return QuotedAnswer(
            text=quotation.text,
            markdown=quoted_blocks.markdown(quotation),
            kind=quotation.kind,
            id=page.id,
            title=page.title,
            heading=quotation.heading,
            address=self._address(found.url_of(quotation.anchor)),
            language=page.lang,
        )


@contextmanager
def opened(config: Config) -> Iterator[Tools]:
    """The tools over the index of `config`, which is followed until the block ends."""
    library = LiveGeneration(
        Store(config.index_dir),
        load_encoder=partial(load_query_encoder, is_checked=True),
        load_reader=partial(OnnxReader.from_folder, is_checked=True),
        limits=FenceLimits(timeout_s=config.encoder_timeout_ms / 1000),
        reading=ReadingLimits(timeout_s=config.reader_timeout_ms / 1000),
    )
    bounded = BoundedCalls(2 * config.threads)
    try:
        library.start()
        _await_encoder(library)
        yield Tools(config, library, bounded)
    finally:
        bounded.close()
        library.close()


def _await_encoder(library: LiveGeneration) -> None:
    try:
        library.fence().wait_until_ready(ENCODER_WAIT_S)
    except EncoderUnavailable:
        return  # the index has none: words alone are compared
