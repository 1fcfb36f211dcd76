"""One text of one article, tried: a build with it in its place, and its questions asked of that."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from kb.addresses import article_path
from kb.build.build import Authored
from kb.build.trial.opened import TrialIndex, open_index
from kb.build.trial.trees import TrialBuilder, serving
from kb.catalog.catalog import ArticleVersion
from kb.catalog.generation import Loaded
from kb.catalog.near_duplicates import near_duplicates
from kb.config import Config
from kb.content.files.article_file import Place, place_of
from kb.content.model import Article
from kb.relevance.reply import SiteReply, ask
from kb.suggestions.search_effect import MOST_QUESTIONS
from kb.workbench.proofs import reading_of
from kb.workbench.search_trial import AlikeArticle, SearchTrial, TriedText
from search.errors import IndexMissing

THREADS = 1
"""Readers are served on the same machine."""


@dataclass
class TextTrials:
    """Tries one text after another, each build on the one before. Not thread-safe."""

    config: Config
    _builder: TrialBuilder = field(init=False)
    _serving: TrialIndex | None = None

    def __post_init__(self) -> None:
        self._builder = TrialBuilder(self.config, "text")

    def run(self, path: str, text: str) -> SearchTrial:
        """Raises what builds and indexes raise."""
        place = place_of(path, self.config.languages)
        article = reading_of(place, text).article if isinstance(place, Place) else None
        if article is None:
            return SearchTrial("unfit")
        tree = self._builder.build(_with(self._builder.read(), article))
        index = open_index(tree.generation, self.config.cache_dir, threads=THREADS)
        try:
            return self._tried(index.loaded, article)
        finally:
            index.close()

    def close(self) -> None:
        if self._serving:
            self._serving.close()

    def _tried(self, loaded: Loaded, article: Article) -> SearchTrial:
        page = loaded.catalog.page(article.id, article.lang)
        if page is None:  # another article has its id or address
            return SearchTrial("unfit")
        before = self._served()
        known = before.catalog.page(article.id, article.lang) if before else None
        asked = [(page.title, True), *((one, False) for one in page.questions[:MOST_QUESTIONS])]
        found = near_duplicates(loaded, page)
        return SearchTrial(
            texts=tuple(self._text(loaded, before, page, known, *one) for one in asked),
            alike=tuple(
                AlikeArticle(
                    one.page.title, article_path(one.page, page.lang), round(100 * one.likeness)
                )
                for one in found
            ),
            has_vectors=loaded.searcher.has_vectors,
        )

    def _text(
        self,
        loaded: Loaded,
        before: Loaded | None,
        page: ArticleVersion,
        known: ArticleVersion | None,
        text: str,
        is_title: bool,
    ) -> TriedText:
        now = ask(loaded, text, page.lang, self.config.languages)
        was_asked = known is not None and (is_title or text in known.questions)
        old: SiteReply | None = None
        if before and was_asked:
            old = ask(before, text, page.lang, self.config.languages)
        shown = loaded.catalog.page_for(now.shown_article, page.lang) if now.shown_article else None
        return TriedText(
            text=text,
            is_title=is_title,
            rank=now.rank(page.id) or 0,
            rank_before=(old.rank(page.id) or 0) if old else 0,
            is_new=old is None,
            action=now.action,
            reason=now.reason,
            shown=now.shown,
            shown_title=shown.title if shown and shown.id != page.id else "",
        )

    def _served(self) -> Loaded | None:
        """The generation that readers have, opened again when it is another one."""
        try:
            current = serving(self.config)
        except IndexMissing:
            return None
        if self._serving and self._serving.loaded.name == current.manifest.name:
            current.close()
            return self._serving.loaded
        self.close()
        self._serving = open_index(current, self.config.cache_dir, threads=THREADS)
        return self._serving.loaded


def _with(authored: Authored, article: Article) -> Authored:
    """Everything authors keep with one article as it is tried, and published."""
    shown = replace(article, status="published").with_head(updated_at=datetime.now(UTC))
    others = (one for one in authored.library.articles if one.path != article.path)
    articles = tuple(sorted((*others, shown), key=lambda one: one.path))
    return replace(authored, library=replace(authored.library, articles=articles))
